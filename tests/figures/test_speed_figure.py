"""The chart of an epoch's time: the traces hold the measured times."""

import re
from dataclasses import replace

import numpy as np
import pytest

from linreg.figures import speed_figure
from linreg.figures.elements.style import DEVICES
from linreg.hardware.crossover import crossover
from linreg.hardware.timing import SIZES, Timings, unmeasured
from linreg.settings.choices import Device
from linreg.ui.parts.packing import pack
from tests.support.figures import assert_whole, says, trace

CPU, CUDA, MPS = Device.CPU, Device.CUDA, Device.MPS
POINTS = np.array(SIZES, dtype=float)


def timings(gpu_ends: int = len(SIZES)) -> Timings:
    """A CPU of 200 µs and 10 ns a point; a GPU of 1 ms and 0.1 ns a point."""
    median = np.array([200e-6 + 10e-9 * POINTS, 1e-3 + 0.1e-9 * POINTS])
    median[1, gpu_ends:] = np.nan
    return replace(
        unmeasured((CPU, CUDA)),
        median=median,
        low=0.9 * median,
        high=1.2 * median,
        endings=("", "" if gpu_ends == len(SIZES) else "cuda ends here: a reason."),
    )


def test_each_device_has_its_medians_and_its_band_in_milliseconds() -> None:
    """It has each measured size and no other."""
    found = timings(gpu_ends=4)
    figure = speed_figure(found)
    for row, (device, count) in enumerate(((CPU, len(SIZES)), (CUDA, 4))):
        for part, times in (
            (": median, with band from 10 to 90 %", found.median),
            (", 10 % of samples", found.low),
            (", 90 % of samples", found.high),
        ):
            drawn = trace(figure, f"{device}{part}")
            np.testing.assert_array_equal(drawn.x, SIZES[:count])
            np.testing.assert_allclose(drawn.y, 1000 * times[row, :count], rtol=1e-6)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_no_two_devices_look_alike() -> None:
    """Colour, marker and dash differ, and the device's name is in the legend."""
    assert set(DEVICES) == set(Device)
    for look in ("color", "symbol", "dash"):
        assert len({getattr(role, look) for role in DEVICES.values()}) == len(Device)
    drawn = [t for t in speed_figure(timings()).data if t.showlegend is None]
    assert [t.name.split(":")[0] for t in drawn] == ["cpu", "cuda"]


def test_the_crossover_is_marked_where_it_is() -> None:
    """200 µs + 10 ns n = 1 ms + 0.1 ns n at n = 80,808; the drawn lines meet a little beside it."""
    figure = speed_figure(timings())
    [line] = figure.layout.shapes
    found = timings()
    assert line.x0 == line.x1 == crossover(found.sizes, found.median[0], found.median[1])
    assert line.x0 == pytest.approx(8e-4 / 9.9e-9, rel=0.1)
    [note] = figure.layout.annotations
    assert 10**note.x == pytest.approx(line.x0)
    assert note.text.startswith("cuda faster from ")
    assert "on, cuda is faster" in says(figure)


def test_nothing_is_marked_where_no_curve_crosses() -> None:
    """A CPU alone; a GPU that is faster from the first size on; one that never is."""
    found = timings()
    for median in (found.median[[0, 0]], found.median[[0, 0]] * [[1], [0.5]]):
        assert not speed_figure(replace(found, median=median)).layout.shapes
    alone = Timings(
        devices=(CPU,),
        sizes=found.sizes,
        median=found.median[:1],
        low=found.low[:1],
        high=found.high[:1],
        endings=("",),
    )
    assert not speed_figure(alone).layout.shapes
    assert "only a CPU" in says(speed_figure(alone))


def test_a_series_that_ended_early_says_why() -> None:
    """The subtitle, which is the text alternative, gives the reason."""
    assert says(speed_figure(timings(gpu_ends=4))).endswith("a reason.")


def test_all_is_inside_of_the_axes() -> None:
    """Every number drawn, and the ticks with their labels."""
    figure = speed_figure(timings())
    for axis, name in ((figure.layout.xaxis, "x"), (figure.layout.yaxis, "y")):
        low, high = 10.0 ** np.array(axis.range)
        for drawn in figure.data:
            assert low < min(getattr(drawn, name)) <= max(getattr(drawn, name)) < high
        assert all(low <= tick <= high for tick in axis.tickvals)
        assert 2 <= len(axis.tickvals) == len(axis.ticktext) <= 6


@pytest.mark.parametrize(
    "found",
    [timings(), timings(gpu_ends=1), timings(gpu_ends=0), unmeasured((CPU, CUDA, MPS))],
    ids=["whole", "one size", "no size", "nothing yet"],
)
def test_the_figure_is_whole_and_can_be_sent(found: Timings) -> None:
    """It has titles with units, a kept zoom, unique names, and numbers of four bytes."""
    figure = speed_figure(found)
    assert_whole(figure)
    assert "(ms)" in figure.layout.yaxis.title.text
    assert "(count" in figure.layout.xaxis.title.text
    assert pack({}, {"speed": speed_figure.drawing(found)})
    for drawn in figure.data:
        assert drawn.x.dtype == np.int32
        assert drawn.y.dtype == np.float32


def test_before_the_first_measurement_the_axes_stand_already() -> None:
    """No line, and a sentence without numbers."""
    figure = speed_figure(unmeasured((CPU,)))
    assert not figure.data
    assert not re.search(r"\d", says(figure))
    assert figure.layout.xaxis.range == speed_figure(timings()).layout.xaxis.range
