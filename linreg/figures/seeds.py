"""The same sweep from several seeds: how much the rate decides, and how much luck decides."""

from collections.abc import Sequence

import numpy as np

from linreg.analysis.rate_regions import diverged
from linreg.analysis.sweeps import Sweep
from linreg.core.losses import Floats
from linreg.figures.elements.axes import loss_axis, loss_title
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import MARKERS, band
from linreg.figures.elements.style import TEST, TRAINING, Role, make_drawing
from linreg.formatting import counted, number
from linreg.settings.choices import Scale


@drawn
def seeds_figure(sweeps: Sequence[Sweep]) -> Drawing:
    """Return the final loss against the learning rate: median and range over the seeds.

    Arguments:
        sweeps: over the same rates, in rising order, each from a different seed. The loss is the
            test loss, or the training loss where there is no test set. A rate is left out where
            the run of some seed diverges, which would hide all others, or ends at exactly zero,
            which a log axis cannot show.
    """
    role, losses = _losses(sweeps)
    shown = (np.isfinite(losses) & (losses > 0)).all(axis=0)
    shown &= ~np.any([diverged(sweep) for sweep in sweeps], axis=0)
    lr, losses = sweeps[0].lr[shown], losses[:, shown]
    low, high, middle = losses.min(axis=0), losses.max(axis=0), np.median(losses, axis=0)
    hover = "lr %{x:.4g}<br>%{fullData.name} %{y:.6g}<extra></extra>"
    edges = {"lowest of the seeds": low, "highest of the seeds": high}
    traces = [
        *band(role, lr, edges, hovertemplate=hover),
        {
            "type": "scatter",
            "x": lr,
            "y": middle.astype(np.float32),
            "name": f"median {role.name} loss",
            "mode": "lines+markers",
            "line": {"color": role.color, "width": 3},
            "marker": {"symbol": role.symbol, "size": 7, "maxdisplayed": MARKERS},
            "hovertemplate": hover,
        },
    ]
    return make_drawing(
        traces,
        title=f"Final {role.name} loss from {len(sweeps)} seeds",
        says=_says(lr, middle, low, high, int((~shown).sum())),
        x_title="learning rate (no unit)",
        y_title=loss_title(sweeps[0].experiment),
        x_axis=loss_axis(Scale.LOG, [lr]),
        y_axis=loss_axis(Scale.LOG, [low, high]),
    )


def _losses(sweeps: Sequence[Sweep]) -> tuple[Role, Floats]:
    """Return the set whose losses are shown, and these losses, (seeds, rates)."""
    if sweeps[0].experiment.n_test:
        return TEST, np.stack([sweep.test_loss[:, -1] for sweep in sweeps])
    return TRAINING, np.stack([sweep.train_loss[:, -1] for sweep in sweeps])


def _says(lr: Floats, middle: Floats, low: Floats, high: Floats, left_out: int) -> str:
    if not len(lr):
        return "At every learning rate the run of some seed diverges or ends at exactly zero."
    best = int(np.argmin(middle))
    said = (
        f"The lowest median, {number(middle[best])}, is at lr {lr[best]:g}; there the seeds "
        f"lie between {number(low[best])} and {number(high[best])}."
    )
    if left_out:
        said += f" Left out: {counted(left_out, 'rate')} at which a seed diverges or ends at zero."
    return said
