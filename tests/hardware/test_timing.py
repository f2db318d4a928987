"""The measurement on a simulated clock: what it measures, when it ends, and what it says."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg.hardware.timing import FEWEST, MOST, ROW_BYTES, SAMPLE, SIZES, Timings, measure
from linreg.settings.choices import Device

CPU, CUDA, MPS = Device.CPU, Device.CUDA, Device.MPS
GIB = 1 << 30


@dataclass
class Machine:
    """A simulated machine with given seconds for its start and for an epoch."""

    an_epoch: Callable[[Device, int], float]
    starting: float = 0.0
    fails: dict[tuple[Device, int], Exception] = field(default_factory=dict)
    now: float = 0.0
    epochs: dict[tuple[Device, int], int] = field(default_factory=dict)
    started: set[Device] = field(default_factory=set)

    def prepare(self, device: Device, rows: int) -> "SimulatedLoop":
        """Return a loop on this machine."""
        return SimulatedLoop(self, device, rows)

    def measure(self, *devices: Device, free: int | None = 64 * GIB, **options: object) -> Timings:
        """Measure this machine."""
        return measure(
            devices,
            clock=lambda: self.now,
            prepare=self.prepare,
            room=lambda _: free,
            **options,  # type: ignore[arg-type]
        )


@dataclass
class SimulatedLoop:
    """A loop with some rows on a device of a simulated machine."""

    machine: Machine
    device: Device
    rows: int

    def run(self, epochs: int) -> None:
        machine, key = self.machine, (self.device, self.rows)
        if key in machine.fails:
            raise machine.fails[key]
        if self.device not in machine.started:
            machine.started.add(self.device)
            machine.now += machine.starting
        machine.epochs[key] = machine.epochs.get(key, 0) + epochs
        machine.now += epochs * machine.an_epoch(self.device, self.rows)

    def wait(self) -> None: ...


def linear(device: Device, rows: int) -> float:
    """A CPU of 200 µs and 10 ns a point, a GPU of 400 µs and 0.1 ns a point."""
    overhead, per_point = {CPU: (200e-6, 10e-9)}.get(device, (400e-6, 0.1e-9))
    return overhead + per_point * rows


def test_each_time_is_that_of_an_epoch_without_its_start() -> None:
    """At every size the machine's own seconds are found, without the two seconds of its start."""
    found = Machine(linear, starting=2.0).measure(CPU, CUDA)
    assert found.devices == (CPU, CUDA)
    assert tuple(found.sizes) == SIZES
    for row, device in enumerate(found.devices):
        expected = [linear(device, rows) for rows in SIZES]
        for times in (found.low, found.median, found.high):
            np.testing.assert_allclose(times[row], expected, rtol=1e-9)
    assert found.endings == ("", "")


def test_band_and_median_are_those_of_the_samples() -> None:
    """Epochs take 1, 2, 3 ... seconds; the results are NumPy's percentiles of the samples."""
    taken: list[float] = []

    def slower_and_slower(device: Device, rows: int) -> float:
        taken.append(1.0 + len(taken))
        return taken[-1]

    found = Machine(slower_and_slower).measure(CPU, sizes=(50,), seconds=100.0)
    samples = taken[3:]  # one to start, two to warm up
    assert len(samples) >= FEWEST
    for times, percent in ((found.low, 10), (found.median, 50), (found.high, 90)):
        assert times[0, 0] == pytest.approx(np.percentile(samples, percent))


def test_short_epochs_are_timed_several_in_a_row_and_long_ones_alone() -> None:
    """A sample takes about ten milliseconds; there are 3 to 25 samples."""
    machine = Machine(linear)
    machine.measure(CPU)
    short, long = machine.epochs[CPU, 50], machine.epochs[CPU, 10_000_000]
    assert short * linear(CPU, 50) == pytest.approx((MOST + 1) * SAMPLE, rel=0.05)
    assert FEWEST + 2 <= long <= MOST + 2


@given(
    overhead=st.floats(1e-7, 0.5),
    per_point=st.floats(0, 1e-4),
    starting=st.floats(0, 5),
    devices=st.sampled_from([(CPU,), (CPU, CUDA), (CPU, CUDA, MPS)]),
    seconds=st.floats(0.5, 30),
)
def test_no_measurement_takes_much_longer_than_it_may(
    overhead: float,
    per_point: float,
    starting: float,
    devices: tuple[Device, ...],
    seconds: float,
) -> None:
    """It exceeds its limit at most by the start and three epochs of each device.

    Before these nothing is known of a device; some samples may also begin just before the limit.
    """
    machine = Machine(lambda _, rows: overhead + per_point * rows, starting=starting)
    found = machine.measure(*devices, seconds=seconds)
    unknown = starting + 3 * (overhead + per_point * SIZES[1]) + 5 * SAMPLE
    assert machine.now <= seconds + len(devices) * unknown
    measured = np.isfinite(found.median)
    assert (found.median[measured] > 0).all()
    for row, ending in zip(measured, found.endings, strict=True):
        assert list(row) == sorted(row, reverse=True)  # no size in the middle is left out
        assert row.all() == (ending == "")


def test_a_slow_device_ends_early_and_says_so() -> None:
    """At 0.1 ms a point, 20,000 points fit into 16 seconds and 100,000 do not."""
    found = Machine(lambda _, rows: 1e-4 * rows).measure(CPU)
    assert np.isfinite(found.median[0]).sum() == 5
    [ending] = found.endings
    assert re.findall(r"[\d,]*\d", ending) == ["20,000", "100,000"]


def test_the_other_devices_get_the_time_that_a_fast_one_leaves() -> None:
    """A slow device is complete alone or after a fast one, but not before another slow one."""
    slow = Machine(lambda device, rows: (1e-7 if device is CUDA else 1e-12) * rows + 1e-9)
    shares = [slow.measure(*devices, seconds=12) for devices in ((CUDA,), (CPU, CUDA), (CUDA, MPS))]
    wholes = [bool(np.isfinite(s.median[s.devices.index(CUDA)]).all()) for s in shares]
    assert wholes == [True, True, False]


def test_sizes_that_do_not_fit_into_half_of_the_free_memory_are_not_tried() -> None:
    """At 64 bytes a row, half of 300 MB holds a million rows (64 MB) but not 3 million."""
    machine = Machine(linear)
    found = machine.measure(CPU, free=300_000_000)
    [ending] = found.endings
    assert re.findall(r"[\d,]*\d", ending) == ["1,000,000", "3,000,000", "192", "150"]
    assert max(rows for _, rows in machine.epochs) == 1_000_000
    assert ROW_BYTES == 64


def test_where_the_free_memory_is_not_known_all_sizes_are_tried() -> None:
    """Two gibibytes are assumed to be free; ten million rows need less than half of them."""
    assert Machine(linear).measure(CPU, free=None).endings == ("",)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "memory ran out at 1,000,000."),
        (RuntimeError("[enforce fail] can't allocate memory: you tried"), "memory ran out at"),
        (
            RuntimeError("unspecified launch failure.\nCompile with"),
            "at 1,000,000 PyTorch failed: RuntimeError: unspecified launch failure.",
        ),
        (
            torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
            "PyTorch failed: AcceleratorError: CUDA error: an illegal memory access",
        ),
        (RuntimeError("failed at /pytorch/x.cu:41"), "at 1,000,000 PyTorch failed: RuntimeError."),
        (RuntimeError(), "at 1,000,000 PyTorch failed: RuntimeError."),
    ],
    ids=["memory", "allocator", "launch", "gpu that failed", "path", "no text"],
)
def test_a_device_that_fails_ends_its_series_and_no_other(error: Exception, said: str) -> None:
    """A sentence says so; earlier sizes and the next device are measured."""
    found = Machine(linear, fails={(CPU, 1_000_000): error}).measure(CPU, CUDA)
    assert said in found.endings[0]
    assert found.endings[0].startswith("cpu ends at 300,000 points: ")
    assert np.isfinite(found.median).sum(axis=1).tolist() == [7, len(SIZES)]


def test_a_device_that_does_not_start_has_no_times() -> None:
    """All its times are NaN, and a sentence says why."""
    found = Machine(linear, fails={(CUDA, 50): RuntimeError("no driver")}).measure(CPU, CUDA)
    assert found.endings[1].endswith("at 50 PyTorch failed: RuntimeError: no driver.")
    assert np.isnan(found.median[1]).all()


def test_progress_rises_to_the_end_and_may_end_the_measurement() -> None:
    """It goes from 0 of 20 to 20 of 20; an error that it raises is not treated as the device's."""
    seen: list[tuple[int, int]] = []
    Machine(linear).measure(CPU, CUDA, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert {done for done, _ in seen} == set(range(2 * len(SIZES) + 1))
    assert {total for _, total in seen} == {2 * len(SIZES)}

    def stop(done: int, total: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        Machine(linear).measure(CPU, progress=stop)


@pytest.mark.parametrize(
    ("devices", "sizes", "words"),
    [
        ([], [50], "devices must be one or more, each once"),
        ([CPU, CPU], [50], "devices must be one or more, each once"),
        ([CPU], [], "sizes must be one or more, ascending"),
        ([CPU], [200, 50], "sizes must be one or more, ascending"),
        ([CPU], [0, 50], "from 1 or more, not"),
    ],
)
def test_what_cannot_be_measured_is_named(
    devices: list[Device], sizes: list[int], words: str
) -> None:
    """The sentence says what is allowed and what was given."""
    with pytest.raises(ValueError, match=words):
        measure(devices, sizes)


def test_timings_cannot_be_changed_and_sizes_rise() -> None:
    """This also holds for a measurement of the real CPU, which takes longer for more points.

    The limit is far away: a busy machine may take seconds to start.
    """
    found = measure([CPU], (50, 1_000_000), seconds=600.0)
    assert list(found.sizes) == [50, 1_000_000]
    assert 0 < found.median[0, 0] < found.median[0, 1]
    assert not math.isnan(found.high[0, 1])
    for array in (found.sizes, found.median, found.low, found.high):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 1
