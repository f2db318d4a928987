"""What timings show: where a device becomes faster than the CPU, and where an epoch's time goes.

Every number in the sentences comes from the timings. Knows nothing of how they were measured.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg.formatting import counted, duration, percent, rough_count, times
from linreg.hardware.stopwatch import operations
from linreg.hardware.timing import Doubles, Timings
from linreg.settings.choices import Device

DISTURBED = 2.0  # times the time of a larger size
FLAT = 2.0  # a curve counts as flat below this many times the time of the smallest size


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """The two parts of a device's curve.

    points: the smallest and the largest size measured.
    overhead: seconds of an epoch at the smallest size.
    flat_until: the largest size before the first whose epoch takes twice as long.
    per_point: seconds per point at the largest size; None if its epoch does not take twice as long.
    """

    points: tuple[int, int]
    overhead: float
    flat_until: int
    per_point: float | None


def crossover(sizes: npt.NDArray[np.int32], base: Doubles, other: Doubles) -> float | None:
    """Return the number of points above which `other` takes less time than `base`.

    Between two sizes the curves are straight lines on two logarithmic axes.

    Arguments:
        sizes: (sizes,) ascending. base, other: (sizes,) seconds; NaN where not measured.

    Returns:
        The first size if `other` is faster at every size; None if it is not faster at the largest
        size that both have.
    """
    both = np.isfinite(base) & np.isfinite(other)
    points, gap = sizes[both].astype(np.float64), np.log(other[both] / base[both])
    if not len(points) or gap[-1] >= 0:
        return None
    slower = np.flatnonzero(gap >= 0)
    if not len(slower):
        return float(points[0])
    last = slower[-1]
    share = gap[last] / (gap[last] - gap[last + 1])
    return float(points[last] * (points[last + 1] / points[last]) ** share)


def crossover_says(timings: Timings) -> str:
    """Return for each other device where it is faster than the CPU, in sentences."""
    if timings.devices == (Device.CPU,):
        return "This machine has only a CPU: there is no GPU to compare it with."
    others = [device for device in timings.devices if device is not Device.CPU]
    return " ".join(_comparison(timings, device) for device in others)


def _comparison(timings: Timings, device: Device) -> str:
    base, other = (medians(timings, each) for each in (Device.CPU, device))
    both = np.isfinite(base) & np.isfinite(other)
    if not both.any():
        return f"No size was measured both on {device} and on cpu."
    points, gain = timings.sizes[both], base[both] / other[both]
    largest = f"with {points[-1]:,} points it is {times(gain[-1])} as fast as the CPU"
    start = crossover(timings.sizes, base, other)
    if start is None and (gain <= 1).all():
        return f"{device} is not faster at any size measured; {largest}."
    if start is None:
        faster = ", ".join(f"{size:,}" for size in points[gain > 1])
        return f"{device} is faster with {faster} points, but not with more; {largest}."
    if start == points[0]:
        return f"{device} is faster at every size measured; {largest}."
    return f"From about {rough_count(start)} points on, {device} is faster; {largest}."


def medians(timings: Timings, device: Device) -> Doubles:
    """Return the medians of a device, (sizes,)."""
    row: Doubles = timings.median[timings.devices.index(device)]
    return row


def disturbance_says(timings: Timings) -> str:
    """Return where more points took clearly less time, which is no time of their own; or ""."""
    for device in timings.devices:
        median = medians(timings, device)
        measured = np.isfinite(median)
        points, seconds = timings.sizes[measured], median[measured]
        for place, here in enumerate(seconds):
            later = seconds[place:]
            if here > DISTURBED * later.min():
                larger = points[place + int(later.argmin())]
                return (
                    f"With {points[place]:,} points an epoch on {device} took "
                    f"{times(here / later.min())} as long as with {larger:,}: something else, "
                    "such as other work on this machine, has disturbed the measurement. Measure "
                    "again when it is idle."
                )
    return ""


def anatomy(timings: Timings, device: Device) -> Anatomy | None:
    """Return the parts of a device's curve; None where nothing was measured."""
    median = medians(timings, device)
    measured = np.isfinite(median)
    if not measured.any():
        return None
    points, seconds = timings.sizes[measured], median[measured]
    long = np.flatnonzero(seconds >= FLAT * seconds[0])
    flat = points[-1] if not len(long) else points[long[0] - 1]
    rises = bool(seconds[-1] >= FLAT * seconds[0])
    return Anatomy(
        points=(int(points[0]), int(points[-1])),
        overhead=float(seconds[0]),
        flat_until=int(flat),
        per_point=float(seconds[-1] / points[-1]) if rises else None,
    )


def anatomy_says(timings: Timings, device: Device) -> str:
    """Return what the flat and the rising part of a device's curve mean, in sentences."""
    found = anatomy(timings, device)
    if found is None:
        return f"**{device}**: not measured."
    smallest, largest = found.points
    said = f"**{device}**: an epoch of {smallest:,} points takes {duration(found.overhead)}"
    if found.flat_until > smallest:
        each = duration(found.overhead / operations())
        said += (
            f", and up to {found.flat_until:,} points less than twice that. This flat part is "
            f"overhead: Python and PyTorch spend {each} on each of the epoch's "
            f"{counted(operations(), 'operation')}, however few numbers it works on"
        )
    if found.per_point is None:
        return f"{said}."
    return (
        f"{said}. At {largest:,} points an epoch takes {duration(found.per_point * largest)}, "
        f"{duration(found.per_point)} a point: this rising part is arithmetic, and moving "
        "numbers from and to memory."
    )


def small_problems_say(timings: Timings) -> str:
    """Return why a small problem gains nothing from a GPU, in the CPU's own numbers."""
    found = anatomy(timings, Device.CPU)
    if found is None or found.per_point is None:
        return ""
    smallest, largest = found.points
    work = smallest * found.per_point
    return (
        f"At the {duration(found.per_point)} a point that {largest:,} points take, the work on "
        f"{smallest:,} points would take {duration(work)}: "
        f"{percent(work / found.overhead)} of the {duration(found.overhead)} that their epoch "
        "takes. A GPU could shorten only that part. The rest stays: the CPU still prepares each "
        "operation and then hands it over to the GPU, which takes time too."
    )
