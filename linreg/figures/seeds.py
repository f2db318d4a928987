"""The same sweep from several seeds: what a learning rate decides, and what luck does."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from linreg.analysis.sweeps import Sweep
from linreg.figures.curves import UNITS, Floats
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import TEST, TRAINING, Role, make_drawing
from linreg.formatting import number

FAINT = 0.25


@drawn
def seeds_figure(sweeps: Sequence[Sweep]) -> Drawing:
    """Return the final loss against the learning rate: median and range over the seeds.

    Arguments:
        sweeps: over the same rates, in rising order, each from a seed of its own. The loss is the
            test loss, or the training loss where there is no test set. Rates at which a seed
            overflows or ends at exactly zero have no place on the log axis and are left out.
    """
    role, name, losses = _losses(sweeps)
    shown = (np.isfinite(losses) & (losses > 0)).all(axis=0)
    lr, losses = sweeps[0].lr[shown], losses[:, shown]
    low, high, middle = losses.min(axis=0), losses.max(axis=0), np.median(losses, axis=0)
    traces = [
        _edge(lr, low, role, "lowest", fill="none"),
        _edge(lr, high, role, "highest", fill="tonexty"),
        {
            "type": "scatter",
            "x": lr,
            "y": middle.astype(np.float32),
            "name": f"median {name} loss",
            "mode": "lines+markers",
            "line": {"color": role.color, "width": 3},
            "marker": {"symbol": role.symbol, "size": 7, "maxdisplayed": 12},
        },
    ]
    return make_drawing(
        traces,
        title=f"Final {name} loss from {len(sweeps)} seeds",
        says=_says(lr, middle, low, high, int((~shown).sum())),
        x_title="learning rate (no unit)",
        y_title=f"final {UNITS[sweeps[0].experiment.loss]}",
        x_axis={"type": "log", "dtick": 1},
        y_axis={"type": "log", "dtick": 1},
    )


def _losses(sweeps: Sequence[Sweep]) -> tuple[Role, str, Floats]:
    """Return what is shown, (seeds, rates), and how it looks."""
    if sweeps[0].experiment.n_test:
        return TEST, TEST.name, np.stack([sweep.test_loss[:, -1] for sweep in sweeps])
    return TRAINING, TRAINING.name, np.stack([sweep.train_loss[:, -1] for sweep in sweeps])


def _edge(lr: Floats, loss: Floats, role: Role, name: str, *, fill: str) -> dict[str, Any]:
    red, green, blue = (int(role.color[i : i + 2], 16) for i in (1, 3, 5))
    return {
        "type": "scatter",
        "x": lr,
        "y": loss,
        "name": f"{name} of the seeds",
        "showlegend": False,
        "mode": "lines",
        "line": {"color": role.color, "width": 1, "dash": role.dash},
        "fill": fill,
        "fillcolor": f"rgba({red},{green},{blue},{FAINT})",
    }


def _says(lr: Floats, middle: Floats, low: Floats, high: Floats, left_out: int) -> str:
    if not len(lr):
        return "At every learning rate some seed overflows or ends at exactly zero."
    best = int(np.argmin(middle))
    said = (
        f"The lowest median, {number(float(middle[best]))}, is at lr {lr[best]:g}; there the seeds "
        f"lie between {number(float(low[best]))} and {number(float(high[best]))}."
    )
    if left_out:
        said += f" Left out, since a seed overflows or ends at zero there: {left_out} of the rates."
    return said
