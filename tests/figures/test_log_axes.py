"""Logarithmic axes have at least two labels wherever their data are."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Optimizer
from linreg.engines.replay import replayed
from linreg.figures import compared_losses_figure, loss_figure, trial_figure
from linreg.figures.elements.axes import labelled, loss_axis, ticks_between
from linreg.mistakes.run import run_mistake
from linreg.settings.choices import Mistake, Scale

FULL_LABELS = 0.75  # decades up to which Plotly labels its own ticks in full, with room at the ends


def in_sight(axis: dict[str, Any], low: float, high: float) -> int:
    """How many labels the axis has from low to high; 2 where Plotly chooses them in full."""
    if "tickvals" not in axis:
        assert np.log10(high / low) <= FULL_LABELS
        return 2
    return sum(low <= tick <= high for tick in axis["tickvals"])


def shown_losses(figure: go.Figure) -> Any:
    """The positive losses of a figure that its axis does not clip."""
    y = np.concatenate([np.asarray(trace.y, dtype=float) for trace in figure.data])
    top = figure.layout.yaxis.autorangeoptions.clipmax or np.inf
    return y[np.isfinite(y) & (y > 0) & (y <= top)]


@given(
    low=st.floats(-12, 12).map(lambda power: 10.0**power),
    times=st.one_of(st.floats(1.01, 20), st.floats(1, 30).map(lambda power: 10.0**power)),
)
def test_any_range_has_two_to_six_different_labels(low: float, times: float) -> None:
    """All ticks are inside; no two have the same label."""
    ticks = ticks_between(low, low * times)
    labels = labelled(ticks)["ticktext"]
    assert 2 <= len(set(labels)) == len(labels) <= 6
    assert ((low <= ticks) & (ticks <= low * times)).all()


@given(st.lists(st.floats(-38, 38).map(lambda power: 10.0**power), min_size=2))
def test_any_losses_have_two_labels(losses: list[float]) -> None:
    """Also where a run falls by a factor of three, or grows until it overflows."""
    axis = loss_axis(Scale.LOG, [np.array(losses)])
    assert in_sight(axis, min(losses), max(losses)) >= 2


@pytest.mark.parametrize("lr", [0.003, 0.01, 0.1])
@pytest.mark.parametrize("optimizer", [Optimizer.SGD, Optimizer.ADAM])
def test_the_last_epochs_have_two_labels(lr: float, optimizer: Optimizer) -> None:
    """However much larger the losses of the first epochs were."""
    run = replayed(Experiment(epochs=200, lr=lr, optimizer=optimizer))
    figure = loss_figure(run, scale=Scale.LOG, last=10)
    losses = shown_losses(figure)
    axis = figure.layout.yaxis.to_plotly_json()
    assert in_sight(axis, losses.min(), losses.max()) >= 2


@pytest.mark.parametrize("mistake", [each for each in Mistake if each is not Mistake.NONE])
def test_a_loss_that_explodes_leaves_the_other_curves_their_labels(mistake: Mistake) -> None:
    """The axis is cut, and its labels are those of what is left."""
    right = replayed(Experiment(loss=Loss.MSE, lr=0.5, epochs=300))
    wrong = run_mistake(right.experiment, mistake)
    figure = trial_figure(right, wrong, Scale.LOG)
    losses = shown_losses(figure)
    axis = figure.layout.yaxis.to_plotly_json()
    assert in_sight(axis, losses.min(), losses.max()) >= 2


def test_compared_runs_of_which_one_diverges_have_two_labels() -> None:
    """The other one falls by little."""
    runs = [replayed(Experiment(loss=Loss.MSE, lr=lr, epochs=40)) for lr in (0.001, 1.5)]
    figure = compared_losses_figure([("slow", runs[0]), ("fast", runs[1])], Scale.LOG)
    losses = shown_losses(figure)
    axis = figure.layout.yaxis.to_plotly_json()
    assert in_sight(axis, losses.min(), losses.max()) >= 2
