"""The loss curves of all learning rates of a sweep, as colours."""

import numpy as np
import numpy.typing as npt
from plotly.colors import get_colorscale

from linreg.analysis.course import tail
from linreg.analysis.rate_regions import Region, best, regions, stretches
from linreg.analysis.sweeps import Sweep
from linreg.figures.elements.axes import labelled, loss_title, ticks_between
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace
from linreg.figures.elements.rate_axis import loss_window, rate_axis, rate_edges
from linreg.figures.elements.style import make_drawing
from linreg.formatting import counted, loss_text

COLUMNS = 200  # at most


@drawn
def sweep_heat_figure(sweep: Sweep) -> Drawing:
    """Return the training loss of every rate over the epochs as colours, dark where it is low.

    Of many epochs every n-th is shown, up to the last one. n is odd, so that losses that alternate
    between two values show both. Every cell is a loss of a run. A loss that overflowed is blank. A
    loss beyond the colour bar has the colour of its end.
    """
    epochs = _columns(sweep.experiment.epochs)
    return make_drawing(
        [_heat(sweep, epochs)],
        title="Loss curves of all learning rates",
        says=_says(sweep, epochs),
        x_title="epoch",
        y_title="learning rate (no unit)",
        x_axis={"tickformat": ",d"},
        y_axis=rate_axis(rate_edges(sweep.lr)),
    )


def _heat(sweep: Sweep, epochs: npt.NDArray[np.int32]) -> Trace:
    order, loss = np.argsort(sweep.lr, kind="stable"), sweep.train_loss[:, epochs]
    low, high = loss_window(sweep, loss.T)
    shown = np.where(np.isfinite(loss), loss, np.float32(np.nan))[order]
    ticks = ticks_between(low, high)
    return {
        "type": "heatmap",
        "x": epochs,
        "y": sweep.lr[order],
        "z": np.log10(np.maximum(shown.astype(np.float64), low)).astype(np.float32),
        "zmin": float(np.log10(low)),
        "zmax": float(np.log10(high)),
        "customdata": shown,
        "name": "training loss",
        "colorscale": get_colorscale("Cividis"),
        "colorbar": {
            "thickness": 14,
            "title": {"text": loss_title(sweep.experiment), "side": "right"},
            **labelled(ticks),
            "tickvals": np.log10(ticks).tolist(),
        },
        "hovertemplate": (
            "epoch %{x}<br>lr %{y:.4g}<br>training loss %{customdata:.6g}<extra></extra>"
        ),
    }


def _columns(epochs: int) -> npt.NDArray[np.int32]:
    """Return the epochs that have a column: all, or every n-th up to the last one with odd n."""
    every = -(-epochs // COLUMNS)
    every += 1 - every % 2
    return np.arange((epochs - 1) % every, epochs, every, dtype=np.int32)


def _says(sweep: Sweep, epochs: npt.NDArray[np.int32]) -> str:
    final = sweep.train_loss[:, -1]
    said = "Dark colours are low losses."
    if np.isfinite(final).any():
        said += _lowest(sweep, best(final))
    if len(epochs) < sweep.experiment.epochs:
        said += f" One epoch in {epochs[1] - epochs[0]} is shown."
    overflowed = int((~np.isfinite(sweep.train_loss)).any(axis=1).sum())
    if overflowed:
        said += f" Blank: the loss of {counted(overflowed, 'rate')} overflowed."
    return said


def _lowest(sweep: Sweep, index: int) -> str:
    """Return which rate has the lowest last training loss, or that several have the same text."""
    final = sweep.train_loss[:, -1]
    loss, region = loss_text(final[index]), regions(sweep)[index]
    same = sweep.lr[[bool(np.isfinite(end)) and loss_text(end) == loss for end in final]]
    if len(same) == len(final):
        return f" Every rate has the training loss {loss} in the last epoch."
    if len(same) > 1:
        ends = f"between lr {same.min():.3g} and {same.max():.3g}"
        return f" Lowest training loss in the last epoch: {loss}, at {len(same)} rates {ends}."
    said = f" Lowest training loss in the last epoch: {loss} at lr {sweep.lr[index]:.3g}"
    if region is Region.GOOD or not stretches(sweep):
        return f"{said}."
    last = tail(sweep.train_loss)
    always = bool((last[index] <= np.fmin.reduce(last)).all())
    return f"{said} ({region}{'' if always else ': another epoch, another rate'})."
