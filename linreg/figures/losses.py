"""The loss curves of a run, linear or logarithmic."""

from typing import Any

import numpy as np

from linreg.analysis.course import diverges, grows
from linreg.analysis.surface import learned_loss
from linreg.analysis.theory import (
    Alternation,
    alternation,
    noise_ball,
    overflow_epoch,
    overflow_text,
    overflows_untrained,
)
from linreg.core.losses import Floats
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.elements.axes import Axis, epoch_axis, loss_axis, loss_title
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, curves
from linreg.figures.elements.style import TEST, TRAINING, TRUTH, VALIDATION, Role, make_drawing
from linreg.formatting import counted, loss_text, significant
from linreg.settings.choices import Scale

TOP = 0.65  # of the height of the chart has no room for a label above it


@drawn
def loss_figure(run: Run, *, scale: Scale = Scale.LINEAR, last: int | None = None) -> Drawing:
    """Return the training, validation and test loss of every epoch of `run`, or of the `last` ones.

    Where the last epochs alternate between two values, the figure shows a band between the two.
    Where the loss overflows, the axes end early enough to stay readable.
    """
    history = run.history
    cycle = alternation(history)
    losses = [
        (TRAINING, history.train_loss),
        (VALIDATION, history.validation_loss),
        (TEST, history.test_loss),
    ]
    overflow, values = overflow_epoch(history), [loss for _, loss in losses]
    return make_drawing(
        curves(losses, cycle) if last is None else _tails(losses, last),
        title=f"Loss curves ({scale} scale)" if last is None else _tail_title(run, last),
        says=_says(run, cycle),
        x_title="epoch",
        y_title=loss_title(run.experiment),
        x_axis=_epochs(run, overflow) if last is None else _tail_axis(run, last),
        y_axis=loss_axis(scale, [loss[-(last or 0) :] for loss in values])
        | _loss_range(history.train_loss, overflow, scale),
        shapes=[] if cycle is None or last is not None else [_label(history, cycle, scale)],
    )


def _tails(losses: list[tuple[Role, Floats]], last: int) -> list[Trace]:
    """Return the last epochs of each curve, each epoch with its marker: a zigzag is visible."""
    traces = []
    for whole in curves(losses, None):
        loss = whole["y"]
        first = max(len(loss) - last, 0)
        tail = {"x": np.arange(first, len(loss), dtype=np.int32), "y": loss[first:]}
        marker = {**whole["marker"], "maxdisplayed": 0}  # all of them
        traces.append({**whole, **tail, "marker": marker})
    return traces


def _tail_title(run: Run, last: int) -> str:
    return f"Loss of the last {counted(min(last, run.experiment.epochs), 'epoch')}"


def _tail_axis(run: Run, last: int) -> Axis:
    epochs = run.experiment.epochs
    ends = {"minallowed": max(epochs - last, 0) - 0.5, "maxallowed": epochs + 0.5}
    return {"tickformat": ",d", "autorangeoptions": ends}


def _label(history: History, cycle: Alternation, scale: Scale) -> dict[str, Any]:
    """Return the label of the band, with a line to its end: above it, if there is room.

    A shape, since Plotly draws an annotation twice for each picture.
    """
    high = float(max(cycle.train[1], np.nan_to_num(cycle.test[1])))
    return {
        "type": "line",
        "xanchor": len(history.train_loss) - 1,
        "yanchor": high,
        "xsizemode": "pixel",
        "x0": -8,
        "x1": 0,
        "ysizemode": "pixel",
        "y0": -64 if _is_near_the_top(high, history, scale) else 64,
        "y1": 0,
        "line": {"color": TRUTH.color, "width": 2},
        "label": {
            "text": f"two values<br>since epoch<br>{cycle.first_epoch}",
            "textposition": "start",
            "textangle": 0,
            "xanchor": "right",
            "yanchor": "middle",
            "padding": 4,
        },
    }


def _is_near_the_top(loss: float, history: History, scale: Scale) -> bool:
    """Return whether a loss is so high in the chart that nothing fits above it."""
    losses = np.concatenate([history.train_loss, history.test_loss, [loss]]).astype(np.float64)
    losses = losses[np.isfinite(losses) & (losses > 0)]
    if scale is Scale.LINEAR or loss <= 0:
        return bool(loss > TOP * losses.max(initial=0))
    low, high = np.log(losses.min()), np.log(losses.max())
    return bool(np.log(loss) - low > TOP * (high - low))


def _epochs(run: Run, overflow: int | None) -> Axis:
    """Return an axis of all epochs, or of those up to the overflow."""
    last = max(run.experiment.epochs - 1 if overflow is None else overflow, 1)
    # One epoch more than the curves have: a cursor after the last one stands there.
    ends = {"minallowed": -0.03 * last, "maxallowed": max(1.03 * last, last + 1.2)}
    return epoch_axis(last) | {"autorangeoptions": ends}


def _loss_range(train_loss: Floats, overflow: int | None, scale: Scale) -> Axis:
    """Return the range of a linear axis: if the loss overflows, that of the first epochs."""
    if scale is Scale.LOG or overflow is None:
        return {}
    early = train_loss[: overflow // 4 + 1]  # the rest is above the chart
    highest = float(early[np.isfinite(early)].max(initial=0))
    return {"autorangeoptions": {"minallowed": -0.05 * highest, "maxallowed": 1.05 * highest}}


def _says(run: Run, cycle: Alternation | None) -> str:
    history, overflows = run.history, overflow_text(run.history)
    if overflows_untrained(run):
        return "The loss overflows before the first step: the data are too large for float32."
    if overflows:
        return f"Diverged: the loss grows until {overflows}."
    if cycle is not None:
        low, high = (loss_text(loss) for loss in cycle.train)
        return (
            f"Training loss alternates between {low} and {high} since "
            f"epoch {cycle.first_epoch}.{_compared(run, cycle)}"
        )
    epoch, (first, last) = run.experiment.epochs - 1, history.train_loss[[0, -1]].tolist()
    in_batches = run.experiment.n_batches > 1
    before = (
        "(mean over its rows, each before its batch's step)" if in_batches else "before its step"
    )
    after = "after the last step" if in_batches else "after it"
    if diverges(run.experiment, history.train_loss):
        peak = epoch if grows(history.train_loss) else int(history.train_loss.argmax())
        ends = f"from {significant(first)} to {significant(history.train_loss[peak])}"
        when = f"in epoch {peak}{'' if in_batches else ','} {before}"
        then = "" if np.isfinite(learned_loss(run)) else f" It overflows {after}."
        return f"Diverging: the training loss has grown {ends} {when}.{then}"
    ends = f"Epoch {epoch}: training loss {loss_text(last)} {before}"
    for name, loss in (("validation", history.validation_loss), ("test", history.test_loss)):
        if not np.isnan(loss[-1]):
            ends += f", {name} loss {loss_text(loss[-1])} {after}"
    return f"{ends}."


def _compared(run: Run, cycle: Alternation) -> str:
    """Return the sum of the two losses, and the sum that the theory of the noise ball gives."""
    expected = noise_ball(run.experiment)
    if expected is None:
        return ""
    total, rule = sum(cycle.train), f"lr (1 + mean(x)²) = {loss_text(expected)}"
    if np.isclose(total, expected, rtol=0.01, atol=1e-6):
        return f" Their sum: {loss_text(total)}; {rule}."
    return f" Their sum, {loss_text(total)}, is not {rule}: a line passes between the rows."
