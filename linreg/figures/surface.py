"""The loss surface over (weight, bias), and the path that training took on it."""

from typing import Any

import numpy as np

from linreg.analysis.surface import end_window, loss_surface, whole_window
from linreg.core.training import Run
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import INITIAL, MODEL, TRUTH, Role, make_drawing
from linreg.formatting import pair

POINTS = 40  # along each axis
LINES = "Lines join equal loss."


@drawn
def surface_figure(run: Run) -> Drawing:
    """Return contours of the training loss with the whole path of `run` and the true parameters."""
    return _figure(run, whole_window, "Loss surface")


@drawn
def surface_end_figure(run: Run) -> Drawing:
    """Return the same around the end of the path, where a noise ball can be seen."""
    return _figure(run, end_window, "Loss surface around the end")


def _figure(run: Run, window: Any, title: str) -> Drawing:
    weights, biases = window(run, POINTS)
    history, experiment = run.history, run.experiment
    loss = loss_surface(experiment, weights, biases)
    traces = [
        contours(weights, biases, loss),
        _path(run),
        mark(INITIAL, "start", "square-open", history.weight[:1], history.bias[:1]),
    ]
    if experiment.points is None:
        traces.append(mark(TRUTH, "truth", "star", [experiment.weight], [experiment.bias]))
    return make_drawing(
        traces,
        title=title,
        says=_says(run),
        x_title="weight",
        y_title="bias",
        x_axis=clip(weights),
        y_axis=clip(biases),
    )


def clip(values: Any) -> dict[str, Any]:
    """Return an axis over the range of `values`, whatever else is drawn."""
    low, high = float(values[0]), float(values[-1])
    return {"autorangeoptions": {"clipmin": low, "clipmax": high, "include": [low, high]}}


def contours(weights: Any, biases: Any, loss: Any) -> dict[str, Any]:
    """Return lines of equal loss: weights (w,), biases (b,), loss (b, w)."""
    return {
        "type": "contour",
        "x": weights,
        "y": biases,
        "z": loss,
        "name": "training loss",
        "ncontours": 14,
        "showscale": False,
        "colorscale": [[0, "#0072B2"], [0.35, "#56B4E9"], [1, "#A9B4C0"]],  # low to high
        "contours": {"coloring": "lines"},
        "line": {"width": 1.5},
        "hovertemplate": "weight %{x:.4f}<br>bias %{y:.4f}<br>loss %{z:.4f}<extra></extra>",
    }


def _path(run: Run) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": run.history.weight,
        "y": run.history.bias,
        "name": "path",
        "mode": "lines",
        "line": {"color": MODEL.color, "width": 2},
        "hovertemplate": "weight %{x:.4f}<br>bias %{y:.4f}<extra></extra>",
    }


def mark(role: Role, name: str, symbol: str, weight: Any, bias: Any) -> dict[str, Any]:
    """Return markers at (weight, bias) in the look of a role."""
    return {
        "type": "scatter",
        "x": weight,
        "y": bias,
        "name": name,
        "mode": "markers",
        "marker": {"color": role.color, "symbol": symbol, "size": 13, "line": {"width": 2}},
        "hovertemplate": "weight %{x:.4f}<br>bias %{y:.4f}<extra></extra>",
    }


def _says(run: Run) -> str:
    history = run.history
    start = pair(history.weight[0], history.bias[0])
    if not np.isfinite([history.weight[-1], history.bias[-1]]).all():
        return f"Path of (weight, bias) from {start}: it leaves the chart and overflows. {LINES}"
    end = pair(history.weight[-1], history.bias[-1])
    said = f"Path of (weight, bias) from {start} to {end}"
    if run.experiment.points is not None:
        return f"{said}. {LINES}"
    return f"{said}; true: {pair(run.experiment.weight, run.experiment.bias)}. {LINES}"
