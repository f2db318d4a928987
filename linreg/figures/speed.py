"""The time of an epoch against the number of points, a line for each device."""

from typing import Any

import numpy as np

from linreg.figures.elements.axes import Axis, Doubles, log_axis, share_of_axis
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, band, upright_line, upright_text
from linreg.figures.elements.style import DEVICES, make_drawing
from linreg.formatting import rough_count, short_count
from linreg.hardware.crossover import crossover, crossover_says, medians
from linreg.hardware.timing import Timings
from linreg.settings.choices import Device

MS = 1e3  # milliseconds in a second
WINDOW = (0.1, 100.0)  # milliseconds, before anything is measured
ROOM = 1.3  # times beyond the first and the last number of an axis
RIGHT = 0.6  # of the axis; farther right a note stands on the left of its line


@drawn
def speed_figure(timings: Timings) -> Drawing:
    """Return the median time of an epoch with its 10-90 % band, both axes logarithmic.

    An upright line marks from how many points on a device is faster than the CPU.
    """
    sizes = ROOM ** np.array([-1, 1]) * timings.sizes[[0, -1]]
    marks = _marks(timings)
    return make_drawing(
        [trace for row in range(len(timings.devices)) for trace in _curve(timings, row)],
        title="Time of one epoch, by number of points",
        says=_says(timings),
        x_title="training points (count)",
        y_title="time of an epoch (ms)",
        x_axis=log_axis(sizes[0], sizes[1], short_count),
        y_axis=_time_axis(timings),
        notes=[_note(device, points, sizes) for device, points in marks],
        shapes=[upright_line(points) for _, points in marks],
    )


def _curve(timings: Timings, row: int) -> list[Trace]:
    measured = np.isfinite(timings.median[row])
    if not measured.any():
        return []
    role, points = DEVICES[timings.devices[row]], timings.sizes[measured]
    low, high, median = (
        (MS * table[row][measured]).astype(np.float32)
        for table in (timings.low, timings.high, timings.median)
    )
    edges = {f"{role.name}, 10 % of samples": low, f"{role.name}, 90 % of samples": high}
    return [
        *band(role, points, edges, legendgroup=role.name, hoverinfo="skip"),
        {
            "type": "scatter",
            "x": points,
            "y": median,
            "name": f"{role.name}: median, with band from 10 to 90 %",
            "legendgroup": role.name,
            "mode": "lines+markers",
            "line": role.line(3),
            "marker": {"symbol": role.symbol, "size": 9},
            "hovertemplate": f"{role.name}<br>%{{x:,}} points<br>%{{y:.3g}} ms<extra></extra>",
        },
    ]


def _time_axis(timings: Timings) -> Axis:
    times = MS * np.array([timings.low, timings.median, timings.high])
    times = times[np.isfinite(times)]
    low, high = (times.min() / ROOM, times.max() * ROOM) if len(times) else WINDOW
    return log_axis(low, high)


def _marks(timings: Timings) -> list[tuple[Device, float]]:
    """Return the devices that become faster than the CPU, and from how many points on."""
    found = []
    for device in timings.devices:
        base, other = medians(timings, Device.CPU), medians(timings, device)
        points = crossover(timings.sizes, base, other)
        if points is not None and points > timings.sizes[0]:
            found.append((device, points))
    return found


def _note(device: Device, points: float, sizes: Doubles) -> dict[str, Any]:
    left = share_of_axis(sizes[0], points, sizes) > RIGHT
    text = f"{device} faster from {rough_count(points)} points"
    return upright_text(text, points, 0.98, "right" if left else "left", "top")


def _says(timings: Timings) -> str:
    endings = [ending for ending in timings.endings if ending]
    if np.isnan(timings.median).all() and not endings:
        return "Nothing has been measured yet."
    return " ".join([crossover_says(timings), *endings])
