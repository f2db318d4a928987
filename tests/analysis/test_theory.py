"""What theory says about a run before it starts, compared with the run."""

from dataclasses import replace

import numpy as np
import pytest

from linreg import Experiment, Loss, Model, Optimizer, Schedule, sweep, train
from linreg.analysis.rate_regions import Region, regions
from linreg.analysis.theory import (
    alternation,
    never_finite,
    noise_ball,
    overflow_epoch,
    overflow_text,
    overflows_untrained,
    side_of_limit,
    stability_limit,
)
from linreg.engines.replay import replayed


def test_limit_of_the_lessons_rows() -> None:
    """2 / lambda_max of the lesson's 40 training rows, by the formula for a 2 x 2 matrix."""
    x = np.arange(40) * 0.02
    a, b, d = 2 * np.mean(x * x), 2 * np.mean(x), 2.0
    largest = (a + d) / 2 + np.sqrt(((a - d) / 2) ** 2 + b * b)
    assert stability_limit(Experiment()) == pytest.approx(2 / largest, rel=1e-6)
    assert f"{stability_limit(Experiment()):.4f}" == "0.8625"


def test_runs_below_the_limit_converge_and_runs_above_it_do_not() -> None:
    """The squared error goes to zero at 0.98 of the limit and overflows at 1.02 of it."""
    limit = stability_limit(Experiment())
    below, above = (
        replayed(Experiment(loss=Loss.MSE, lr=limit * factor, epochs=10_000)).history
        for factor in (0.98, 1.02)
    )
    assert below.train_loss[-1] < 1e-9
    assert overflow_epoch(below) is None
    epoch = overflow_epoch(above)
    assert epoch is not None
    assert np.isfinite([above.train_loss[:epoch], above.test_loss[:epoch]]).all()
    assert not np.isfinite([above.train_loss[epoch], above.test_loss[epoch]]).all()


@pytest.mark.parametrize("rows", [7, 20, 33])
def test_at_the_limit_the_loss_neither_falls_nor_grows(rows: int) -> None:
    """In standard units H is 2 I: a step with the rate 1 reflects the line at the best one."""
    x = np.random.default_rng(rows).normal(20, 5, rows)
    y = 3 * x + 7 + np.random.default_rng(0).normal(0, 2, rows)
    x, y = ((values - values.mean()) / values.std() for values in (x, y))
    points = tuple(zip(x.tolist(), y.tolist(), strict=True))
    own = Experiment(points=points, train_fraction=1.0, loss=Loss.MSE, epochs=1000)
    for lr, side in ((0.999, "below"), (1.0, "at"), (1.001, "above")):
        e = replace(own, lr=lr)
        first, last = replayed(e).history.train_loss[[0, -1]]
        assert side_of_limit(e) == side
        assert (last < 0.99 * first, last > 1.01 * first) == (side == "below", side == "above")


def test_an_overflow_of_the_test_loss_alone_is_one() -> None:
    """The test loss is taken after the step, so it overflows first: here in the last epoch."""
    history = replayed(Experiment(loss=Loss.MSE, lr=10.0, epochs=15)).history
    assert np.isfinite(history.train_loss).all()
    assert not np.isfinite(history.test_loss[14])
    assert overflow_epoch(history) == 14
    assert overflow_text(history) == "the test loss overflows in epoch 14"


def test_all_that_overflow_first_are_named() -> None:
    """Two sets of the same rows overflow together; a run that stays finite has no text."""
    rows = tuple((x, 2.0) for x in (1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0))
    split = Experiment(points=rows, train_fraction=0.5, validation_fraction=0.25)
    history = replayed(replace(split, loss=Loss.MSE, lr=10.0, epochs=40)).history
    both, epoch = "the validation loss and the test loss", overflow_epoch(history)
    assert overflow_text(history) == f"{both} overflow in epoch {epoch}"
    assert overflow_text(replayed(Experiment()).history) == ""


def test_rows_that_are_too_large_do_not_make_a_run_diverge() -> None:
    """The square of 1e25 is beyond float32 for every model, and training falls as without it."""
    line = tuple((i / 10, 0.7 * i / 10 + 0.3) for i in range(8))
    own = Experiment(points=(*line, (0.8, 0.86), (0.9, 1e25)), loss=Loss.MSE, epochs=20)
    run = replayed(own)
    assert np.isinf(run.history.test_loss).all()
    assert overflow_text(run.history) == ""
    assert never_finite(run) == ("test",)
    assert (np.diff(run.history.train_loss) < 0).all()
    assert Region.DIVERGES not in regions(sweep(own, [0.01, 0.1]))
    far = replace(own, points=tuple((x, 1e25) for x, _ in own.points or ()))
    assert set(regions(sweep(far, [0.01, 0.1]))) == {Region.DIVERGES}  # of the training rows too
    assert never_finite(replayed(Experiment())) == ()
    assert never_finite(replayed(Experiment(train_fraction=1.0))) == ()


def test_a_set_that_is_finite_only_later_does_not_make_a_run_diverge() -> None:
    """A test row at 1e20: its squared error overflows until the line is nearly right."""
    line = [(i / 10, 0.07 * i + 0.3) for i in range(8)]
    far = Experiment(points=(*line, (0.8, 0.86), (1e20, 7e19)), loss=Loss.MSE, lr=0.5, epochs=500)
    history = replayed(far).history
    assert not np.isfinite(history.test_loss[0])
    assert np.isfinite(history.test_loss[-1])
    assert history.train_loss[-1] < 1e-9
    assert overflow_epoch(history) is None
    assert Region.DIVERGES not in regions(sweep(far, [0.1, 0.5]))


def test_a_rate_that_overflows_within_the_first_epoch_is_not_blamed_on_the_data() -> None:
    """The lesson's rows, one in a batch: the first squared error is finite, a later one is not."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, batch_size=1, epochs=1))
    weight, bias, x = run.history.weight[0], run.history.bias[0], np.arange(40) * 0.02
    assert np.mean((weight * x + bias - 0.7 * x - 0.3) ** 2) < 1
    assert not np.isfinite(run.history.train_loss[0])
    assert not overflows_untrained(run)
    assert "training loss" in overflow_text(run.history)
    far = replace(run.experiment, points=((0.0, 1e30), (1.0, -1e30), (2.0, 0.0)))
    assert overflows_untrained(train(far))


def test_an_empty_test_set_is_no_overflow() -> None:
    """Its loss is NaN in every epoch and says nothing about the run."""
    assert overflow_epoch(replayed(Experiment(train_fraction=1.0)).history) is None


@pytest.mark.parametrize(
    ("model", "first_epoch", "losses"),
    [
        (Model.PARAMETER, 169, "0.0026/0.0089"),
        (Model.LINEAR, 116, "0.0013/0.0103"),
    ],
)
def test_the_lessons_runs_end_in_a_two_cycle(model: Model, first_epoch: int, losses: str) -> None:
    """Model 0 from epoch 169 on, model 1 from 116; the two losses add up as the theory says."""
    history = replayed(Experiment(model=model, epochs=1000)).history
    found = alternation(history)
    assert found is not None
    assert found.first_epoch == first_epoch
    assert f"{found.train[0]:.4f}/{found.train[1]:.4f}" == losses
    x_mean = np.mean(np.arange(40) * 0.02)
    assert sum(found.train) == pytest.approx(0.01 * (1 + x_mean**2), rel=1e-3)
    assert set(history.train_loss[first_epoch:].tolist()) == set(found.train)
    assert history.train_loss[first_epoch - 1] not in found.train


@pytest.mark.parametrize("lr", [0.4, 0.5, 1.0])
def test_a_cycle_begins_with_the_first_losses_that_are_written_like_its_own(lr: float) -> None:
    """Some differ in the last bits of float32, which no page shows."""
    history = train(Experiment(lr=lr)).history
    found = alternation(history)
    assert found is not None
    assert found.first_epoch == 0
    assert {f"{loss:.6f}" for loss in history.train_loss} == {f"{loss:.6f}" for loss in found.train}


def test_two_losses_that_differ_in_the_fifth_digit_alternate() -> None:
    """The test losses of model 1 at lr 0.1 jump far, the training losses hardly."""
    found = alternation(replayed(Experiment(model=Model.LINEAR, lr=0.1, epochs=1000)).history)
    assert found is not None
    assert found.train == pytest.approx((0.057596, 0.057614), abs=1e-6)
    assert found.test == pytest.approx((0.0161, 0.1186), abs=1e-4)


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(epochs=100),
        Experiment(epochs=3),
        Experiment(loss=Loss.HUBER, lr=1.75, epochs=1000),
        Experiment(loss=Loss.MSE, epochs=1000),
        Experiment(loss=Loss.MSE, lr=10.0, epochs=1000),
        Experiment(loss=Loss.MSE, lr=0.8, epochs=10_000),
        Experiment(lr=1e37),
    ],
    ids=[
        "too early",
        "too short",
        "last digit",
        "smooth",
        "diverged",
        "rounding",
        "loss overflows",
    ],
)
def test_other_ends_are_no_two_cycle(experiment: Experiment) -> None:
    """Runs that still move, converge or overflow do not alternate."""
    assert alternation(replayed(experiment).history) is None


def test_the_noise_ball_is_told_for_plain_descent_on_l1_and_a_line_only() -> None:
    """Lr * (1 + mean(x)^2), as the two losses of the lesson's run add up.

    Rows that scatter around a line have another sum: some residuals have the other sign.
    """
    x_mean = np.mean(np.arange(40) * 0.02)
    assert noise_ball(Experiment()) == pytest.approx(0.01 * (1 + x_mean**2), rel=1e-6)
    for other in (
        Experiment(loss=Loss.MSE),
        Experiment(optimizer=Optimizer.MOMENTUM),
        Experiment(schedule=Schedule.STEP),
        Experiment(batch_size=8),
        Experiment(noise=0.1),
        Experiment(points=((0.0, 1.0), (1.0, 2.0), (2.0, 2.0))),
    ):
        assert noise_ball(other) is None
