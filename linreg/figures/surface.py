"""The loss surface over (weight, bias), and the paths that training took on it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from linreg.analysis.surface import (
    end_window,
    joint_window,
    learned_loss,
    loss_surface,
    whole_window,
)
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.core.training import Run
from linreg.figures.elements.axes import fixed_axis, lies_outside
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import PARAMETERS, Trace, parameters_mark
from linreg.figures.elements.style import INITIAL, MODEL, OPTIMIZERS, TRUTH, Role, make_drawing
from linreg.formatting import loss_text, pair
from linreg.sharing.pins import differing

POINTS = 40  # along each axis
LINES = "Lines join equal loss."

Window = tuple[Floats, Floats]  # weights, (POINTS,), and biases, (POINTS,)


@drawn
def surface_figure(run: Run) -> Drawing:
    """Return contours of the training loss with the whole path of `run` and the true parameters."""
    return _one_path(run, whole_window, "Loss surface")


@drawn
def surface_end_figure(run: Run) -> Drawing:
    """Return the same around the end of the path, where a noise ball is visible."""
    return _one_path(run, end_window, "Loss surface around the end")


@drawn
def optimizer_paths_figure(runs: Sequence[Run]) -> Drawing:
    """Return contours of the training loss with the path of each run and the point where it ended.

    Arguments:
        runs: one for each optimizer that is compared; they differ in nothing else.

    Raises:
        ValueError: there are none, they differ in another setting too, or two have one optimizer.
    """
    _check(runs)
    paths = [
        trace for run in runs for trace in _path_and_end(OPTIMIZERS[run.experiment.optimizer], run)
    ]
    window = joint_window(runs, POINTS)
    says = f"{' '.join(_run_says(run, window) for run in runs)} {LINES}"
    return _with_paths(runs[0], window, paths, title="Paths of the optimizers", says=says)


def _one_path(run: Run, window_of: Callable[[Run, int], Window], title: str) -> Drawing:
    path = _path(run, "path", {"color": MODEL.color, "width": 2})
    window = window_of(run, POINTS)
    return _with_paths(run, window, [path], title=title, says=_says(run, window))


def _with_paths(run: Run, window: Window, paths: list[Trace], *, title: str, says: str) -> Drawing:
    """Return the surface of a run with its start if that is in sight, the truth and some paths."""
    experiment, start = run.experiment, (run.history.weight[:1], run.history.bias[:1])
    mark = parameters_mark(INITIAL, "start", "square-open", *start)
    traces = [
        contours(*window, loss_surface(experiment, *window)),
        *paths,
        *([] if _is_outside(start, window) else [mark]),
        *true_parameters(experiment),
    ]
    return on_surface(window, traces, title=title, says=says)


def on_surface(window: Window, traces: list[Trace], **more: Any) -> Drawing:
    """Return a drawing over weights and biases. `more` goes to `make_drawing`."""
    weights, biases = window
    return make_drawing(
        traces,
        x_title="weight",
        y_title="bias",
        x_axis=fixed_axis(weights[0], weights[-1]),
        y_axis=fixed_axis(biases[0], biases[-1]),
        **more,
    )


def contours(weights: Floats, biases: Floats, loss: Floats) -> Trace:
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
        "hovertemplate": "weight %{x:.5~g}<br>bias %{y:.5~g}<br>loss %{z:.5~g}<extra></extra>",
    }


def true_parameters(experiment: Experiment) -> list[Trace]:
    """Return a mark at the true parameters; none for own data, whose truth is unknown."""
    if experiment.points is not None:
        return []
    return [parameters_mark(TRUTH, "truth", "star", [experiment.weight], [experiment.bias])]


def _path(run: Run, name: str, line: dict[str, Any]) -> Trace:
    return {
        "type": "scatter",
        "x": run.history.weight,
        "y": run.history.bias,
        "name": name,
        "mode": "lines",
        "line": line,
        "hovertemplate": PARAMETERS,
    }


def _path_and_end(role: Role, run: Run) -> list[Trace]:
    weight, bias = run.history.weight, run.history.bias
    path = _path(run, role.name, role.line(2.5)) | {"legendgroup": role.name}
    path["hovertemplate"] = f"{role.name}<br>{path['hovertemplate']}"
    if not _ended(run):
        return [path]
    end = parameters_mark(role, f"{role.name} ends", f"{role.symbol}-open", weight[-1:], bias[-1:])
    return [path, end | {"legendgroup": role.name, "showlegend": False}]


def _ended(run: Run) -> bool:
    return bool(np.isfinite([run.history.weight[-1], run.history.bias[-1]]).all())


def _is_outside(point: tuple[Floats, Floats], window: Window) -> bool:
    """Return whether a weight and a bias, (1,) each, lie outside a window."""
    return any(lies_outside(p, (a[0], a[-1])) for p, a in zip(point, window, strict=True))


def _ends_outside(run: Run, window: Window) -> bool:
    return _is_outside((run.history.weight[-1:], run.history.bias[-1:]), window)


def _run_says(run: Run, window: Window) -> str:
    """Return where a run ended, and the training loss of these last parameters."""
    name, history = run.experiment.optimizer, run.history
    if not _ended(run):
        return f"{name} leaves the chart and overflows."
    outside = " outside the chart," * _ends_outside(run, window)
    end = pair(history.weight[-1], history.bias[-1])
    loss = learned_loss(run)
    here = f"is {loss_text(loss)}" if np.isfinite(loss) else "overflows"
    return f"{name} ends{outside} at {end}, where the training loss {here}."


def _says(run: Run, window: Window) -> str:
    history = run.history
    start = pair(history.weight[0], history.bias[0])
    if not _ended(run):
        return f"Path of (weight, bias) from {start}: it leaves the chart and overflows. {LINES}"
    end = pair(history.weight[-1], history.bias[-1])
    outside = ", outside the chart" * _ends_outside(run, window)
    said = f"Path of (weight, bias) from {start} to {end}{outside}"
    if run.experiment.points is not None:
        return f"{said}. {LINES}"
    return f"{said}; true: {pair(run.experiment.weight, run.experiment.bias)}. {LINES}"


def _check(runs: Sequence[Run]) -> None:
    others = [name for name in differing([run.experiment for run in runs]) if name != "optimizer"]
    if not runs or others:
        said = f"in {', '.join(others)} too" if others else "none at all"
        raise ValueError(f"runs must be some that differ in the optimizer only, not {said}.")
    if len({run.experiment.optimizer for run in runs}) < len(runs):
        raise ValueError(f"runs must have one optimizer each, not {len(runs)} with one twice.")
