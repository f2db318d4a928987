"""The sentences and tensors of the walkthrough say what happened."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linreg import Experiment, Loss, Model, Optimizer
from linreg.core.training import train
from linreg.figures import descent_figure, line_figure
from linreg.formatting import number, span
from linreg.ui.parts.packing import pack
from linreg.walkthrough.narration import Kind, sentence, tensors
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, Walk, walk
from tests.support.figures import trace
from tests.support.strategies import experiments


def first_step(experiment: Experiment) -> Walk:
    """The first step of a run."""
    return walk(experiment, bookmarks(experiment), 0)


def test_the_lessons_first_step_in_words() -> None:
    """The figures of the lesson stand in the sentences."""
    seen = first_step(Experiment())
    assert "y_pred = 0.3367 · x + 0.1288" in sentence(seen, Moment.FORWARD)
    assert "is 0.312881" in sentence(seen, Moment.LOSS)
    assert "nothing to forget" in sentence(seen, Moment.ZERO_GRAD)
    assert "-0.3900 for the weight and -1.0000 for the bias" in sentence(seen, Moment.BACKWARD)
    assert "a larger weight lowers the loss" in sentence(seen, Moment.BACKWARD)
    assert "weight 0.3367 → 0.3406 and bias 0.1288 → 0.1388" in sentence(seen, Moment.STEP)
    assert "test loss is 0.481065" in sentence(seen, Moment.TEST)


def test_each_line_writes_what_pytorch_writes() -> None:
    """Forward the predictions, loss the loss, backward the gradients, step the parameters."""
    seen = first_step(Experiment())
    written = {
        moment: [one.name for one in tensors(seen, moment) if one.kind is Kind.WRITTEN]
        for moment in Moment
    }
    assert written == {
        Moment.FORWARD: ["y_pred"],
        Moment.LOSS: ["loss"],
        Moment.ZERO_GRAD: ["weights.grad", "bias.grad"],
        Moment.BACKWARD: ["weights.grad", "bias.grad"],
        Moment.STEP: ["weights", "bias"],
        Moment.TEST: ["test_pred", "test_loss"],
    }


def test_the_change_is_lr_times_the_gradient_for_plain_sgd() -> None:
    """0.01 * -0.39 and 0.01 * -1, with the sign turned."""
    values = {one.name: one.values for one in tensors(first_step(Experiment()), Moment.STEP)}
    assert values["weights: lr · grad"] == "-0.0039"
    assert values["weights: change"] == "0.0039"
    assert values["bias: change"] == "0.0100"


def test_the_optimizers_memory_is_among_the_tensors() -> None:
    """Momentum and Adam show what they keep, and no lr * grad, which is not their step."""
    kept_by = {Optimizer.MOMENTUM: "momentum_buffer", Optimizer.ADAM: "exp_avg_sq"}
    for optimizer, kept in kept_by.items():
        seen = first_step(Experiment(optimizer=optimizer))
        names = [one.name for one in tensors(seen, Moment.STEP)]
        assert f"weights: {kept}" in names
        assert not any("lr · grad" in name for name in names)


def test_a_run_without_a_test_set_says_so() -> None:
    """There is nothing to judge on, and no tensor is made up."""
    seen = first_step(Experiment(train_fraction=1.0))
    assert "no test set" in sentence(seen, Moment.TEST)
    assert tensors(seen, Moment.TEST) == ()


@settings(max_examples=40, deadline=None)
@given(experiments(most_epochs=20), st.data())
def test_any_step_of_any_run_can_be_told_and_drawn(
    experiment: Experiment, data: st.DataObject
) -> None:
    """Diverged, tiny or in batches: a sentence, and figures whose arrays are plain."""
    epoch = data.draw(st.integers(0, experiment.epochs - 1))
    batch = data.draw(st.integers(0, experiment.n_batches - 1))
    seen = walk(experiment, bookmarks(experiment), epoch, batch)
    run = train(experiment)
    for moment in Moment:
        assert sentence(seen, moment).endswith(".")
        assert all(one.values for one in tensors(seen, moment))
        drawings = {
            "line": line_figure.drawing(seen, moment),
            "descent": descent_figure.drawing(seen, moment, run),
        }
        pack({}, drawings)  # as it goes to the browser
        assert all(d.figure().layout.title.subtitle.text for d in drawings.values())


def test_the_arrow_points_against_the_gradient() -> None:
    """From the parameters, away from where the loss grows."""
    experiment = Experiment(loss=Loss.MSE)
    seen = first_step(experiment)
    [arrow] = descent_figure(seen, Moment.BACKWARD, train(experiment)).layout.annotations
    along = np.array([arrow.x - arrow.ax, arrow.y - arrow.ay])
    grad = np.array(seen.step.grad)
    assert (arrow.ax, arrow.ay) == seen.step.before
    assert along @ grad / np.linalg.norm(along) / np.linalg.norm(grad) == pytest.approx(-1)


def test_the_arrow_can_be_seen_and_stays_inside() -> None:
    """It is a good part of the window long, or ends at the window's edge."""
    experiment = Experiment(model=Model.LINEAR, epochs=200)
    run = train(experiment)
    for epoch in (0, 50, 150):
        seen = walk(experiment, bookmarks(experiment), epoch)
        figure = descent_figure(seen, Moment.BACKWARD, run)
        [arrow] = figure.layout.annotations
        low, high = figure.layout.xaxis.autorangeoptions.include
        bottom, top = figure.layout.yaxis.autorangeoptions.include
        across, up = abs(arrow.x - arrow.ax), abs(arrow.y - arrow.ay)
        length = max(across / (high - low), up / (top - bottom))
        assert 0.02 < length <= 0.22 + 1e-9
        assert low <= arrow.x <= high
        assert bottom <= arrow.y <= top


def test_the_step_is_drawn_from_the_old_to_the_new_parameters() -> None:
    """And nowhere else; an arrow would be another direction for momentum or Adam."""
    experiment = Experiment()
    seen = first_step(experiment)
    figure = descent_figure(seen, Moment.STEP, train(experiment))
    drawn = np.stack([trace(figure, "step").x, trace(figure, "step").y], axis=1)
    assert drawn == pytest.approx(np.array([seen.step.before, seen.step.after]))
    assert not figure.layout.annotations
    assert not len(trace(descent_figure(seen, Moment.BACKWARD, train(experiment)), "step").x)


def test_the_test_loop_is_drawn_with_the_new_line_on_the_test_rows() -> None:
    """The line after the epoch's last batch, and the point where it stands."""
    experiment = Experiment(batch_size=16, lr=0.05)
    seen = first_step(experiment)
    line = line_figure(seen, Moment.TEST)
    assert trace(line, "test rows of this step").x == pytest.approx(seen.X_test)
    x, y = np.array(trace(line, "line").x), np.array(trace(line, "line").y)
    assert y == pytest.approx(seen.end.weight * x + seen.end.bias, rel=1e-5)
    descent = descent_figure(seen, Moment.TEST, train(experiment))
    point = trace(descent, "after the epoch")
    assert (point.x[0], point.y[0]) == pytest.approx(seen.end)
    assert "each training loss before its own batch's step" in sentence(seen, Moment.TEST)


def test_the_surface_is_that_of_the_rows_of_the_step() -> None:
    """Of one batch's rows, not of all: else the gradient would not fit it."""
    experiment = Experiment(batch_size=8, noise=0.3)
    seen = first_step(experiment)
    figure = descent_figure(seen, Moment.BACKWARD, train(experiment))
    surface = trace(figure, "training loss")
    predicted = surface.x[3] * seen.step.X + surface.y[5]
    assert surface.z[5][3] == pytest.approx(np.abs(predicted - seen.step.y).mean(), rel=1e-5)
    assert "on the 8 rows of this step" in figure.layout.title.subtitle.text


@pytest.mark.parametrize(
    ("loss", "words"),
    [(Loss.L1, "|y_pred - y| is"), (Loss.MSE, "(y_pred - y)² is"), (Loss.HUBER, "½ r²")],
)
def test_the_loss_is_told_by_its_own_formula(loss: Loss, words: str) -> None:
    """Each loss its own."""
    assert words in sentence(first_step(Experiment(loss=loss)), Moment.LOSS)


def test_each_optimizer_is_told_by_its_own_rule() -> None:
    """With the numbers that it keeps, as PyTorch has them after the first step."""
    momentum = first_step(Experiment(optimizer=Optimizer.MOMENTUM))
    assert "0.9 · buffer + grad" in sentence(momentum, Moment.STEP)
    values = {one.name: one.values for one in tensors(momentum, Moment.STEP)}
    assert values["weights: momentum_buffer"] == values["weights.grad"] == "-0.3900"
    adam = first_step(Experiment(optimizer=Optimizer.ADAM))
    assert "1 - 0.999ᵗ, here t = 1," in sentence(adam, Moment.STEP)
    values = {one.name: one.values for one in tensors(adam, Moment.STEP)}
    assert values["weights: exp_avg"] == "-0.0390"
    assert values["weights: exp_avg_sq"] == "0.0001521"


def test_a_step_too_small_for_four_digits_is_still_seen() -> None:
    """Old and new are told apart."""
    said = sentence(first_step(Experiment(lr=0.0001)), Moment.STEP)
    old, new = re.findall(r"weight (\S+) → (\S+) ", said)[0]
    assert old != new


def test_sticks_join_each_row_to_the_line() -> None:
    """One stick per training row, from the data to the prediction."""
    seen = first_step(Experiment())
    figure = line_figure(seen, Moment.LOSS)
    [sticks] = [trace for trace in figure.data if trace.name == "residuals"]
    ends = np.array(sticks.y).reshape(-1, 3)
    assert ends[:, 0] == pytest.approx(seen.step.y)
    assert ends[:, 1] == pytest.approx(seen.step.y_pred, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.39, "-0.3900"), (1e-5, "1e-05"), (123456.0, "1.235e+05"), (np.inf, "inf")],
)
def test_numbers_are_short_and_lose_nothing_that_matters(value: float, text: str) -> None:
    """Four decimals, or four digits where decimals would be zeros or too many."""
    assert number(value) == text


def test_a_span_of_equal_numbers_is_one_number() -> None:
    """All rows of an L1 gradient are alike."""
    assert span([0.025, 0.025]) == "all 0.0250"
    assert span([1.0, -1.0]) == "-1.0000 to 1.0000"
