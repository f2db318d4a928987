"""The time of an epoch against the number of points, a line for each device."""

from typing import Any

import numpy as np

from linreg.figures.drawing import Drawing, drawn
from linreg.figures.rates import ticks_between
from linreg.figures.style import DEVICES, TRUTH, Role, make_drawing
from linreg.formatting import rough_count, short_count
from linreg.hardware.crossover import crossover, crossover_says, medians
from linreg.hardware.timing import Doubles, Timings
from linreg.settings.choices import Device

MS = 1e3  # milliseconds in a second
WINDOW = (0.1, 100.0)  # milliseconds, as long as nothing is measured
ROOM = 1.3  # times beyond the first and the last number of an axis
FAINT = 0.25
RIGHT = 0.6  # of the axis: farther right a note stands on the left of its line


@drawn
def speed_figure(timings: Timings) -> Drawing:
    """Return the median time of an epoch with its 10-90 % band, both axes logarithmic.

    An upright line marks from how many points on a device is faster than the CPU.
    """
    sizes = ROOM ** np.array([-1, 1]) * timings.sizes[[0, -1]]
    ticks = ticks_between(*sizes)
    marks = _marks(timings)
    return make_drawing(
        [trace for row in range(len(timings.devices)) for trace in _curve(timings, row)],
        title="Time of one epoch, by number of points",
        says=_says(timings),
        x_title="training points (count)",
        y_title="time of an epoch (ms)",
        x_axis={
            "type": "log",
            "range": np.log10(sizes).tolist(),
            "tickvals": ticks.tolist(),
            "ticktext": [short_count(tick) for tick in ticks],
        },
        y_axis=_time_axis(timings),
        notes=[_note(device, points, sizes) for device, points in marks],
        shapes=[_line(points) for _, points in marks],
    )


def _curve(timings: Timings, row: int) -> list[dict[str, Any]]:
    measured = np.isfinite(timings.median[row])
    if not measured.any():
        return []
    role, points = DEVICES[timings.devices[row]], timings.sizes[measured]
    low, high, median = (
        (MS * table[row][measured]).astype(np.float32)
        for table in (timings.low, timings.high, timings.median)
    )
    common = {"type": "scatter", "x": points, "legendgroup": role.name}
    edge = common | {
        "showlegend": False,
        "hoverinfo": "skip",
        "mode": "lines",
        "line": {"color": role.color, "dash": role.dash, "width": 1},
    }
    return [
        edge | {"y": low, "name": f"{role.name}, 10 % of samples", "fill": "none"},
        edge
        | {
            "y": high,
            "name": f"{role.name}, 90 % of samples",
            "fill": "tonexty",
            "fillcolor": _faint(role),
        },
        common
        | {
            "y": median,
            "name": f"{role.name}: median, with band from 10 to 90 %",
            "mode": "lines+markers",
            "line": {"color": role.color, "dash": role.dash, "width": 3},
            "marker": {"symbol": role.symbol, "size": 9},
            "hovertemplate": f"{role.name}<br>%{{x:,}} points<br>%{{y:.3g}} ms<extra></extra>",
        },
    ]


def _faint(role: Role) -> str:
    red, green, blue = (int(role.color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{FAINT})"


def _time_axis(timings: Timings) -> dict[str, Any]:
    times = MS * np.array([timings.low, timings.median, timings.high])
    times = times[np.isfinite(times)]
    low, high = (times.min() / ROOM, times.max() * ROOM) if len(times) else WINDOW
    ticks = ticks_between(low, high)
    return {
        "type": "log",
        "range": np.log10([low, high]).tolist(),
        "tickvals": ticks.tolist(),
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def _marks(timings: Timings) -> list[tuple[Device, float]]:
    """Return the devices that get faster than the CPU between two sizes, and where."""
    found = []
    for device in timings.devices:
        base, other = medians(timings, Device.CPU), medians(timings, device)
        points = crossover(timings.sizes, base, other)
        if points is not None and points > timings.sizes[0]:
            found.append((device, points))
    return found


def _line(points: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": points,
        "x1": points,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": TRUTH.color, "dash": TRUTH.dash, "width": 2},
    }


def _note(device: Device, points: float, sizes: Doubles) -> dict[str, Any]:
    share = np.log(points / sizes[0]) / np.log(sizes[1] / sizes[0])
    return {
        "x": float(np.log10(points)),
        "xanchor": "right" if share > RIGHT else "left",
        "y": 0.98,
        "yref": "paper",
        "yanchor": "top",
        "text": f"{device} faster from {rough_count(points)} points",
        "textangle": -90,
        "showarrow": False,
    }


def _says(timings: Timings) -> str:
    endings = [ending for ending in timings.endings if ending]
    if np.isnan(timings.median).all() and not endings:
        return "Nothing has been measured yet."
    return " ".join([crossover_says(timings), *endings])
