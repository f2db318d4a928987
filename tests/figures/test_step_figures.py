"""One step of the loop as figures: the line with its residuals, and the step on the surface."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Model, Optimizer
from linreg.engines.replay import replayed
from linreg.figures import descent_figure, line_figure
from linreg.ui.parts.packing import pack
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, Walk, walk
from tests.support.figures import assert_hovers_in_words, says, trace
from tests.support.strategies import experiments

LEVEL = ((-1.0, 1.0), (1.0, 1.0))  # with lr 0.5 one step of descent reaches its least squares


def first_step(experiment: Experiment) -> Walk:
    """The first step of a run."""
    return walk(experiment, bookmarks(experiment), 0)


@given(experiments(most_epochs=20), st.sampled_from(Moment), st.data())
def test_any_step_of_any_run_can_be_drawn(
    experiment: Experiment, moment: Moment, data: st.DataObject
) -> None:
    """Diverged, tiny or in batches: figures with a subtitle, and with plain arrays."""
    epoch = data.draw(st.integers(0, experiment.epochs - 1))
    batch = data.draw(st.integers(0, experiment.n_batches - 1))
    seen = walk(experiment, bookmarks(experiment), epoch, batch)
    drawings = {
        "line": line_figure.drawing(seen, moment),
        "descent": descent_figure.drawing(seen, moment, replayed(experiment)),
    }
    pack({}, drawings)  # as it goes to the browser
    line, descent = (drawing.figure() for drawing in drawings.values())
    assert says(line)
    assert_hovers_in_words(line)
    assert_hovers_in_words(descent)
    assert ("arrow" in says(descent)) == bool(descent.layout.annotations)


def test_without_a_test_set_the_line_has_nothing_to_be_compared_with() -> None:
    """The test loop draws no test rows, and says so; with validation rows it draws those."""
    figure = line_figure(first_step(Experiment(train_fraction=1.0)), Moment.TEST)
    assert "Every row is used for training" in says(figure)
    validated = line_figure(first_step(Experiment(validation_fraction=0.2)), Moment.TEST)
    assert says(validated).startswith("10 validation rows; ")
    assert len(trace(validated, "validation rows").x) == 10


@pytest.mark.parametrize(("epoch", "sticks"), [(0, True), (299, False)])
def test_sticks_are_said_to_be_there_where_they_are_drawn(epoch: int, sticks: bool) -> None:
    """There are none to a line that overflowed."""
    experiment = Experiment(loss=Loss.MSE, lr=10.0, epochs=300)
    figure = line_figure(walk(experiment, bookmarks(experiment), epoch), Moment.LOSS)
    assert bool(len(trace(figure, "residuals").x)) is sticks
    assert ("stick" in says(figure)) is sticks
    assert ("residuals" in figure.layout.title.text) is sticks


@pytest.mark.parametrize("moment", [Moment.LOSS, Moment.STEP])
def test_each_line_that_is_outside_the_chart_is_said_to_be(moment: Moment) -> None:
    """Before and after a step that went too far they are on opposite sides of it."""
    experiment = Experiment(loss=Loss.MSE, lr=1.6, epochs=60)
    seen = walk(experiment, bookmarks(experiment), 20)
    figure = line_figure(seen, moment)
    low, high = figure.layout.yaxis.autorangeoptions.include
    lines = {"line before": seen.step.before, "line after": seen.step.after}
    if moment is Moment.LOSS:
        lines = {"line": seen.step.before}
    for name, (weight, bias) in lines.items():
        ends = np.array([bias, bias + 0.98 * weight])
        assert (ends > high).all() or (ends < low).all()
        assert f"The {name} lies outside the chart." in says(figure)


def test_the_arrow_points_against_the_gradient() -> None:
    """From the parameters, away from where the loss grows."""
    experiment = Experiment(loss=Loss.MSE)
    seen = first_step(experiment)
    [arrow] = descent_figure(seen, Moment.BACKWARD, replayed(experiment)).layout.annotations
    along = np.array([arrow.x - arrow.ax, arrow.y - arrow.ay])
    grad = np.array(seen.step.grad)
    assert (arrow.ax, arrow.ay) == seen.step.before
    assert along @ grad / np.linalg.norm(along) / np.linalg.norm(grad) == pytest.approx(-1)


@pytest.mark.parametrize(
    ("experiment", "epoch"),
    [
        (Experiment(loss=Loss.MSE, lr=1.0, epochs=400), 399),
        (Experiment(loss=Loss.MSE, lr=1.0, epochs=100), 60),
        (Experiment(points=LEVEL, train_fraction=1.0, loss=Loss.MSE, lr=0.5, epochs=20), 10),
    ],
    ids=["NaN", "outside", "zero"],
)
def test_without_an_arrow_no_word_is_said_of_one(experiment: Experiment, epoch: int) -> None:
    """Where the gradient is NaN or zero, or the parameters are far outside the chart."""
    seen = walk(experiment, bookmarks(experiment), epoch)
    figure = descent_figure(seen, Moment.BACKWARD, replayed(experiment))
    assert not figure.layout.annotations
    assert "the gradient is (" in says(figure)
    assert "arrow" not in says(figure)


def test_a_point_whose_bias_alone_leaves_the_chart_is_said_to() -> None:
    """With all x near 0 the weight hardly moves while the bias diverges."""
    points = ((0.0, 1.0), (1e-4, 2.0), (2e-4, 3.0))
    experiment = Experiment(points=points, train_fraction=1.0, loss=Loss.MSE, lr=2.0, epochs=20)
    figure = descent_figure(
        walk(experiment, bookmarks(experiment), 8), Moment.FORWARD, replayed(experiment)
    )
    point = trace(figure, "parameters")
    across, up = (axis.autorangeoptions for axis in (figure.layout.xaxis, figure.layout.yaxis))
    assert across.clipmin <= point.x[0] <= across.clipmax
    assert not up.clipmin <= point.y[0] <= up.clipmax
    assert "outside the chart" in says(figure)


@pytest.mark.parametrize("epoch", range(0, 24, 3))
def test_each_line_of_a_step_that_leaves_the_chart_is_said_to(epoch: int) -> None:
    """Also where one lies above the chart and the other below it."""
    experiment = Experiment(loss=Loss.MSE, lr=1.6, epochs=24)
    figure = line_figure(walk(experiment, bookmarks(experiment), epoch), Moment.STEP)
    ends = figure.layout.yaxis.autorangeoptions
    low, high = ends.clipmin, ends.clipmax
    for name in ("line before", "line after"):
        y = np.array(trace(figure, name).y)
        outside = (y < low).all() or (y > high).all()
        assert (f"The {name} lies outside" in says(figure)) == outside


def test_the_arrow_can_be_seen_and_stays_inside() -> None:
    """It is a good part of the window long, or ends at the window's edge."""
    experiment = Experiment(model=Model.LINEAR, epochs=200)
    run = replayed(experiment)
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
    """A step that can be seen has no arrow; a step of momentum is not along its gradient."""
    experiment = Experiment(lr=0.1, optimizer=Optimizer.MOMENTUM)
    seen = first_step(experiment)
    figure = descent_figure(seen, Moment.STEP, replayed(experiment))
    drawn = np.stack([trace(figure, "step").x, trace(figure, "step").y], axis=1)
    assert drawn == pytest.approx(np.array([seen.step.before, seen.step.after]))
    assert not figure.layout.annotations
    assert not len(trace(descent_figure(seen, Moment.BACKWARD, replayed(experiment)), "step").x)


def test_a_short_step_has_an_arrow_in_its_direction() -> None:
    """That of Adam is along the signs of the gradients, not against the gradient itself."""
    for optimizer in Optimizer:
        experiment = Experiment(optimizer=optimizer, lr=0.001, epochs=500)
        figure = descent_figure(first_step(experiment), Moment.STEP, replayed(experiment))
        [arrow] = figure.layout.annotations
        step = first_step(experiment).step
        moved = np.subtract(step.after, step.before)
        drawn = np.array([arrow.x - arrow.ax, arrow.y - arrow.ay])
        assert drawn / np.abs(drawn).max() == pytest.approx(moved / np.abs(moved).max(), rel=1e-4)
        assert np.abs(drawn).max() > 20 * np.abs(moved).max()
        assert "the arrow shows its direction" in says(figure)


def test_the_test_loop_is_drawn_with_the_new_line_on_the_test_rows() -> None:
    """The line after the epoch's last batch, and the point where it stands."""
    experiment = Experiment(batch_size=16, lr=0.05)
    seen = first_step(experiment)
    line = line_figure(seen, Moment.TEST)
    assert trace(line, "test rows").x == pytest.approx(seen.X_test)
    x, y = np.array(trace(line, "line").x), np.array(trace(line, "line").y)
    assert y == pytest.approx(seen.end.weight * x + seen.end.bias, rel=1e-5)
    descent = descent_figure(seen, Moment.TEST, replayed(experiment))
    point = trace(descent, "after the epoch")
    assert (point.x[0], point.y[0]) == pytest.approx(seen.end)


def test_the_surface_is_that_of_the_rows_of_the_step() -> None:
    """Of one batch's rows, not of all: else the gradient would not fit it."""
    experiment = Experiment(batch_size=8, noise=0.3)
    seen = first_step(experiment)
    figure = descent_figure(seen, Moment.BACKWARD, replayed(experiment))
    surface = trace(figure, "training loss")
    predicted = surface.x[3] * seen.step.X + surface.y[5]
    assert surface.z[5][3] == pytest.approx(np.abs(predicted - seen.step.y).mean(), rel=1e-5)
    assert "8 rows" in says(figure)


def test_sticks_join_each_row_to_the_line() -> None:
    """One stick per training row, from the data to the prediction."""
    seen = first_step(Experiment())
    figure = line_figure(seen, Moment.LOSS)
    [sticks] = [trace for trace in figure.data if trace.name == "residuals"]
    ends = np.array(sticks.y).reshape(-1, 3)
    assert ends[:, 0] == pytest.approx(seen.step.y)
    assert ends[:, 1] == pytest.approx(seen.step.y_pred, rel=1e-6)
