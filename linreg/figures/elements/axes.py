"""What is set on axes: their ranges, their ticks and the units in their titles."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.figures.elements.style import as_text
from linreg.formatting import significant
from linreg.settings.choices import Loss, Scale
from linreg.settings.named_pairs import names_of

Doubles = npt.NDArray[np.float64]
Axis = dict[str, Any]

FEW = 5  # epochs, each with its own tick
TICKS = 6  # at most
NARROW = 0.7  # decades, in which there may be fewer than two of 1, 2 and 5 times a power of ten
LONGEST = 26  # characters of a column's name
LOSSES = {Loss.L1: "L1", Loss.MSE: "MSE", Loss.HUBER: "Huber"}


def data_title(experiment: Experiment, axis: Literal["x", "y"]) -> str:
    """Return the title of an axis of x or y: no unit for the line, for own data their column."""
    if experiment.points is None:
        return f"{axis} (no unit)"
    named = names_of(experiment.points)
    name = _short(getattr(named, axis))
    if named.is_standard:
        return f"{name or axis} (standard units)"
    return name or f"{axis} (unit of your data)"


def x_axis_of(x: npt.NDArray[Any]) -> Axis:
    """Return the axis of the x of data; a year has no comma, and neither have its neighbours."""
    return {"separatethousands": bool(np.abs(x).max() >= 10_000)}


def loss_title(experiment: Experiment) -> str:
    """Return the title of an axis of losses, with their unit."""
    named = names_of(experiment.points)
    units = f"{'standard ' * named.is_standard}units of {_short(named.y) or 'y'}"
    squared = "" if experiment.loss is Loss.L1 else "²"
    return f"{LOSSES[experiment.loss]} loss ({units}){squared}"


def _short(name: str) -> str:
    """Return a column's name for the title of an axis of a small chart."""
    return as_text(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")


def fixed_axis(low: float, high: float) -> Axis:
    """Return an axis from low to high, whatever is drawn."""
    low, high = float(low), float(high)
    return {"autorangeoptions": {"clipmin": low, "clipmax": high, "include": [low, high]}}


def padded(values: npt.NDArray[Any]) -> list[float]:
    """Return the range of `values` with a little room on both sides."""
    low, high = float(values.min()), float(values.max())
    pad = 0.05 * (high - low) or 0.5
    return [low - pad, high + pad]


def range_of_y(y: Floats, lines: Floats) -> list[float]:
    """Return a range that holds all of `y`, and the lines as long as they stay near."""
    low, high = float(y.min()), float(y.max())
    room = (high - low) or 1.0
    near = np.clip(lines[np.isfinite(lines)].astype(np.float64), low - room, high + room)
    return padded(np.concatenate([y, near]))


def lies_outside(values: Floats, window: Sequence[float]) -> bool:
    """Return whether all of `values` lie on one side of a range."""
    return bool(values.max() < window[0] or values.min() > window[1])


def outside(line: Floats, window: Sequence[float]) -> str:
    """Return a clause that says so where the heights of a line are all outside a range of y."""
    return ", which lies outside the chart" if lies_outside(line, window) else ""


def cut_at(top: float) -> str:
    """Return a sentence that says where an axis of losses ends, to follow another one."""
    return f" Losses above {significant(top)} lie outside the chart."


def epoch_axis(epochs: int) -> Axis:
    """Return an axis of whole epochs."""
    return {"tickformat": ",d"} | ({"dtick": 1} if epochs <= FEW else {})


def loss_axis(scale: Scale, losses: Sequence[Floats]) -> Axis:
    """Return an axis for `losses`, linear or logarithmic: for those that are in sight."""
    axis: Axis = {"type": scale.value, "uirevision": scale.value}
    return axis | (_decades(np.concatenate(losses)) if scale is Scale.LOG else {})


def _decades(losses: Floats) -> Axis:
    """Return ticks at 1, 2 and 5 times each power of ten; if there are many, at some powers alone.

    Plotly's own choice labels the ticks between two powers with a bare digit, except in a narrow
    range. In a wider one at least two of these ticks are in sight.
    """
    shown = losses[np.isfinite(losses) & (losses > 0)].astype(np.float64)
    if not len(shown):
        return {}
    low, high = np.log10(shown.min()), np.log10(shown.max())
    if high - low <= NARROW:
        return {}
    every = int((high - low) // 8) + 1
    first = every * np.floor(low / every)
    powers = 10.0 ** np.arange(first - 3 * every, np.ceil(high) + 2)[::every]  # more, for zoom
    digits = [1, 2, 5] if high - low < 2 else [1]
    return {"tickmode": "array", **labelled(np.outer(powers, digits).ravel())}


def labelled(ticks: Doubles, label: Callable[[float], str] = significant) -> Axis:
    """Return ticks with the numbers as the texts of the app write them, or with other labels."""
    return {"tickvals": ticks.tolist(), "ticktext": [label(tick) for tick in ticks]}


def log_axis(low: float, high: float, label: Callable[[float], str] = significant) -> Axis:
    """Return a logarithmic axis from low to high with few ticks."""
    ticks = ticks_between(low, high)
    return {
        "type": "log",
        "range": np.log10([low, high]).tolist(),
        **labelled(ticks, label),
    }


def ticks_between(low: float, high: float) -> Doubles:
    """Return two to six ticks from low to high, two different positive numbers.

    They are powers of ten, or 1, 2 and 5 times each where those are few, or round numbers with one
    distance in a narrow range.
    """
    if np.log10(high / low) <= NARROW:
        return _evenly(low, high)
    powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = np.outer(10.0**powers, [1, 2, 5] if high < 200 * low else [1]).ravel()
    ticks = ticks[(ticks >= low) & (ticks <= high)]
    every = max(1, -(-len(ticks) // TICKS))
    kept: Doubles = ticks[::-every][::-1]
    return kept


def _evenly(low: float, high: float) -> Doubles:
    """Return round numbers from low to high, at a distance of 1, 2 or 5 times a power of ten."""
    most = (high - low) / 2
    power = 10.0 ** np.floor(np.log10(most))
    step = power * max(digit for digit in (1, 2, 5) if digit * power <= most)
    places = int(max(0, -np.floor(np.log10(step))))
    ticks: Doubles = np.round(step * np.arange(np.ceil(low / step), high // step + 1), places)
    return ticks[(ticks >= low) & (ticks <= high)]


def share_of_axis(low: float, high: float, edges: Doubles) -> float:
    """Return which share lies between low and high, of a log axis between the outer edges."""
    return float(np.log(high / low) / np.log(edges[-1] / edges[0]))
