"""The axis of learning rates: its ends, and the regions of a sweep along it.

Rates and losses are both on logarithmic axes.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from linreg.analysis.course import ends_far_up
from linreg.analysis.rate_regions import Region, Stretch
from linreg.analysis.sweeps import Sweep
from linreg.core.losses import Floats
from linreg.figures.elements.axes import Axis, Doubles, log_axis, share_of_axis
from linreg.figures.elements.marks import upright_text

FEW = 4  # stretches that fit into a sentence
WIDE = 0.2  # of the axis has room for the name of any region, on a phone too
NARROW = 0.05  # of the axis has room for an upright name
FILLS = {
    Region.TOO_SLOW: "rgba(86,180,233,0.16)",
    Region.GOOD: "rgba(0,158,115,0.24)",
    Region.OSCILLATES: "rgba(240,228,66,0.24)",
    Region.TOO_HIGH: "rgba(230,159,0,0.22)",
    Region.DIVERGES: "rgba(213,94,0,0.20)",
}


def rate_edges(lr: Floats) -> Doubles:
    """Return the borders between neighbouring rates on a log axis, (K + 1,), rising."""
    logs = np.log(np.sort(lr.astype(np.float64)))
    middles = (logs[1:] + logs[:-1]) / 2
    step = (logs[-1] - logs[0]) / max(len(logs) - 1, 1) or 0.1
    edges: Doubles = np.exp([logs[0] - step / 2, *middles, logs[-1] + step / 2])
    return edges


def rate_axis(edges: Doubles) -> Axis:
    """Return an axis of learning rates from the first edge to the last one."""
    return log_axis(edges[0], edges[-1])


def loss_window(sweep: Sweep, losses: Floats) -> tuple[float, float]:
    """Return the lowest and the highest loss that a chart of `losses`, (n, K), shows.

    Runs that overflowed or end far up do not count for the highest one.
    """
    loss = sweep.train_loss
    calm = np.isfinite(loss).all(axis=1) & ~ends_far_up(sweep.experiment, loss)
    ends = np.append(losses[:, calm], sweep.train_loss[0, 0])
    highest = float(ends[np.isfinite(ends)].max(initial=0)) or 1.0
    positive = losses[(losses > 0) & (losses <= highest)]
    return float(positive.min(initial=highest)) / 2, 2 * highest


def region_bands(found: Sequence[Stretch], edges: Doubles) -> list[dict[str, Any]]:
    """Return a band for each stretch. The legend names each region once."""
    bands: list[dict[str, Any]] = []
    for stretch, (x0, x1) in zip(found, _ends(found, edges), strict=True):
        name = stretch.region.value
        bands.append(
            {
                "type": "rect",
                "layer": "below",
                "x0": x0,
                "x1": x1,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"width": 0},
                "fillcolor": FILLS[stretch.region],
                "name": name,
                "legendgroup": name,
                "showlegend": all(band["name"] != name for band in bands),
            }
        )
    return bands


def region_names(found: Sequence[Stretch], edges: Doubles) -> list[dict[str, Any]]:
    """Return the names of the bands that are wide enough; in narrow bands they are upright."""
    names = []
    for stretch, (x0, x1) in zip(found, _ends(found, edges), strict=True):
        share = share_of_axis(x0, x1, edges)
        if share > NARROW:
            name = upright_text(stretch.region.value, (x0 * x1) ** 0.5, 1, "auto", "top")
            names.append(name | {"textangle": 0 if share > WIDE else -90})
    return names


def regions_say(found: Sequence[Stretch]) -> str:
    """Return which rates are in which region, and whether none is good."""
    if not found:
        return "So few epochs do not tell apart which rates are too slow, good or too high."
    none = all(stretch.region is not Region.GOOD for stretch in found)
    return _ranges(found) + " None stays close to the lowest loss that a line can have." * none


def _ranges(found: Sequence[Stretch]) -> str:
    """Return the rates of each region, or only their number if there are many stretches."""
    if len(found) == 1:
        return f"All rates: {found[0].region}."
    if len(found) > FEW:
        counts: Counter[Region] = Counter()
        for stretch in found:
            counts[stretch.region] += stretch.count
        listed = ", ".join(f"{region} {counts[region]}" for region in Region if counts[region])
        return f"Of {counts.total()} rates: {listed}."
    first, *middle, last = found
    said = ", ".join(
        (
            f"{first.region} up to {first.high:.3g}",
            *(f"{part.region} {_between(part)}" for part in middle),
            f"{last.region} from {last.low:.3g}",
        )
    )
    return f"{said[0].upper()}{said[1:]}."


def _between(part: Stretch) -> str:
    return f"at {part.low:.3g}" if part.count == 1 else f"{part.low:.3g} to {part.high:.3g}"


def _ends(found: Sequence[Stretch], edges: Doubles) -> list[tuple[float, float]]:
    """Return the two ends of each stretch."""
    borders = np.cumsum([0, *(stretch.count for stretch in found)])
    return list(pairwise(edges[borders].tolist()))
