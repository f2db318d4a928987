"""The loss curves of a run, linear or logarithmic."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from linreg.choices import Loss
from linreg.figures.style import TEST, TRAINING, VALIDATION, Role, make_figure
from linreg.theory import Alternation, alternation, overflow_epoch
from linreg.training import Run

Floats = npt.NDArray[np.float32]
Scale = Literal["linear", "log"]

MARKS = 12  # markers on a curve, enough to tell its shape
UNITS = {
    Loss.L1: "L1 loss (units of y)",
    Loss.MSE: "MSE loss (units of y, squared)",
    Loss.HUBER: "Huber loss (units of y, squared)",
}


def loss_figure(run: Run, *, scale: Scale = "linear") -> go.Figure:
    """Return the training, validation and test loss of every epoch of `run`.

    An end that alternates between two values is a band between them, not thousands of zigzags.
    Where the loss overflows, the axes end where it can still be read.
    """
    history = run.history
    cycle = alternation(history)
    curves = [
        (TRAINING, history.train_loss),
        (VALIDATION, history.validation_loss),
        (TEST, history.test_loss),
    ]
    traces: list[dict[str, Any]] = []
    for role, loss in curves:
        if not np.isnan(loss).all():
            traces.extend(_curve(role, loss, cycle))
    window = _window([loss for _, loss in curves], overflow_epoch(history), scale)
    return make_figure(
        traces,
        title=f"Loss curves ({scale} scale)",
        says=_says(run, cycle),
        x_title="epoch",
        y_title=UNITS[run.experiment.loss],
        x_axis=window["x_axis"],
        y_axis={"type": scale, "uirevision": scale, **window["y_axis"]},
    )


def _curve(role: Role, loss: Floats, cycle: Alternation | None) -> list[dict[str, Any]]:
    end = len(loss) if cycle is None else cycle.first_epoch + 1
    curve = {
        "type": "scatter",
        "y": loss[:end],
        "name": f"{role.name} loss",
        "legendgroup": role.name,
        "mode": "lines+markers",
        "line": {"color": role.color, "dash": role.dash, "width": 3},
        "marker": {"symbol": role.symbol, "size": 9, "maxdisplayed": MARKS},
        "hovertemplate": f"epoch %{{x}}<br>{role.name} loss %{{y:.6g}}",
    }
    return [curve] if cycle is None else [curve, *_band(role, loss, cycle.first_epoch)]


def _band(role: Role, loss: Floats, first: int) -> list[dict[str, Any]]:
    low, high = np.sort(loss[first : first + 2])
    ends = [first, len(loss) - 1]
    edges = []
    for edge, value, fill in (("low", low, "none"), ("high", high, "tonexty")):
        edges.append(
            {
                "type": "scatter",
                "x": ends,
                "name": f"{role.name} loss {edge}",
                "y": [float(value)] * 2,
                "legendgroup": role.name,
                "showlegend": False,
                "mode": "lines",
                "line": {"color": role.color, "dash": role.dash, "width": 1.5},
                "fill": fill,
                "fillcolor": _faint(role.color),
                "hovertemplate": f"{role.name} loss alternates: {low:.6g} and {high:.6g}",
            }
        )
    return edges


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"


def _window(curves: list[Floats], epoch: int | None, scale: Scale) -> dict[str, dict[str, Any]]:
    """Return the ranges of both axes: all epochs, or those up to the overflow in `epoch`."""
    x_axis = {} if epoch is None else {"autorangeoptions": {"clipmax": 1.02 * epoch}}
    if scale == "log":
        return {"x_axis": x_axis, "y_axis": _decades(np.concatenate(curves))}
    if epoch is None:
        return {"x_axis": x_axis, "y_axis": {}}
    early = curves[0][: epoch // 4 + 1]  # the rest leaves through the top
    highest = float(early[np.isfinite(early)].max(initial=0))
    return {"x_axis": x_axis, "y_axis": {"autorangeoptions": {"clipmax": highest}}}


def _decades(losses: Floats) -> dict[str, Any]:
    """Return ticks at 1, 2 and 5 times each power of ten where the curves span few of them."""
    shown = losses[np.isfinite(losses) & (losses > 0)].astype(np.float64)
    if not len(shown) or shown.max() / shown.min() > 1e3:
        return {}
    low, high = np.floor(np.log10(shown.min())), np.ceil(np.log10(shown.max()))
    powers = 10.0 ** np.arange(low - 3, high + 2)  # more than is shown, for those who zoom
    return {"tickmode": "array", "tickvals": np.outer(powers, [1, 2, 5]).ravel()}


def _says(run: Run, cycle: Alternation | None) -> str:
    history, epoch = run.history, overflow_epoch(run.history)
    if epoch is not None:
        return (
            f"Diverged: the training loss grows from {history.train_loss[0]:.4f} and overflows "
            f"in epoch {epoch}."
        )
    if cycle is not None:
        return (
            f"Training loss alternates between {cycle.train[0]:.6f} and {cycle.train[1]:.6f} since "
            f"epoch {cycle.first_epoch}: nothing more is learned."
        )
    first, last = history.train_loss[0], history.train_loss[-1]
    if last > 10 * first:
        return f"Diverging: the training loss has grown from {first:.4g} to {last:.4g}."
    ends = f"Epoch {run.experiment.epochs - 1}: training loss {last:.6f}"
    test = history.test_loss[-1]
    return f"{ends}." if np.isnan(test) else f"{ends}, test loss {test:.6f}."
