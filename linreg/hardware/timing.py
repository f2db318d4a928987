"""The seconds that an epoch takes on each device of this machine, from 50 to ten million points.

Time and memory are limited. A sentence says what was not measured, and why.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from linreg.core.failures import plain_text, ran_out_of_memory
from linreg.core.record import Progress, ReadOnly
from linreg.hardware.memory import free_memory
from linreg.hardware.stopwatch import Clock, LessonLoop, TimedLoop, release, timed
from linreg.settings.choices import Device

Doubles = npt.NDArray[np.float64]
T = TypeVar("T")
Prepare = Callable[[Device, int], TimedLoop]

SIZES = (50, 200, 1_000, 5_000, 20_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
SECONDS = 16.0  # for all devices together
FEWEST, MOST = 3, 25  # samples of one size
RESERVE = 4  # shares of a size that are kept for the larger sizes, which need more time
SAMPLE = 0.01  # seconds; as many short epochs make one sample
MOST_EPOCHS = 500  # in one sample
# Measurements show seven float32 numbers a row: X, y, the predictions, the residuals and three of
# backpropagation. Nine more stand for memory that an allocator does not give back at once.
ROW_BYTES = 16 * 4
SHARE_OF_MEMORY = 0.5  # of the free memory; other programs need some too
ASSUMED_MEMORY = 2 << 30  # bytes; where the free memory is not known


@dataclass(frozen=True, kw_only=True, eq=False)
class Timings(ReadOnly):
    """Seconds for one epoch; read-only float64 arrays, NaN where nothing was measured.

    sizes: (sizes,) int32, ascending numbers of points, all of them training rows.
    median, low, high: (devices, sizes) median, 10th and 90th percentile of the samples.
    endings: for each device a sentence that says why its last sizes were not measured; empty where
    all were.
    """

    devices: tuple[Device, ...]
    sizes: npt.NDArray[np.int32]
    median: Doubles
    low: Doubles
    high: Doubles
    endings: tuple[str, ...]


def unmeasured(devices: Sequence[Device], sizes: Sequence[int] = SIZES) -> Timings:
    """Return timings without any measurement."""
    return _timings(devices, sizes, [[] for _ in devices], [""] * len(devices))


def measure(
    devices: Sequence[Device],
    sizes: Sequence[int] = SIZES,
    progress: Progress | None = None,
    *,
    seconds: float = SECONDS,
    clock: Clock = time.perf_counter,
    prepare: Prepare = LessonLoop,
    room: Callable[[Device], int | None] = free_memory,
) -> Timings:
    """Return how long an epoch takes on each device at each size.

    Arguments:
        devices: devices of this machine, each once.
        sizes: ascending numbers of points.
        progress: called as progress(sizes done, sizes of all devices) after each sample; an
            exception that it raises ends the measurement and reaches the caller.
        seconds: the time for all devices; each gets an equal share of what is left. A device's
            series ends at a size that would exceed its share or half of the free memory, or at
            which the device fails.
        clock, prepare, room: the time in seconds, what trains, and the free bytes of a device.

    Raises:
        ValueError: there is no device or no size, or sizes do not ascend from 1 or more.
    """
    _check(devices, sizes)
    end = clock() + seconds
    samples: list[list[list[float]]] = []
    endings: list[str] = []
    for index, device in enumerate(devices):
        share = (end - clock()) / (len(devices) - index)
        series = _Series(device, sizes, clock() + share, clock, prepare, room)

        def report(done: int, before: int = index * len(sizes)) -> None:
            if progress is not None:
                progress(before + done, len(devices) * len(sizes))

        endings.append(series.measure(report))
        samples.append(series.samples)
    return _timings(devices, sizes, samples, endings)


def _check(devices: Sequence[Device], sizes: Sequence[int]) -> None:
    if not devices or len({*devices}) < len(devices):
        raise ValueError(f"devices must be one or more, each once, not {[*map(str, devices)]}.")
    if not sizes or list(sizes) != sorted({*sizes}) or sizes[0] < 1:
        raise ValueError(f"sizes must be one or more, ascending from 1 or more, not {list(sizes)}.")


def _timings(
    devices: Sequence[Device],
    sizes: Sequence[int],
    samples: Sequence[Sequence[list[float]]],
    endings: Sequence[str],
) -> Timings:
    """Return the timings that the samples of each device and size give."""
    table = np.full((3, len(devices), len(sizes)), np.nan)
    for row, series in enumerate(samples):
        for column, taken in enumerate(series):
            table[:, row, column] = np.percentile(taken, (10, 50, 90))
    low, median, high = table
    return Timings(
        devices=tuple(devices),
        sizes=np.array(sizes, dtype=np.int32),
        median=median,
        low=low,
        high=high,
        endings=tuple(endings),
    )


class _EndedError(Exception):
    """The reason why no larger size is measured, as the end of a sentence."""


@dataclass
class _Series:
    """The measurement of one device; `samples` holds seconds per epoch for each size so far."""

    device: Device
    sizes: Sequence[int]
    deadline: float
    clock: Clock
    prepare: Prepare
    room: Callable[[Device], int | None]
    samples: list[list[float]] = field(default_factory=list)

    def measure(self, report: Callable[[int], None]) -> str:
        """Measure size after size; return a sentence if the series ended before the last size."""
        try:
            self._start_up()
            for rows in self.sizes:
                self._check_room(rows)
                self._check_time(rows, self._forecast(rows))
                self.samples.append(self._sample(rows, lambda: report(len(self.samples))))
                report(len(self.samples))
        except _EndedError as ended:
            if not self.samples:
                return f"{self.device} could not be measured: {ended}"
            return f"{self.device} ends at {self.sizes[len(self.samples) - 1]:,} points: {ended}"
        finally:
            with suppress(RuntimeError):  # a device that has failed may fail here too
                release(self.device)
        return ""

    def _start_up(self) -> None:
        """Run the first epoch, in which the device starts and loads its code."""
        self._attempt(self.sizes[0], lambda: timed(self.prepare(self.device, self.sizes[0]), 1))

    def _sample(self, rows: int, report: Callable[[], None]) -> list[float]:
        """Return the seconds of an epoch, measured several times after some epochs of warm-up."""
        began = self.clock()
        share = (self.deadline - began) / (len(self.sizes) - len(self.samples) + RESERVE)
        loop = self._attempt(rows, lambda: self.prepare(self.device, rows))

        def one(epochs: int) -> float:
            return self._attempt(rows, lambda: timed(loop, epochs, self.clock))

        cold = one(1)
        self._check_time(rows, cold)
        in_a_row = _epochs_for(one(_epochs_for(cold)))
        samples: list[float] = []
        while len(samples) < FEWEST or (
            len(samples) < MOST and self.clock() - began + samples[-1] * in_a_row < share
        ):
            samples.append(one(in_a_row))
            report()
        return samples

    def _forecast(self, rows: int) -> float:
        """Return the seconds of an epoch if the line through the last two sizes goes on."""
        if len(self.samples) < 2:
            return 0.0
        before, last = self.sizes[len(self.samples) - 2 : len(self.samples)]
        slower, faster = (float(np.median(taken)) for taken in (self.samples[-1], self.samples[-2]))
        return slower + max(0.0, slower - faster) * (rows - last) / (last - before)

    def _check_time(self, rows: int, an_epoch: float) -> None:
        if (FEWEST + 1) * an_epoch > self.deadline - self.clock():
            raise _EndedError(f"{rows:,} are expected to take longer than its share of the time.")

    def _check_room(self, rows: int) -> None:
        free = self._attempt(rows, lambda: self.room(self.device))
        most = SHARE_OF_MEMORY * (ASSUMED_MEMORY if free is None else free)
        if rows * ROW_BYTES > most:
            raise _EndedError(
                f"{rows:,} need about {rows * ROW_BYTES / 1e6:,.0f} MB of memory, and "
                f"{most / 1e6:,.0f} MB may be used, half of what is free."
            )

    def _attempt(self, rows: int, action: Callable[[], T]) -> T:
        try:
            return action()
        except (MemoryError, RuntimeError) as error:
            raise _EndedError(_failure(rows, error)) from error


def _epochs_for(an_epoch: float) -> int:
    """Return how many epochs make one sample."""
    return min(MOST_EPOCHS, max(1, round(SAMPLE / an_epoch))) if an_epoch > 0 else MOST_EPOCHS


def _failure(rows: int, error: Exception) -> str:
    if ran_out_of_memory(error):
        return f"memory ran out at {rows:,}."
    return f"at {rows:,} PyTorch failed: {plain_text(error)}."
