"""The loss curves of a run, linear or logarithmic."""

from typing import Any

import numpy as np

from linreg.analysis.theory import (
    Alternation,
    alternation,
    is_plain_descent,
    noise_ball,
    overflow_epoch,
)
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.curves import FEW, UNITS, Floats, curve, decades
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import TEST, TRAINING, VALIDATION, Role, make_drawing
from linreg.formatting import loss_text
from linreg.settings.choices import Loss, Scale


@drawn
def loss_figure(run: Run, *, scale: Scale = Scale.LINEAR, last: int | None = None) -> Drawing:
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
            traces.extend(curve(role, loss, cycle) if last is None else _tail(role, loss, last))
    window = _window([loss for _, loss in curves], overflow_epoch(history), scale)
    return make_drawing(
        traces,
        title=f"Loss curves ({scale} scale)" if last is None else f"Loss of the last {last} epochs",
        says=_says(run, cycle),
        x_title="epoch",
        y_title=UNITS[run.experiment.loss],
        x_axis=window["x_axis"] if last is None else _tail_axis(len(history.train_loss), last),
        y_axis={"type": scale.value, "uirevision": scale.value, **window["y_axis"]},
        notes=[] if cycle is None or last is not None else [_note(history, cycle, scale)],
    )


def _tail(role: Role, loss: Floats, last: int) -> list[dict[str, Any]]:
    """Return the last epochs of a curve, each with its marker: here a zigzag can be seen."""
    first = max(len(loss) - last, 0)
    [whole] = curve(role, loss, None)
    whole["marker"]["maxdisplayed"] = 0  # all of them
    return [whole | {"x": np.arange(first, len(loss), dtype=np.int32), "y": loss[first:]}]


def _tail_axis(epochs: int, last: int) -> dict[str, Any]:
    ends = {"minallowed": max(epochs - last, 0) - 0.5, "maxallowed": epochs + 0.5}
    return {"tickformat": ",d", "autorangeoptions": ends}


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
        return {"x_axis": x_axis, "y_axis": decades(np.concatenate(curves))}
    if epoch is None:
        return {"x_axis": x_axis, "y_axis": {}}
    early = curves[0][: epoch // 4 + 1]  # the rest leaves through the top
    highest = float(early[np.isfinite(early)].max(initial=0))
    room = {"minallowed": -0.05 * highest, "maxallowed": 1.05 * highest}
    return {"x_axis": x_axis, "y_axis": {"autorangeoptions": room}}


def _says(run: Run, cycle: Alternation | None) -> str:
    history, epoch = run.history, overflow_epoch(run.history)
    if epoch is not None:
        return f"Diverged: the loss grows until it overflows in epoch {epoch}."
    if cycle is not None:
        low, high = (loss_text(loss) for loss in cycle.train)
        return (
            f"Training loss alternates between {low} and {high} since "
            f"epoch {cycle.first_epoch}.{_compared(run, cycle)}"
        )
    first, last = history.train_loss[0], history.train_loss[-1]
    grows = last > 10 * first and last == history.train_loss.max()
    if run.experiment.loss is Loss.MSE and is_plain_descent(run.experiment) and grows:
        return f"Diverging: the training loss has grown from {first:.4g} to {last:.4g}."
    ends = f"Epoch {run.experiment.epochs - 1}: training loss {loss_text(last)}"
    for name, loss in (("validation", history.validation_loss), ("test", history.test_loss)):
        if not np.isnan(loss[-1]):
            ends += f", {name} loss {loss_text(loss[-1])}"
    return f"{ends}."


def _compared(run: Run, cycle: Alternation) -> str:
    """Return the sum of the two losses beside the one that the theory of the noise ball gives."""
    expected = noise_ball(run.experiment)
    if expected is None:
        return ""
    return f" Their sum: {loss_text(sum(cycle.train))}; lr (1 + mean(x)²) = {loss_text(expected)}."
