"""Figures as numbers: the traces hold the numbers of the history and the data."""

import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from linreg import Experiment, Loss, Model, Optimizer
from linreg.analysis.theory import alternation, noise_ball
from linreg.core.data import split_data
from linreg.engines.replay import replayed
from linreg.figures import loss_figure, predictions_figure, untrained_figure
from linreg.figures.elements.style import MODEL, TEST, TRAINING, TRUTH, VALIDATION
from linreg.formatting import significant
from linreg.settings.choices import Scale
from tests.support import notebook
from tests.support.figures import assert_whole, says, trace, traces

MODEL_0 = replayed(Experiment())
MODEL_1 = replayed(Experiment(model=Model.LINEAR, epochs=1000))
DIVERGED = replayed(Experiment(loss=Loss.MSE, lr=1.0, epochs=1000))


def test_predictions_show_data_lines_and_test_predictions() -> None:
    """The lesson's rows, its true line, the learned line and its ten predictions."""
    figure = predictions_figure(MODEL_0)
    x = np.arange(50) * 0.02
    np.testing.assert_allclose(trace(figure, "training data").x, x[:40], rtol=1e-6)
    np.testing.assert_allclose(trace(figure, "test data").y, 0.7 * x[40:] + 0.3, rtol=1e-6)
    np.testing.assert_allclose(trace(figure, "true line").y, [0.3, 0.7 * 0.98 + 0.3], rtol=1e-6)
    weight, bias = MODEL_0.history.weight[-1], MODEL_0.history.bias[-1]
    np.testing.assert_allclose(
        trace(figure, "learned line").y, [bias, weight * 0.98 + bias], rtol=1e-6
    )
    np.testing.assert_allclose(trace(figure, "predictions").y, weight * x[40:] + bias, rtol=1e-6)
    assert "y = 0.5784 x + 0.3513" in says(figure)
    assert "y = 0.7000 x + 0.3000" in says(figure)


def test_predictions_before_training_are_shown_on_demand() -> None:
    """The line of the starting values, 0.3367 x + 0.1288, only where it was asked for."""
    assert "initial line" not in traces(predictions_figure(MODEL_0))
    line = trace(predictions_figure(MODEL_0, initial=True), "initial line")
    np.testing.assert_allclose(line.y, [0.1288, 0.1288 + 0.3367 * 0.98], atol=1e-4)


@pytest.mark.parametrize("shares", [(0.8, 0.0), (0.75, 0.25), (1.0, 0.0)])
def test_the_untrained_model_predicts_the_last_set_that_has_rows(
    shares: tuple[float, float],
) -> None:
    """As the lesson's code does: a line through the random start values, and nothing trained."""
    train_fraction, validation_fraction = shares
    run = replayed(
        Experiment(train_fraction=train_fraction, validation_fraction=validation_fraction)
    )
    figure = untrained_figure(run)
    assert_whole(figure)
    x = np.arange(50)[{0.8: 40, 0.75: 38, 1.0: 0}[train_fraction] :] * 0.02
    np.testing.assert_allclose(trace(figure, "predictions").x, x, rtol=1e-6)
    np.testing.assert_allclose(trace(figure, "predictions").y, 0.3367 * x + 0.1288, atol=1e-4)
    assert "y = 0.3367 x + 0.1288" in says(figure)
    assert "learned line" not in traces(figure)


def test_empty_sets_have_no_trace() -> None:
    """Without a test set there is neither test data nor a test loss.

    The predictions are then those for the validation set, or for the training set.
    """
    lines = {"true line", "learned line", "predictions"}
    for shares, sets in (((0.75, 0.25), ("training", "validation")), ((1.0, 0.0), ("training",))):
        train_fraction, validation_fraction = shares
        run = replayed(
            Experiment(train_fraction=train_fraction, validation_fraction=validation_fraction)
        )
        figure = predictions_figure(run)
        assert set(traces(figure)) == lines | {f"{name} data" for name in sets}
        assert set(traces(loss_figure(run))) == {f"{name} loss" for name in sets}
        predicted, rows = trace(figure, "predictions"), trace(figure, f"{sets[-1]} data")
        weight, bias = run.history.weight[-1], run.history.bias[-1]
        assert list(predicted.x) == list(rows.x)
        assert predicted.y == pytest.approx(weight * np.array(rows.x) + bias, abs=1e-6)


def test_own_points_have_no_true_line() -> None:
    """The true line of own data is unknown."""
    run = replayed(Experiment(points=((0.0, 1.0), (1.0, 3.0), (2.0, 5.0)), train_fraction=0.7))
    figure = predictions_figure(run)
    assert "true line" not in traces(figure)
    assert "true" not in says(figure)


def test_loss_curves_are_the_history() -> None:
    """Each curve holds every epoch's number, linear and logarithmic."""
    for scale in Scale:
        figure = loss_figure(MODEL_0, scale=scale)
        np.testing.assert_array_equal(trace(figure, "training loss").y, MODEL_0.history.train_loss)
        np.testing.assert_array_equal(trace(figure, "test loss").y, MODEL_0.history.test_loss)
        assert figure.layout.yaxis.type == scale
        assert "training loss 0.024795" in says(figure)


def test_an_alternating_end_is_a_band() -> None:
    """From epoch 116 on: two straight edges at the two losses, and no zigzag."""
    figure = loss_figure(MODEL_1, scale=Scale.LOG)
    history = MODEL_1.history
    for role, loss in (("training", history.train_loss), ("test", history.test_loss)):
        curve = trace(figure, f"{role} loss")
        np.testing.assert_array_equal(curve.y, loss[:117])
        for edge, value in (("low", loss[900:].min()), ("high", loss[900:].max())):
            drawn = trace(figure, f"{role} loss {edge}")
            assert tuple(drawn.x) == (116, 999)
            np.testing.assert_allclose(drawn.y, [value, value], rtol=1e-6)
    assert all(number in says(figure) for number in ("0.001265", "0.010256", "epoch 116"))
    (line,) = figure.layout.shapes  # from its label to the end of the upper edge
    assert line.label.text.endswith("since epoch<br>116")
    assert (line.xanchor, line.yanchor) == (999, pytest.approx(history.test_loss[900:].max()))
    assert says(figure).count("0.011521") == 2  # the sum of both, and lr (1 + mean(x)²)


def test_the_sum_of_an_alternation_is_compared_only_where_theory_gives_it() -> None:
    """Huber's loss with a large rate alternates too, but not by the noise ball of L1."""
    text = says(loss_figure(replayed(Experiment(loss=Loss.HUBER, lr=3.0, epochs=300))))
    assert "alternates" in text
    assert "mean(x)" not in text


@pytest.mark.parametrize(("start", "stop"), [(-5.0, 5.0), (-1.5, 4.0), (0.0, 1.0)])
def test_the_sum_of_two_losses_is_told_only_as_it_is(start: float, stop: float) -> None:
    """Where rows lie on both sides of x = 0 it may be another one, for a reason that is told."""
    run = replayed(Experiment(start=start, stop=stop, step=0.1, epochs=1000))
    found, rule = alternation(run.history), noise_ball(run.experiment)
    assert found is not None
    said = says(loss_figure(run))
    assert ("mean(x)" in said) == (rule is not None)
    if rule is None:
        assert start == -5
        return
    same = sum(found.train) == pytest.approx(rule, rel=1e-2)
    assert same == ("is not lr" not in said) == (start == 0)
    if not same:  # the reason, from the rows themselves
        X, y, train_end, _ = notebook.data(run.experiment)
        pairs = zip(run.history.weight[-2:], run.history.bias[-2:], strict=True)
        signs = [np.sign((w * X + b - y)[:train_end].numpy()) for w, b in pairs]
        assert any(s.min() < 0 < s.max() for s in signs)


def test_a_diverged_run_is_named_and_its_charts_stay_readable() -> None:
    """The subtitle names the epoch of the overflow, axes end at finite values, no line is drawn."""
    epoch = int(np.flatnonzero(~np.isfinite(DIVERGED.history.train_loss))[0])
    figure = loss_figure(DIVERGED)
    assert f"until the training loss overflows in epoch {epoch}" in says(figure)
    assert figure.layout.xaxis.autorangeoptions.maxallowed < 1.1 * epoch
    assert np.isfinite(figure.layout.yaxis.autorangeoptions.maxallowed)
    predictions = predictions_figure(DIVERGED)
    assert "learned line" not in traces(predictions)
    assert "No line" in says(predictions)
    assert predictions.layout.yaxis.autorangeoptions.clipmax < 2


def test_a_line_that_is_drawn_is_said_though_the_loss_has_overflowed() -> None:
    """The squared error overflows long before the parameters do: the last line is finite."""
    figure = predictions_figure(run := replayed(replace(DIVERGED.experiment, epochs=280)))
    epoch = int(np.flatnonzero(~np.isfinite(run.history.train_loss))[0])
    assert "learned line" in traces(figure)
    assert "No line" not in says(figure)
    assert f"loss overflows in epoch {epoch}." in says(figure)
    assert f"y = {significant(run.history.weight[-1])} x" in says(figure)


def test_l1_is_never_said_to_diverge() -> None:
    """Its gradient is bounded: the last loss may exceed the first, but growth is limited."""
    far = replayed(Experiment(optimizer=Optimizer.MOMENTUM, lr=10.0))
    assert far.history.train_loss[-1] > 10 * far.history.train_loss[0]
    assert "iverg" not in says(loss_figure(far))
    assert "Diverging" in says(loss_figure(replayed(Experiment(loss=Loss.MSE, lr=0.9))))


def test_the_loss_of_a_diverging_run_is_said_to_be_before_its_last_step() -> None:
    """And where only the one after it overflows, as in the player, this is said too."""
    above = Experiment(loss=Loss.MSE, lr=0.87, epochs=1000)
    last = significant(replayed(above).history.train_loss[-1])
    assert says(loss_figure(replayed(above))).endswith(f"to {last} in epoch 999, before its step.")
    run = replayed(Experiment(loss=Loss.MSE, lr=1.1))
    data = split_data(run.experiment)
    assert torch.nn.MSELoss()(run.predict(data.X_train), data.y_train).isinf()
    assert torch.nn.MSELoss()(run.predict(data.X_test), data.y_test).isfinite()
    ends = "in epoch 99, before its step. It overflows after it."
    assert says(loss_figure(run)).endswith(ends)
    in_batches = replace(above, batch_size=32, epochs=60, lr=0.95)
    assert says(loss_figure(replayed(in_batches))).endswith(
        "in epoch 59 (mean over its rows, each before its batch's step)."
    )


def test_a_converged_run_is_not_said_to_alternate() -> None:
    """Differences below the rounding of float32 are no alternation."""
    text = says(loss_figure(replayed(Experiment(loss=Loss.MSE, lr=0.8, epochs=10_000))))
    assert "alternates" not in text
    assert "0.000000" not in text


def test_the_last_epochs_are_shown_one_by_one() -> None:
    """Ten points of the zigzag, with the epochs that they belong to."""
    figure = loss_figure(MODEL_1, last=10)
    curve = trace(figure, "training loss")
    assert list(curve.x) == list(range(990, 1000))
    np.testing.assert_array_equal(curve.y, MODEL_1.history.train_loss[-10:])
    assert "last 10" in figure.layout.title.text


@pytest.mark.parametrize(("epochs", "title"), [(1, "last 1 epoch"), (3, "last 3 epochs")])
def test_a_short_run_has_fewer_last_epochs(epochs: int, title: str) -> None:
    """The title counts the epochs that are shown."""
    figure = loss_figure(replayed(Experiment(epochs=epochs)), last=10)
    assert len(trace(figure, "training loss").y) == epochs
    assert figure.layout.title.text.startswith(f"Loss of the {title}<") or (
        figure.layout.title.text == f"Loss of the {title}"
    )


def test_a_line_that_leaves_the_chart_is_said_to() -> None:
    """The axes still fit the data when the error grows."""
    figure = predictions_figure(replayed(Experiment(loss=Loss.MSE, lr=0.9)))
    assert "outside the chart" in says(figure)
    assert figure.layout.yaxis.autorangeoptions.clipmax < 2
    assert figure.layout.yaxis.autorangeoptions.clipmin > -2


@pytest.mark.parametrize("figure", [predictions_figure(MODEL_0), loss_figure(MODEL_0)])
def test_every_figure_is_whole_by_itself(figure: go.Figure) -> None:
    """It has titles, axis titles and a kept zoom, so it is usable in a notebook."""
    assert_whole(figure)


def test_roles_differ_in_colour_and_in_shape() -> None:
    """Nothing depends on colour alone."""
    points = (TRAINING, VALIDATION, TEST)
    assert len({role.color for role in (*points, MODEL, TRUTH)}) == 5
    assert len({role.symbol for role in points}) == len({role.dash for role in points}) == 3


def test_the_caption_of_the_losses_says_when_they_are_taken() -> None:
    """One step an epoch, several, or none that could be taken."""
    far = ((0.0, 1e30), (1.0, -1e30), (2.0, 0.0), (3.0, 1e30))
    for experiment, said in (
        (Experiment(), r"training loss 0\.\d+ before its step, test loss 0\.\d+ after it\."),
        (
            Experiment(batch_size=8),
            r"mean over its rows, each before its batch's step\), test loss 0\.\d+ after the last",
        ),
        (Experiment(points=far, loss=Loss.MSE), "overflows before the first step"),
        (Experiment(points=far, loss=Loss.MSE, batch_size=1), "overflows before the first step"),
    ):
        assert re.search(said, says(loss_figure(replayed(experiment))))
