"""The paths of several optimizers over one loss surface."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from linreg.analysis.surface import joint_window, loss_surface
from linreg.core.training import Run
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import INITIAL, OPTIMIZERS, TRUTH, Role, make_drawing
from linreg.figures.surface import LINES, POINTS, clip, contours, mark
from linreg.formatting import loss_text, pair
from linreg.sharing.pins import differing


@drawn
def optimizer_paths_figure(runs: Sequence[Run]) -> Drawing:
    """Return contours of the training loss with the path of each run and where it ended.

    Arguments:
        runs: one for each optimizer that is compared; they differ in nothing else.

    Raises:
        ValueError: there are none, they differ in another setting too, or two have one optimizer.
    """
    _check(runs)
    experiment, history = runs[0].experiment, runs[0].history
    weights, biases = joint_window(runs, POINTS)
    traces = [
        contours(weights, biases, loss_surface(experiment, weights, biases)),
        *(trace for run in runs for trace in _path(OPTIMIZERS[run.experiment.optimizer], run)),
        mark(INITIAL, "start", "square-open", history.weight[:1], history.bias[:1]),
    ]
    if experiment.points is None:
        traces.append(mark(TRUTH, "truth", "star", [experiment.weight], [experiment.bias]))
    return make_drawing(
        traces,
        title="Paths of the optimizers",
        says=f"{' '.join(_says(run) for run in runs)} {LINES}",
        x_title="weight",
        y_title="bias",
        x_axis=clip(weights),
        y_axis=clip(biases),
    )


def _check(runs: Sequence[Run]) -> None:
    others = [name for name in differing([run.experiment for run in runs]) if name != "optimizer"]
    if not runs or others:
        said = f"in {', '.join(others)} too" if others else "none at all"
        raise ValueError(f"runs must be some that differ in the optimizer only, not {said}.")
    if len({run.experiment.optimizer for run in runs}) < len(runs):
        raise ValueError(f"runs must have one optimizer each, not {len(runs)} with some alike.")


def _path(role: Role, run: Run) -> list[dict[str, Any]]:
    weight, bias = run.history.weight, run.history.bias
    line = {
        "type": "scatter",
        "x": weight,
        "y": bias,
        "name": role.name,
        "legendgroup": role.name,
        "mode": "lines",
        "line": {"color": role.color, "dash": role.dash, "width": 2.5},
        "hovertemplate": f"{role.name}<br>weight %{{x:.4f}}<br>bias %{{y:.4f}}<extra></extra>",
    }
    if not _ended(run):
        return [line]
    end = mark(role, f"{role.name} ends", f"{role.symbol}-open", weight[-1:], bias[-1:])
    return [line, end | {"legendgroup": role.name, "showlegend": False}]


def _ended(run: Run) -> bool:
    return bool(np.isfinite([run.history.weight[-1], run.history.bias[-1]]).all())


def _says(run: Run) -> str:
    """Return where a run ended and the training loss there, one step after the last recorded."""
    name, history = run.experiment.optimizer, run.history
    if not _ended(run):
        return f"{name} leaves the chart and overflows."
    end = pair(history.weight[-1], history.bias[-1])
    loss = float(loss_surface(run.experiment, history.weight[-1:], history.bias[-1:])[0, 0])
    if not np.isfinite(loss):
        return f"{name} ends at {end}, where the loss overflows."
    return f"{name} ends at {end}, training loss {loss_text(loss)}."
