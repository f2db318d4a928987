"""The loss surface with the path of one run, and with the paths of several optimizers."""

from dataclasses import replace

import numpy as np
import pytest

from linreg import Experiment, Loss, Optimizer, Run, loss_surface
from linreg.analysis.surface import joint_window, whole_window
from linreg.engines.replay import replayed
from linreg.figures import optimizer_paths_figure, surface_end_figure, surface_figure
from linreg.figures.elements.style import OPTIMIZERS, TRUTH
from linreg.ui.parts.packing import pack
from tests.support import notebook
from tests.support.figures import assert_hovers_in_words, says, traces

STEEP = tuple((20.0 * i, 9000.0 * 20 * i + 200_000) for i in range(10))

WIDE = tuple((10.0 * i, 0.5 * i + 7 + (-1) ** i) for i in range(30))


def runs(experiment: Experiment) -> list[Run]:
    """One run for each optimizer."""
    return [replayed(replace(experiment, optimizer=optimizer)) for optimizer in Optimizer]


LESSON = runs(Experiment())
DIVERGED = runs(Experiment(loss=Loss.MSE, lr=1.0, epochs=800))


def test_the_figure_shows_path_start_and_truth() -> None:
    """The path is that of the history; the contours are those of the loss surface."""
    run = replayed(Experiment())
    for figure in (surface_figure(run), surface_end_figure(run)):
        assert_hovers_in_words(figure)
        found = traces(figure)
        np.testing.assert_array_equal(found["path"].x, run.history.weight)
        np.testing.assert_array_equal(found["path"].y, run.history.bias)
        assert (found["truth"].x[0], found["truth"].y[0]) == (0.7, 0.3)
        contours = found["training loss"]
        expected = loss_surface(run.experiment, contours.x, contours.y)
        np.testing.assert_array_equal(contours.z, expected)
        assert "(0.3367, 0.1288) to (0.5784, 0.3513)" in says(figure)
    assert "start" in traces(surface_figure(run))
    assert "start" not in traces(surface_end_figure(run))  # its window holds the last epochs


def test_own_points_have_no_true_parameters() -> None:
    """The true parameters of own data are unknown."""
    run = replayed(Experiment(points=((0.0, 1.0), (1.0, 3.0), (2.0, 5.0)), train_fraction=0.7))
    assert "truth" not in traces(surface_figure(run))


def test_every_path_is_the_whole_history_of_its_run() -> None:
    """There are marks at its end, at the common start and at the true parameters."""
    found = traces(optimizer_paths_figure(LESSON))
    for run in LESSON:
        name, history = run.experiment.optimizer.value, run.history
        np.testing.assert_array_equal(found[name].x, history.weight)
        np.testing.assert_array_equal(found[name].y, history.bias)
        end = found[f"{name} ends"]
        assert (end.x[0], end.y[0]) == (history.weight[-1], history.bias[-1])
        assert end.legendgroup == found[name].legendgroup
    assert (found["truth"].x[0], found["truth"].y[0]) == (0.7, 0.3)
    assert found["start"].x[0] == LESSON[0].history.weight[0]
    contours = found["training loss"]
    expected = loss_surface(LESSON[0].experiment, contours.x, contours.y)
    np.testing.assert_array_equal(contours.z, expected)


def test_the_subtitle_says_where_each_ended_and_its_loss_there() -> None:
    """The loss of the last parameters themselves, as the plain loop takes it one epoch later."""
    text = says(optimizer_paths_figure(LESSON))
    for run in LESSON:
        longer = notebook.plain_loop(replace(run.experiment, epochs=101))
        weight, bias, loss = (longer[name][100] for name in ("weight", "bias", "train_loss"))
        [said] = [part for part in text.split(". ") if part.startswith(run.experiment.optimizer)]
        assert f"({weight:.4f}, {bias:.4f})" in said
        assert f"{loss:.6f}" in said


@pytest.mark.parametrize(
    ("experiment", "outside"),
    [
        (Experiment(), []),
        (Experiment(loss=Loss.MSE, lr=0.87, epochs=1000), [Optimizer.SGD]),
        (Experiment(points=WIDE, lr=0.1, epochs=50), [Optimizer.MOMENTUM]),
    ],
)
def test_an_end_outside_the_chart_is_said_to_be(
    experiment: Experiment, outside: list[Optimizer]
) -> None:
    """Its mark cannot be seen there."""
    ended = [run for run in runs(experiment) if np.isfinite(run.history.weight[-1])]
    figure = optimizer_paths_figure(ended)
    axes = figure.layout.xaxis, figure.layout.yaxis
    for run in ended:
        name, found = run.experiment.optimizer, traces(figure)
        mark = found[f"{name} ends"]
        seen = [
            axis.autorangeoptions.clipmin <= value <= axis.autorangeoptions.clipmax
            for axis, (value,) in zip(axes, (mark.x, mark.y), strict=True)
        ]
        assert all(seen) is (name not in outside)
        assert (f"{name} ends outside the chart, at (" in says(figure)) is (name in outside)
    alone = next(run for run in ended if run.experiment.optimizer is Optimizer.SGD)
    assert ("outside the chart; true" in says(surface_figure(alone))) is (Optimizer.SGD in outside)


def test_the_window_holds_every_path_that_stays_near() -> None:
    """The three paths of the lesson lie wholly inside it."""
    weights, biases = joint_window(LESSON, 40)
    assert weights.dtype == biases.dtype == np.float32
    for run in LESSON:
        for axis, path in ((weights, run.history.weight), (biases, run.history.bias)):
            assert axis[0] < path.min() <= path.max() < axis[-1]


def test_one_run_that_diverges_does_not_shrink_the_others() -> None:
    """Adam stays near where plain descent overflows: its path keeps a tenth of the chart."""
    figure = optimizer_paths_figure(DIVERGED)
    text, found = says(figure), traces(figure)
    assert "sgd leaves the chart" in text
    assert "sgd ends" not in found
    assert "(0.7000, 0.3000)" in text
    weights, biases = joint_window(DIVERGED, 40)
    adam = next(r for r in DIVERGED if r.experiment.optimizer is Optimizer.ADAM).history
    for axis, path in ((weights, adam.weight), (biases, adam.bias)):
        assert axis[0] < path.min() <= path.max() < axis[-1]
        assert np.ptp(path) > np.ptp(axis) / 12
    assert np.isfinite(found["training loss"].z).all()
    assert figure.layout.xaxis.autorangeoptions.clipmax == weights[-1]


def test_when_all_diverge_the_window_stays_near_the_truth() -> None:
    """Finite, growing axes with the start and the truth on them."""
    all_gone = [run for run in DIVERGED if run.experiment.optimizer is Optimizer.SGD]
    for axis, true in zip(joint_window(all_gone, 40), (0.7, 0.3), strict=True):
        assert np.abs(axis).max() < 100
        assert (np.diff(axis) > 0).all()
        assert axis[0] < true < axis[-1]


@pytest.mark.parametrize("loss", list(Loss))
def test_own_data_of_any_size_have_a_window_that_holds_the_paths(loss: Loss) -> None:
    """Slopes of 9,000 and levels of 200,000 are no divergence; the truth is unknown."""
    points = tuple((x / 20, y) for x, y in STEEP)
    lr = 0.01 if loss is Loss.MSE else 10.0
    run = replayed(Experiment(points=points, loss=loss, lr=lr, epochs=5000))
    for window in (joint_window([run], 40), whole_window(run, 40)):
        for axis, path in zip(window, (run.history.weight, run.history.bias), strict=True):
            assert axis[0] < path.min() <= path.max() < axis[-1]
    assert run.history.bias.max() > 10_000
    assert "truth" not in traces(optimizer_paths_figure([run]))


def test_runs_must_differ_in_the_optimizer_and_in_nothing_else() -> None:
    """The sentence names what else differs."""
    other = replayed(Experiment(lr=0.02, optimizer=Optimizer.ADAM))
    with pytest.raises(ValueError, match="in lr too"):
        optimizer_paths_figure([LESSON[0], other])
    with pytest.raises(ValueError, match="none at all"):
        optimizer_paths_figure([])
    with pytest.raises(ValueError, match="one optimizer each"):
        optimizer_paths_figure([LESSON[0], LESSON[0]])


def test_optimizers_differ_in_colour_dash_and_marker() -> None:
    """Nothing depends on colour alone, and none looks like the truth."""
    for look in ("color", "symbol", "dash"):
        assert len({getattr(role, look) for role in OPTIMIZERS.values()}) == 3
    assert set(OPTIMIZERS) == set(Optimizer)
    assert TRUTH.color not in {role.color for role in OPTIMIZERS.values()}


@pytest.mark.parametrize("shown", [LESSON, DIVERGED], ids=["lesson", "diverged"])
def test_the_figure_can_be_sent_to_the_stage(shown: list[Run]) -> None:
    """The packed bytes contain arrays of float32."""
    block = pack({}, {"paths": optimizer_paths_figure.drawing(shown)})
    assert b'"f4"' in block
