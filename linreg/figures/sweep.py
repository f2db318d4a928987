"""The losses at the end of training against the learning rate, and the regions of the rates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from linreg.analysis.rate_regions import Stretch, regions, stretches
from linreg.analysis.sweeps import Sweep
from linreg.analysis.theory import has_limit, limit_text, noise_ball, stability_limit
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.figures.elements.axes import Doubles, labelled, loss_title, share_of_axis, ticks_between
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, upright_line, upright_text
from linreg.figures.elements.rate_axis import (
    loss_window,
    rate_axis,
    rate_edges,
    region_bands,
    region_names,
    regions_say,
)
from linreg.figures.elements.style import (
    MODEL,
    TEST,
    TRAINING,
    TRUTH,
    VALIDATION,
    Role,
    make_drawing,
)
from linreg.formatting import counted

EDGE = 0.05  # of the axis; nearer to its end a mark has no room for its text on that side
STRIP = 0.16  # of the axis, on top of the losses, for the names of the regions
ON_IT = 0.02  # of the axis, between a mark and the middle of an upright name that it would cross
BESIDE = 0.045  # of the axis, beside a mark, where its text may meet the curves
BEYOND = "overflow, or higher than the chart"  # the scripts know it
NOISE_BALL = "loss in the noise ball: lr (1 + mean(x)²)/2"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A learning rate that an upright line marks."""

    text: str
    lr: float
    role: Role


@drawn
def sweep_figure(sweep: Sweep, current_lr: float) -> Drawing:
    """Return the losses at the end of training against the learning rate, both logarithmic.

    A final loss is that of the last epoch. Triangles at the top stand for losses that overflowed
    or are higher than the chart, triangles at the lower edge for losses of exactly zero.

    Arguments:
        sweep: what was trained.
        current_lr: the rate to mark; the sweep need not contain it.
    """
    order, edges = np.argsort(sweep.lr, kind="stable"), rate_edges(sweep.lr)
    lr, curves = sweep.lr[order], _finals(sweep)
    finals = np.stack([*curves.values()])  # (curves, K)
    low, high = loss_window(sweep, finals)
    found, marks = stretches(sweep), _marks(sweep.experiment, current_lr, edges)
    crossing = [mark.lr for mark in marks] + lr[~(finals[:, order] <= high).all(axis=0)].tolist()
    names = _clear_of(crossing, region_names(found, edges), edges)
    return make_drawing(
        [
            *(_curve(role, lr, loss[order], high) for role, loss in curves.items()),
            *_beyond(lr, finals[:, order], low, high),
            *_noise_ball(sweep.experiment, lr),
        ],
        title=f"Loss after {counted(sweep.experiment.epochs, 'epoch')}, by learning rate",
        says=_says(sweep, found, current_lr),
        x_title="learning rate (no unit)",
        y_title=loss_title(sweep.experiment),
        x_axis=rate_axis(edges),
        y_axis={
            "type": "log",
            "range": np.log10([low, high * (high / low) ** STRIP]).tolist(),
            **labelled(ticks_between(low, high)),
        },
        notes=[*names, *_notes(marks, edges, lr, _heights(finals[:, order], low, high), names)],
        shapes=[
            *region_bands(found, edges),
            *(upright_line(mark.lr, mark.role, 1 - STRIP) for mark in marks),
        ],
    )


def _finals(sweep: Sweep) -> dict[Role, Floats]:
    """Return the loss of the last epoch, (K,), on the training set and each other that has rows."""
    others = ((VALIDATION, sweep.validation_loss), (TEST, sweep.test_loss))
    present = {role: loss[:, -1] for role, loss in others if not np.isnan(loss[:, 0]).all()}
    return {TRAINING: sweep.train_loss[:, -1], **present}


def _curve(role: Role, lr: Floats, losses: Floats, high: float) -> Trace:
    inside = (losses > 0) & (losses <= high)
    return {
        "type": "scatter",
        "x": lr,
        "y": np.where(inside, losses, np.float32(np.nan)),
        "name": f"{role.name} loss",
        "mode": "lines+markers",
        "line": role.line(2),
        "marker": {"symbol": role.symbol, "size": 6},
        "hovertemplate": f"lr %{{x:.4g}}<br>{role.name} loss %{{y:.6g}}<extra></extra>",
    }


def _beyond(lr: Floats, losses: Floats, low: float, high: float) -> list[Trace]:
    """Return triangles for the losses, (curves, K), that a logarithmic axis cannot show."""
    traces = []
    for where, edge, symbol, name in (
        (~(losses <= high), high, "triangle-up", BEYOND),
        (losses == 0, low * 1.02, "triangle-down", "a loss of exactly zero"),
    ):
        rates = lr[where.any(axis=0)]
        if len(rates):
            traces.append(
                {
                    "type": "scatter",
                    "x": rates,
                    "y": [edge] * len(rates),
                    "name": name,
                    "mode": "markers",
                    "marker": {"color": MODEL.color, "symbol": symbol, "size": 10},
                    "cliponaxis": False,
                    "hovertemplate": f"lr %{{x:.4g}}<br>{name}<extra></extra>",
                }
            )
    return traces


def _noise_ball(experiment: Experiment, lr: Floats) -> list[Trace]:
    """Return the mean of the two losses between which each run ends, where theory gives it."""
    pair = noise_ball(experiment)
    if pair is None:
        return []
    ends = lr[[0, -1]]
    return [
        {
            "type": "scatter",
            "x": ends,
            "y": np.float32(pair / experiment.lr / 2) * ends,
            "name": NOISE_BALL,
            "mode": "lines",
            "line": {"color": TRUTH.color, "dash": "dot", "width": 2},
            "hovertemplate": f"{NOISE_BALL}<br>lr %{{x:.4g}}<br>%{{y:.6g}}<extra></extra>",
        }
    ]


def _marks(experiment: Experiment, current_lr: float, edges: Doubles) -> list[Mark]:
    """Return the current rate and the limit of theory, in rising order, where the axis has them."""
    marks = [Mark(text=f"current lr {current_lr:g}", lr=current_lr, role=MODEL)]
    if has_limit(experiment):
        limit = stability_limit(experiment)
        said = limit_text(replace(experiment, lr=current_lr))
        marks.append(Mark(text=f"limit 2/λₘₐₓ = {said}", lr=limit, role=TRUTH))
    marks.sort(key=lambda mark: mark.lr)
    return [mark for mark in marks if edges[0] <= mark.lr <= edges[-1]]


def _clear_of(
    crossing: Sequence[float], names: Sequence[dict[str, Any]], edges: Doubles
) -> list[dict[str, Any]]:
    """Return the names of regions without those upright that something below the strip crosses.

    They are longer than the strip is high where the chart is low; the legend has all names.

    Arguments:
        crossing: rates with a mark, or with a triangle at the top.
    """
    return [
        name
        for name in names
        if not name["textangle"]
        or all(abs(share_of_axis(10.0 ** name["x"], lr, edges)) > ON_IT for lr in crossing)
    ]


def _heights(losses: Floats, low: float, high: float) -> Doubles:
    """Return how high the lowest and the highest curve are at each rate, (2, K), in shares.

    Arguments:
        losses: (curves, K); what is higher than `high`, or overflowed, is at the top.
    """
    ends = losses.astype(np.float64)
    inside = np.where(ends <= high, np.maximum(ends, low), high)
    shares = np.log(inside / low) / np.log(high / low)
    return np.stack([shares.min(axis=0), shares.max(axis=0)])


def _notes(
    marks: Sequence[Mark],
    edges: Doubles,
    lr: Floats,
    heights: Doubles,
    names: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return a text along the line of each mark; of two marks, on the outer sides.

    It stands at the foot where the curves leave more room there, or a name stands upright.

    Arguments:
        heights: of the curves at the rates `lr`, as `_heights` returns them.
        names: of the regions.
    """
    notes = []
    upright = [10.0 ** name["x"] for name in names if name["textangle"]]
    for i, mark in enumerate(marks):
        place = share_of_axis(edges[0], mark.lr, edges)
        left = place > 1 - EDGE or (place >= EDGE and i < len(marks) - 1)
        xanchor, side = ("right", -1) if left else ("left", 1)

        def is_beside(rate: float, mark: Mark = mark, side: int = side) -> bool:
            return 0 <= side * share_of_axis(mark.lr, rate, edges) < BESIDE

        beside = heights[:, [is_beside(rate) for rate in lr]]
        low, high = (beside[0].min(), beside[1].max()) if beside.size else (0, 0)
        at_foot = low > 1 - high or any(map(is_beside, upright))
        y, yanchor = (0.02, "bottom") if at_foot else (1 - STRIP, "top")
        notes.append(upright_text(mark.text, mark.lr, y, xanchor, yanchor))
    return notes


def _says(sweep: Sweep, found: Sequence[Stretch], current_lr: float) -> str:
    said = regions_say(found)
    if not found or not sweep.lr.min() <= np.float32(current_lr) <= sweep.lr.max():
        return said
    nearest = int(np.abs(np.log(sweep.lr / np.float32(current_lr))).argmin())
    lr, region = sweep.lr[nearest], regions(sweep)[nearest]
    if lr == np.float32(current_lr):
        return f"{said} Current lr {current_lr:g}: {region}."
    return f"{said} The current lr {current_lr:g} is next to {lr:.3g}: {region}."
