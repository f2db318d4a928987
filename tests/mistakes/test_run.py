"""The mistakes: each against a plain script with the same mistake, and the lesson's figures."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from linreg import (
    BUGS,
    Experiment,
    History,
    Loss,
    Mistake,
    Optimizer,
    Schedule,
    run_mistake,
    train,
)
from tests.support import notebook
from tests.support.plain_lesson import RIGHT, Plain

MODEL_0 = Experiment()
FLAT = [
    Mistake.NO_STEP,
    Mistake.STEP_FIRST,
    Mistake.NO_BACKWARD,
    Mistake.OTHER_PARAMETERS,
]


def assert_is(plain: Plain, history: History | None) -> None:
    """Every loss and the last parameters are those of the plain script, to the last bit."""
    assert history is not None
    np.testing.assert_array_equal(history.train_loss, np.array(plain.train_loss, np.float32))
    np.testing.assert_array_equal(history.test_loss, np.array(plain.test_loss, np.float32))
    ends = np.array([p.item() for p in plain.model.parameters()], np.float32)
    np.testing.assert_array_equal([history.weight[-1], history.bias[-1]], ends)


@pytest.mark.parametrize(
    ("mistake", "lines"),
    [
        (Mistake.NONE, RIGHT),
        (Mistake.NO_ZERO_GRAD, ("backward", "step")),
        (Mistake.NO_STEP, ("zero_grad", "backward")),
        (Mistake.NO_BACKWARD, ("zero_grad", "step")),
        (Mistake.STEP_FIRST, ("zero_grad", "step", "backward")),
    ],
)
def test_a_missing_or_misplaced_line_does_what_it_does_in_a_plain_loop(
    plain: Plain, mistake: Mistake, lines: Sequence[str]
) -> None:
    """Three calls on PyTorch's objects, in the wrong order or one of them left out."""
    plain.loop(150, plain.sgd(), lines)
    trial = run_mistake(replace(MODEL_0, epochs=150), mistake)
    assert_is(plain, trial.history)
    assert (trial.warnings, trial.error) == ((), "")


def test_without_zero_grad_the_loss_swings_for_ever() -> None:
    """The lesson's figure: between 0.011 and 0.418 in epochs 200 to 600."""
    history = run_mistake(replace(MODEL_0, epochs=601), Mistake.NO_ZERO_GRAD).history
    assert history is not None
    late = history.train_loss[200:]
    assert (f"{late.min():.3f}", f"{late.max():.3f}") == ("0.011", "0.418")


@pytest.mark.parametrize("mistake", FLAT)
@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_where_no_step_reaches_the_model_the_loss_is_flat(
    mistake: Mistake, optimizer: Optimizer
) -> None:
    """The loss of the starting values, 0.3129, in every epoch, whatever the optimizer."""
    history = run_mistake(replace(MODEL_0, optimizer=optimizer), mistake).history
    assert history is not None
    assert {f"{loss:.4f}" for loss in history.train_loss} == {"0.3129"}
    assert len(set(history.weight)) == len(set(history.bias)) == 1


def test_the_flat_ones_differ_in_their_gradients() -> None:
    """Those of the first step for ever, none at all, or a growing sum."""
    by_mistake = {m: run_mistake(MODEL_0, m) for m in FLAT}
    grads = {m: trial.history.bias_grad for m, trial in by_mistake.items() if trial.history}
    for mistake in (Mistake.NO_STEP, Mistake.STEP_FIRST):
        np.testing.assert_allclose(grads[mistake], -np.ones(100), rtol=1e-6)
    assert np.isnan(grads[Mistake.NO_BACKWARD]).all()
    np.testing.assert_allclose(grads[Mistake.OTHER_PARAMETERS], -np.arange(1, 101), rtol=1e-5)
    assert by_mistake[Mistake.NO_BACKWARD].facts[-1].count("None") == 4


def test_an_optimizer_of_the_first_model_leaves_the_second_alone(plain: Plain) -> None:
    """The model is made again after its optimizer, with the same seed."""
    optimizer = plain.sgd()
    torch.manual_seed(42)
    plain.model = notebook.LinearRegressionModel()
    plain.loop(100, optimizer)
    assert_is(plain, run_mistake(MODEL_0, Mistake.OTHER_PARAMETERS).history)


def test_a_forgotten_unsqueeze_compares_every_row_with_every_row(plain: Plain) -> None:
    """The lesson's figures after 1000 epochs, and PyTorch's warning for each of both sizes."""
    plain.y_train, plain.y_test = plain.y_train.squeeze(), plain.y_test.squeeze()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        plain.loop(1000, plain.sgd())
    trial = run_mistake(replace(MODEL_0, epochs=1000), Mistake.NO_UNSQUEEZE)
    assert trial.history is not None
    assert_is(plain, trial.history)
    assert trial.warnings == tuple(dict.fromkeys(str(w.message) for w in caught))
    assert len(trial.warnings) == 2
    ends = trial.history.weight[-1], trial.history.bias[-1], trial.history.train_loss[-1]
    assert [f"{end:.4f}" for end in ends] == ["0.0868", "0.5379", "0.1407"]
    shapes = ("(40, 1)", "(40,)", "(40, 40)", "1600")
    assert all(shape in trial.facts[-1] for shape in shapes)


def test_training_on_the_test_set_learns_the_test_rows(plain: Plain) -> None:
    """The test loss gets smaller than training on the training rows ever makes it."""
    X_train, y_train = plain.X_train, plain.y_train
    plain.X_train, plain.y_train = plain.X_test, plain.y_test
    plain.loop(100, plain.sgd())
    trial = run_mistake(MODEL_0, Mistake.TEST_SET)
    assert_is(plain, trial.history)
    assert trial.history is not None
    assert trial.history.test_loss.min() < train(MODEL_0).history.test_loss.min() / 10
    with torch.inference_mode():
        on_training = plain.loss_fn(plain.model(X_train), y_train).item()
    assert f"{on_training:.6f} on the 40 training rows" in trial.facts[-1]


@pytest.mark.parametrize(
    ("mistake", "lr"), [(Mistake.LR_TOO_LARGE, 10.0), (Mistake.LR_TOO_SMALL, 0.0001)]
)
def test_a_wrong_learning_rate_is_that_of_a_plain_loop(
    plain: Plain, mistake: Mistake, lr: float
) -> None:
    """0.01 becomes 10, or 0.0001."""
    plain.loop(100, plain.sgd(lr))
    assert_is(plain, run_mistake(MODEL_0, mistake).history)


def test_a_squared_error_with_a_huge_rate_overflows() -> None:
    """What is recorded then is what PyTorch computes: no finite number."""
    history = run_mistake(replace(MODEL_0, loss=Loss.MSE), Mistake.LR_TOO_LARGE).history
    assert history is not None
    assert not np.isfinite(history.train_loss[-1])


def test_the_training_cell_run_twice_goes_on(plain: Plain) -> None:
    """The lesson's printed parameters, 0.6990 and 0.3093; the lists hold the second time only."""
    optimizer = plain.sgd()
    for _cell in range(2):
        plain.loop(100, optimizer)
    history = run_mistake(MODEL_0, Mistake.RUN_TWICE).history
    assert_is(plain, history)
    assert history is not None
    assert (f"{history.weight[-1]:.4f}", f"{history.bias[-1]:.4f}") == ("0.6990", "0.3093")
    assert (f"{history.weight[0]:.4f}", f"{history.bias[0]:.4f}") == ("0.5784", "0.3513")


def test_run_twice_a_cosine_schedule_undoes_what_was_learned() -> None:
    """Its rate rises again after the first run; the explanation says so."""
    experiment = Experiment(schedule=Schedule.COSINE, lr=0.05)
    history = run_mistake(experiment, Mistake.RUN_TWICE).history
    assert history is not None
    assert history.train_loss[-1] > 10 * history.train_loss[0]
    assert "CosineAnnealingLR raises it from zero again" in BUGS[Mistake.RUN_TWICE].explanation


def test_a_rate_a_hundred_times_too_small_may_end_lower_where_the_right_one_diverges() -> None:
    """The explanation says so."""
    experiment = Experiment(loss=Loss.MSE, lr=0.87, batch_size=16)
    history = run_mistake(experiment, Mistake.LR_TOO_SMALL).history
    assert history is not None
    assert history.train_loss[-1] < 0.1
    assert train(experiment).history.train_loss[-1] > 10
    assert "may even end with the lower loss" in BUGS[Mistake.LR_TOO_SMALL].explanation
