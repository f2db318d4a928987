"""What timings show, compared with numbers worked out by hand."""

import numpy as np
import pytest

from linreg.formatting import duration
from linreg.hardware.crossover import (
    anatomy,
    anatomy_says,
    crossover,
    crossover_says,
    disturbance_says,
    small_problems_say,
)
from linreg.hardware.stopwatch import operations
from linreg.hardware.timing import Doubles, Timings
from linreg.settings.choices import Device

CPU, CUDA, MPS = Device.CPU, Device.CUDA, Device.MPS
NAN = float("nan")
SIZES = np.array([100, 10_000, 1_000_000], dtype=np.int32)


def times(*seconds: float) -> Doubles:
    """Seconds, (sizes,)."""
    return np.array(seconds)


def timings(*series: tuple[Device, tuple[float, ...]], endings: tuple[str, ...] = ()) -> Timings:
    """Timings whose band has no width."""
    median = np.array([seconds for _, seconds in series])
    return Timings(
        devices=tuple(device for device, _ in series),
        sizes=SIZES,
        median=median,
        low=median.copy(),
        high=median.copy(),
        endings=endings or ("",) * len(series),
    )


@pytest.mark.parametrize(
    ("base", "other", "points"),
    [
        # CPU: t = n / 10^5 from 10,000 points on; a GPU that always takes 1 s meets it at 100,000.
        (times(0.1, 0.1, 10.0), times(1.0, 1.0, 1.0), 100_000),
        # log10 of other / base: 1 at 100, -1 at 10,000. Halfway between 2 and 4 is 3.
        (times(1.0, 1.0, 1.0), times(10.0, 0.1, 0.1), 1_000),
        # 3 at 10,000 and -1 at 1,000,000: three quarters of the way from 4 to 6 is 5.5.
        (times(1.0, 1.0, 1.0), times(1.0, 1e3, 0.1), 10**5.5),
        # Equal at 10,000, then faster: from there on.
        (times(1.0, 2.0, 3.0), times(2.0, 2.0, 1.0), 10_000),
        # Faster, slower, faster again: only the last change counts.
        (times(2.0, 1.0, 10.0), times(1.0, 10.0, 1.0), 100_000),
        (times(2.0, 2.0, 2.0), times(1.0, 1.0, 1.0), 100),
        (times(1.0, 1.0, 1.0), times(2.0, 0.5, 1.0), None),
        (times(1.0, 1.0, 1.0), times(2.0, 2.0, 2.0), None),
        # Sizes that only one of the two has are left out.
        (times(1.0, 1.0, NAN), times(10.0, 0.1, 5.0), 1_000),
        (times(1.0, NAN, NAN), times(NAN, 0.1, 5.0), None),
    ],
)
def test_the_crossover_is_where_straight_lines_meet_on_log_axes(
    base: Doubles, other: Doubles, points: float | None
) -> None:
    """The cases are worked out beside them."""
    found = crossover(SIZES, base, other)
    assert found == (None if points is None else pytest.approx(points))


CPU_TIMES = (CPU, (1e-4, 1e-4, 1e-2))


@pytest.mark.parametrize(
    ("cuda", "said"),
    [
        (
            (1e-3, 1e-3, 1e-3),
            "From about 100,000 points on, cuda is faster; "
            "with 1,000,000 points it is 10 times as fast as the CPU.",
        ),
        (
            (1e-3, 1e-3, 2e-2),
            "cuda is not faster at any size measured; "
            "with 1,000,000 points it is 0.5 times as fast as the CPU.",
        ),
        (
            (1e-5, 1e-5, 1e-5),
            "cuda is faster at every size measured; "
            "with 1,000,000 points it is 1000 times as fast as the CPU.",
        ),
        (
            (1e-3, 5e-5, 2e-2),
            "cuda is faster with 10,000 points, but not with more; "
            "with 1,000,000 points it is 0.5 times as fast as the CPU.",
        ),
        ((NAN, NAN, NAN), "No size was measured both on cuda and on cpu."),
    ],
)
def test_the_sentence_says_where_a_device_becomes_faster(
    cuda: tuple[float, ...], said: str
) -> None:
    """It follows from the numbers, for every order of the two curves."""
    assert crossover_says(timings(CPU_TIMES, (CUDA, cuda))) == said


def test_a_cpu_alone_has_a_sentence_and_so_has_each_other_device() -> None:
    """Two GPUs give two sentences; with the CPU alone there is nothing to compare."""
    assert "only a CPU" in crossover_says(timings(CPU_TIMES))
    both = crossover_says(timings(CPU_TIMES, (CUDA, (1e-3,) * 3), (MPS, (1.0,) * 3)))
    assert "on, cuda is faster" in both
    assert "mps is not faster" in both


def test_the_flat_part_ends_before_twice_the_first_time() -> None:
    """200 µs, 390 µs, then 5 ms: flat up to 10,000, and 5 ms over a million points is 5 ns each."""
    found = anatomy(timings((CPU, (200e-6, 390e-6, 5e-3))), CPU)
    assert found is not None
    assert found.points == (100, 1_000_000)
    assert (found.overhead, found.flat_until) == (200e-6, 10_000)
    assert found.per_point == pytest.approx(5e-9)


def test_the_sentences_hold_the_measured_numbers() -> None:
    """They name the overhead per operation, the time per point, and how far a curve is flat."""
    said = anatomy_says(timings((CPU, (200e-6, 390e-6, 5e-3))), CPU)
    each = duration(200e-6 / operations())
    for words in ("100 points takes 200 µs", "up to 10,000 points", each, f"{operations()}"):
        assert words in said
    assert "5 ms, 5 ns a point" in said
    level = anatomy_says(timings((CUDA, (400e-6, 300e-6, 500e-6))), CUDA)
    assert "up to 1,000,000 points less than twice that" in level
    assert "a point" not in level
    alone = anatomy_says(timings((CPU, (1e-3, NAN, NAN))), CPU)
    assert alone == "**cpu**: an epoch of 100 points takes 1 ms."
    steep = anatomy_says(timings((CPU, (1e-3, 1.0, NAN))), CPU)
    assert "overhead" not in steep
    assert "1 s, 100 µs a point" in steep
    assert anatomy_says(timings((CUDA, (NAN,) * 3)), CUDA) == "**cuda**: not measured."


def test_the_cpus_numbers_say_why_a_small_problem_gains_nothing() -> None:
    """100 points at 5 ns are 500 ns, a quarter of a percent of 200 µs."""
    said = small_problems_say(timings((CPU, (200e-6, 390e-6, 5e-3))))
    assert "5 ns a point" in said
    assert "500 ns: 0.25 % of the 200 µs" in said
    assert small_problems_say(timings((CPU, (1e-4, 1e-4, 1.5e-4)))) == ""
    assert small_problems_say(timings((CPU, (NAN,) * 3))) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (180.4e-6, "180 µs"),
        (1.6349e-3, "1.63 ms"),
        (2.5, "2.5 s"),
        (999.9e-6, "1 ms"),
        (0.9999, "1 s"),
        (449e-9, "449 ns"),
        (999.7e-9, "1 µs"),
        (123.0, "123 s"),
        (4567.0, "4570 s"),
        (2e-12, "0.002 ns"),
    ],
)
def test_a_time_has_three_digits_in_the_unit_that_fits(seconds: float, text: str) -> None:
    """This includes times that rounding takes into the next unit."""
    assert duration(seconds) == text


def test_a_measurement_that_other_work_has_disturbed_is_said_to_be() -> None:
    """More points cannot take half the time; a little less is rounding, and no size no fault."""
    calm = timings((CPU, (2e-4, 1.5e-4, 1e-2)), (CUDA, (6e-4, NAN, NAN)))
    assert disturbance_says(calm) == ""
    said = disturbance_says(timings((CPU, (2e-4, 8e-2, 1e-2)), (CUDA, (6e-4, 6e-4, 6e-4))))
    assert "With 10,000 points an epoch on cpu took 8 times as long as with 1,000,000:" in said
    assert disturbance_says(timings((CPU, (NAN, NAN, NAN)))) == ""
