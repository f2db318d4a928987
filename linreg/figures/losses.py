"""The loss curves of a run, linear or logarithmic."""

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from linreg.choices import Loss, Scale
from linreg.figures.style import TEST, TRAINING, VALIDATION, Role, make_figure
from linreg.history import History
from linreg.theory import (
    Alternation,
    alternation,
    is_plain_descent,
    noise_ball,
    overflow_epoch,
)
from linreg.training import Run

Floats = npt.NDArray[np.float32]

FEW = 5  # epochs, each with a tick of its own
MARKS = 12  # markers on a curve, enough to tell its shape
UNITS = {
    Loss.L1: "L1 loss (units of y)",
    Loss.MSE: "MSE loss (units of y, squared)",
    Loss.HUBER: "Huber loss (units of y, squared)",
}


def loss_figure(run: Run, *, scale: Scale = Scale.LINEAR, last: int | None = None) -> go.Figure:
    """Return the training, validation and test loss of every epoch of `run`, or of the `last` ones.

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
            traces.extend(_curve(role, loss, cycle) if last is None else _tail(role, loss, last))
    window = _window([loss for _, loss in curves], overflow_epoch(history), scale)
    return make_figure(
        traces,
        title=f"Loss curves ({scale} scale)" if last is None else f"Loss of the last {last} epochs",
        says=_says(run, cycle),
        x_title="epoch",
        y_title=UNITS[run.experiment.loss],
        x_axis=window["x_axis"] if last is None else _tail_axis(len(history.train_loss), last),
        y_axis={"type": scale.value, "uirevision": scale.value, **window["y_axis"]},
        notes=[] if cycle is None or last is not None else [_note(history, cycle, scale)],
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
        "hovertemplate": f"epoch %{{x}}<br>{role.name} loss %{{y:.6g}}<extra></extra>",
    }
    return [curve] if cycle is None else [curve, *_band(role, loss, cycle.first_epoch)]


def _tail(role: Role, loss: Floats, last: int) -> list[dict[str, Any]]:
    """Return the last epochs of a curve, each with its marker: here a zigzag can be seen."""
    first = max(len(loss) - last, 0)
    [curve] = _curve(role, loss, None)
    curve["marker"]["maxdisplayed"] = 0  # all of them
    return [curve | {"x": np.arange(first, len(loss), dtype=np.int32), "y": loss[first:]}]


def _tail_axis(epochs: int, last: int) -> dict[str, Any]:
    ends = {"minallowed": max(epochs - last, 0) - 0.5, "maxallowed": epochs + 0.5}
    return {"tickformat": ",d", "autorangeoptions": ends}


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
                "hovertemplate": (
                    f"{role.name} loss alternates: {low:.6g} and {high:.6g}<extra></extra>"
                ),
            }
        )
    return edges


def _note(history: History, cycle: Alternation, scale: Scale) -> dict[str, Any]:
    """Return the label of the band, with an arrow to its end."""
    high = max(cycle.train[1], np.nan_to_num(cycle.test[1]))
    return {
        "x": len(history.train_loss) - 1,
        "xanchor": "right",
        "y": float(np.log10(high)) if scale is Scale.LOG else high,
        "text": f"two values in turn<br>since epoch {cycle.first_epoch}",
        "ax": -8,
        "ay": -64,
        "arrowhead": 2,
        "arrowcolor": "#8A8A8A",
    }


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"


def _window(curves: list[Floats], epoch: int | None, scale: Scale) -> dict[str, dict[str, Any]]:
    """Return the ranges of both axes: all epochs, or those up to the overflow in `epoch`."""
    last = max(len(curves[0]) - 1 if epoch is None else epoch, 1)
    x_axis: dict[str, Any] = {
        "tickformat": ",d",
        # One epoch more than the curves have: a cursor after the last one stands there.
        "autorangeoptions": {
            "minallowed": -0.03 * last,
            "maxallowed": max(1.03 * last, last + 1.2),
        },
    }
    if last <= FEW:
        x_axis["dtick"] = 1
    if scale is Scale.LOG:
        return {"x_axis": x_axis, "y_axis": _decades(np.concatenate(curves))}
    if epoch is None:
        return {"x_axis": x_axis, "y_axis": {}}
    early = curves[0][: epoch // 4 + 1]  # the rest leaves through the top
    highest = float(early[np.isfinite(early)].max(initial=0))
    room = {"minallowed": -0.05 * highest, "maxallowed": 1.05 * highest}
    return {"x_axis": x_axis, "y_axis": {"autorangeoptions": room}}


def _decades(losses: Floats) -> dict[str, Any]:
    """Return ticks at 1, 2 and 5 times each power of ten, or at the powers alone if there are many.

    Plotly's own choice labels the ticks between two powers with a bare digit.
    """
    shown = losses[np.isfinite(losses) & (losses > 0)].astype(np.float64)
    if not len(shown):
        return {}
    low, high = np.log10(shown.min()), np.log10(shown.max())
    powers = 10.0 ** np.arange(np.floor(low) - 3, np.ceil(high) + 2)  # more, for those who zoom
    if not 0.5 < high - low < 8:
        return {}
    digits = [1, 2, 5] if high - low < 2 else [1]
    return {"tickmode": "array", "tickvals": np.outer(powers, digits).ravel()}


def _says(run: Run, cycle: Alternation | None) -> str:
    history, epoch = run.history, overflow_epoch(run.history)
    if epoch is not None:
        return f"Diverged: the loss grows until it overflows in epoch {epoch}."
    if cycle is not None:
        low, high = (_short(loss) for loss in cycle.train)
        return (
            f"Training loss alternates between {low} and {high} since "
            f"epoch {cycle.first_epoch}.{_compared(run, cycle)}"
        )
    first, last = history.train_loss[0], history.train_loss[-1]
    grows = last > 10 * first and last == history.train_loss.max()
    if run.experiment.loss is Loss.MSE and is_plain_descent(run.experiment) and grows:
        return f"Diverging: the training loss has grown from {first:.4g} to {last:.4g}."
    ends = f"Epoch {run.experiment.epochs - 1}: training loss {_short(last)}"
    for name, loss in (("validation", history.validation_loss), ("test", history.test_loss)):
        if not np.isnan(loss[-1]):
            ends += f", {name} loss {_short(loss[-1])}"
    return f"{ends}."


def _compared(run: Run, cycle: Alternation) -> str:
    """Return the sum of the two losses beside the one that the theory of the noise ball gives."""
    expected = noise_ball(run.experiment)
    if expected is None:
        return ""
    return f" Their sum: {_short(sum(cycle.train))}; lr (1 + mean(x)²) = {_short(expected)}."


def _short(loss: float) -> str:
    """Return a loss with six decimals, or with four digits where those would be zeros."""
    return f"{loss:.6f}" if 1e-3 <= loss < 1e3 else f"{loss:.4g}"
