"""The axes that charts of many learning rates share: both rates and losses are logarithmic."""

from typing import Any

import numpy as np
import numpy.typing as npt

from linreg.analysis.rate_regions import Region, regions
from linreg.analysis.sweeps import Sweep

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

TICKS = 6  # at most


def rate_edges(lr: Floats) -> Doubles:
    """Return where each rate's share of a log axis begins and ends, (K + 1,), rising."""
    logs = np.log(np.sort(lr.astype(np.float64)))
    middles = (logs[1:] + logs[:-1]) / 2
    step = (logs[-1] - logs[0]) / max(len(logs) - 1, 1) or 0.1
    edges: Doubles = np.exp([logs[0] - step / 2, *middles, logs[-1] + step / 2])
    return edges


def rate_axis(edges: Doubles) -> dict[str, Any]:
    """Return what is set on an axis of learning rates, which ends where they end."""
    ticks = ticks_between(edges[0], edges[-1])
    return {
        "type": "log",
        "range": np.log10(edges[[0, -1]]).tolist(),
        "tickvals": ticks.tolist(),
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def share_of_axis(low: float, high: float, edges: Doubles) -> float:
    """Return how much of the axis of learning rates lies between `low` and `high`."""
    return float(np.log(high / low) / np.log(edges[-1] / edges[0]))


def loss_window(sweep: Sweep, losses: Floats) -> tuple[float, float]:
    """Return the lowest and the highest of `losses`, (n, K), that a chart shows, and some room.

    Of runs that diverged it shows what lies below the highest loss of the others.
    """
    calm = np.array([region is not Region.DIVERGES for region in regions(sweep)])
    ends = np.append(losses[:, calm], sweep.train_loss[0, 0])
    highest = float(ends[np.isfinite(ends)].max(initial=0)) or 1.0
    positive = losses[(losses > 0) & (losses <= highest)]
    return float(positive.min(initial=highest)) / 2, 2 * highest


def ticks_between(low: float, high: float) -> Doubles:
    """Return powers of ten from low to high, or 1, 2 and 5 times each where those are few."""
    powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = np.outer(10.0**powers, [1, 2, 5] if high < 200 * low else [1]).ravel()
    ticks = ticks[(ticks >= low) & (ticks <= high)]
    every = max(1, -(-len(ticks) // TICKS))
    kept: Doubles = ticks[::-every][::-1]
    return kept
