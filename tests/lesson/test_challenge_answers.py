"""What the challenges answer, against a search through the runs that their settings allow.

The search is a loop of its own, for all rates of the slider at once.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from linreg import SETTINGS, Experiment, Loss, Schedule, train
from linreg.lesson.challenge_ways import WAYS
from linreg.lesson.challenges import CHALLENGES, judge
from tests.support.notebook import LinearRegressionModel, data, plain_loop

RATES = torch.tensor(SETTINGS["lr"].stops)
LOSSES = {Loss.L1: nn.L1Loss, Loss.MSE: nn.MSELoss, Loss.HUBER: nn.HuberLoss}


def challenge(key: str) -> Any:
    """The challenge with this key."""
    [found] = [each for each in CHALLENGES if each.key == key]
    return found


def descend(e: Experiment, loss: Loss, epochs: int) -> tuple[Tensor, Tensor, Tensor]:
    """Weights, biases and training losses, (epochs, rates) each, of plain SGD at every rate.

    Parameters are those after an epoch's step, losses those before it.
    """
    X, y, train_end, _ = data(e)
    x, y = X[:train_end].ravel(), y[:train_end].ravel()
    torch.manual_seed(e.seed)
    line = [p.detach().repeat(len(RATES), 1) for p in LinearRegressionModel().parameters()]
    each, found = LOSSES[loss](reduction="none"), []
    for _ in range(epochs):
        weight, bias = (p.detach().requires_grad_() for p in line)
        losses = each(weight * x + bias, y.expand(len(RATES), -1)).mean(dim=1)
        slopes = torch.autograd.grad(losses.sum(), (weight, bias))
        steps = zip((weight, bias), slopes, strict=True)
        line = [p.detach() - RATES[:, None] * slope for p, slope in steps]
        found.append(torch.stack([line[0].ravel(), line[1].ravel(), losses]).detach())
    weights, biases, all_losses = torch.stack(found, dim=1)
    return weights, biases, all_losses


@pytest.mark.parametrize("loss", list(Loss))
def test_plain_sgd_with_a_constant_rate_does_not_learn_the_line_in_twenty_epochs(
    loss: Loss,
) -> None:
    """No rate of the slider does, with any loss and after any of the epochs."""
    start = challenge("quick").start
    weights, biases, _ = descend(start, loss, 20)
    off = torch.maximum((weights - start.weight).abs(), (biases - start.bias).abs())
    assert off.nan_to_num(torch.inf).min() > 0.01
    assert "plain SGD, with the full batch and a constant rate, " in challenge("quick").question
    assert challenge("quick").options[challenge("quick").answer].startswith("No")


def test_smaller_batches_would_learn_the_line_in_twenty_epochs() -> None:
    """So the question says that the batch is full."""
    learned = plain_loop(Experiment(epochs=20, loss=Loss.MSE, batch_size=8, lr=0.5))
    assert max(abs(learned["weight"][-1] - 0.7), abs(learned["bias"][-1] - 0.3)) < 0.01


def test_plain_sgd_with_a_schedule_does_as_the_challenge_tells_at_its_end() -> None:
    """MSE, step, and a rate of 4.4."""
    e = Experiment(epochs=20, loss=Loss.MSE, schedule=Schedule.STEP, lr=4.4)
    learned = plain_loop(e)
    assert max(abs(learned["weight"][-1] - 0.7), abs(learned["bias"][-1] - 0.3)) < 0.01
    assert "MSE, step and 4.4" in challenge("quick").learned


def test_no_constant_rate_brings_the_loss_below_a_ten_thousandth() -> None:
    """At every rate of the slider one of the last two losses is larger."""
    losses = descend(challenge("fine").start, Loss.L1, 1000)[2]
    assert losses[-2:].max(dim=0).values.nan_to_num(torch.inf).min() > 1e-4


def test_the_printed_values_come_back_in_every_even_epoch_from_170_on() -> None:
    """And in no earlier one."""
    run = plain_loop(Experiment(epochs=300))
    pairs = zip(run["weight"], run["bias"], strict=True)
    at = [e for e, (w, b) in enumerate(pairs) if f"{w:.4f} {b:.4f}" == "0.6990 0.3093"]
    assert at == list(range(170, 301, 2))


def test_only_few_noisy_rows_have_a_best_line_with_a_low_loss_and_a_wrong_weight() -> None:
    """The best lines of the squared error; without noise it is the true one."""

    def best(noise: float, rows: int, seed: int) -> tuple[float, float]:
        """Its error in the weight, and its mean absolute error."""
        X, y, *_ = data(Experiment(noise=noise, seed=seed))
        x, y_ = X[:rows].numpy().ravel(), y[:rows].numpy().ravel()
        weight, bias = np.polyfit(x, y_, 1)
        return abs(weight - 0.7), float(np.abs(weight * x + bias - y_).mean())

    assert max(best(0.0, 40, seed)[0] for seed in range(5)) < 1e-4
    assert min(best(0.5, 40, seed)[1] for seed in range(5)) > 0.05
    few = [best(0.1, 4, seed) for seed in range(5)]
    assert any(error > 0.3 and loss < 0.05 for error, loss in few)


def test_a_wrong_slope_comes_from_few_noisy_rows_or_a_run_away_from_its_best_line() -> None:
    """Each known run that meets the goal has one of the two; the test loss often shows it."""
    slope, higher = challenge("slope"), []
    for way in WAYS["slope"]:
        run = train(replace(slope.start, **dict(zip(slope.free, way, strict=True))))
        e, history = run.experiment, run.history
        if not judge(slope, run)[0]:
            continue
        X, y, train_end, _ = data(e)
        best = np.polyfit(X[:train_end].numpy().ravel(), y[:train_end].numpy().ravel(), 1)[0]
        is_fooled = e.noise > 0 and train_end <= 10 and abs(best - e.weight) > 0.3
        assert is_fooled or abs(history.weight[-1] - best) > 0.1, way
        if e.n_test:
            higher.append(bool(history.test_loss[-1] > history.train_loss[-1]))
    assert len(higher) > 10
    assert 0.8 < np.mean(higher) < 1


def test_the_last_hints_lead_to_the_goal() -> None:
    """The values that they allow do, with all other settings as the challenge begins."""
    slope, passes = challenge("slope"), challenge("passes")
    assert "a training share of 0.05, and some noise" in slope.hints[-1].text
    for noise in [stop for stop in SETTINGS["noise"].stops if 0 < stop <= 0.3][::3]:
        found = train(replace(slope.start, train_fraction=0.05, noise=noise))
        assert judge(slope, found)[0], noise
    assert "a learning rate from 0.4 to 0.8" in passes.hints[-1].text
    for lr in (stop for stop in SETTINGS["lr"].stops if 0.4 <= stop <= 0.8):
        found = train(replace(passes.start, loss=Loss.MSE, batch_size=2, lr=lr))
        assert judge(passes, found)[0], lr
