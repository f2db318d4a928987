"""CPU or GPU by Streamlit's own test runner, with measurements that the test controls."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from linreg.core.record import Progress
from linreg.hardware.timing import Timings, unmeasured
from linreg.settings.choices import Device
from linreg.ui.screens import gpu as page
from linreg.ui.work import measurement as bench_module
from linreg.ui.work.measurement import Bench
from tests.support.opened import opened, run, shows, text_of

CPU, CUDA = Device.CPU, Device.CUDA
PATIENCE = 60  # seconds; this only ends a wait that is in vain


def timings(*devices: Device) -> Timings:
    """A CPU of 200 µs and 10 ns a point; others of 1 ms and 0.1 ns a point."""
    empty = unmeasured(devices)
    median = np.array(
        [200e-6 + 10e-9 * empty.sizes, *[1e-3 + 1e-10 * empty.sizes] * (len(devices) - 1)]
    )
    return replace(empty, median=median, low=median.copy(), high=median.copy())


class Measurements:
    """Counts measurements; where wanted, each waits until the test lets it continue."""

    def __init__(self) -> None:
        self.count = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.ends: Callable[[], Timings] = lambda: timings(CPU)
        self.bench = Bench()

    def measure(self, devices: object, progress: Progress) -> Timings:
        """Replace the real measurement."""
        self.count += 1
        progress(3, 10)
        assert self.may_end.wait(timeout=PATIENCE)
        return self.ends()


@pytest.fixture
def measurements(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measurements]:
    """A server on which nothing was measured, with only a CPU, and its measurements."""
    found = Measurements()
    monkeypatch.setattr(bench_module, "measure", found.measure)
    monkeypatch.setattr(page, "bench", found.bench)
    monkeypatch.setattr(page, "available_devices", lambda: (CPU,))
    yield found
    found.may_end.set()
    assert until(lambda: found.bench.standing().share is None)


def until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition; return whether it became true."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def press(app: AppTest) -> AppTest:
    """Press the button."""
    app.button(key="measure").click()
    return run(app)


def bar(app: AppTest) -> str:
    """What the progress bar says."""
    [found] = app.get("progress")
    text: str = found.proto.text
    return text


def test_before_anybody_has_measured_the_page_says_so(measurements: Measurements) -> None:
    """Also that there is only a CPU; nothing is measured without being asked for."""
    app = opened("gpu")
    assert app.title[0].value == "Is a GPU faster here?"
    assert app.button(key="measure").label == "Measure"
    assert bar(app).startswith("Nobody has measured")
    shows(app, "only a CPU", "comes with the measurement")
    assert measurements.count == 0


def test_a_press_measures_and_the_page_tells_the_result(measurements: Measurements) -> None:
    """In the measured numbers: 200.5 µs at 50 points, 10 ns a point at ten millions."""
    app = press(opened("gpu"))
    assert bar(app).startswith("Measured on ")
    assert app.button(key="measure").label == "Measure again"
    shows(
        app,
        "an epoch of 50 points takes 201 µs, and up to 20,000 points less than twice that",
        "At 10,000,000 points an epoch takes 100 ms, 10 ns a point",
        "Why a small problem gains nothing from a GPU",
        "only a CPU",
        "def timed(",
    )


def test_a_disturbed_measurement_is_not_explained(measurements: Measurements) -> None:
    """Its smallest size may be the slow one, and then no time of it is that of Python."""
    calm = timings(CPU)
    slow = np.where(calm.sizes == calm.sizes[0], 5 * calm.median, calm.median)
    measurements.ends = lambda: replace(calm, median=slow)
    app = press(opened("gpu"))
    assert "has disturbed the measurement" in app.warning[0].value
    assert "Python and PyTorch spend" not in text_of(app)
    assert "Why a small problem" not in text_of(app)


def test_what_one_visitor_measured_everybody_sees(measurements: Measurements) -> None:
    """Another visitor sees it at once; a press on a page without it starts nothing."""
    late = opened("gpu")
    first = press(opened("gpu"))
    assert bar(opened("gpu")) == bar(first)
    assert bar(press(late)) == bar(first)
    assert measurements.count == 1
    press(late)
    assert measurements.count == 2


def test_many_who_ask_at_once_start_one_measurement(measurements: Measurements) -> None:
    """Eight ask at the same time, one measurement is made, and all of them see its result."""
    measurements.may_end.clear()
    bench, together = measurements.bench, threading.Barrier(8)

    def ask() -> None:
        together.wait(timeout=PATIENCE)
        bench.start(None)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert until(lambda: bench.standing().share == 0.3)
    measurements.may_end.set()
    assert until(lambda: bench.standing().newest is not None)
    assert measurements.count == 1


def test_who_comes_while_it_is_measured_waits_with_the_bar(
    measurements: Measurements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button is disabled and the bar is shown; a visitor can leave at once."""
    measurements.may_end.clear()
    measurements.bench.start(None)
    assert until(lambda: measurements.bench.standing().share == 0.3)
    left = []

    def leave() -> None:
        left.append(True)

    monkeypatch.setattr(page, "has_moved_on", lambda: True)
    monkeypatch.setattr(page, "give_way", leave)
    app = opened("gpu")
    assert left
    assert app.button(key="measure").disabled
    assert bar(app).startswith("Measuring. This takes about 16 seconds")


def test_a_measurement_that_fails_says_why_and_can_be_made_again(
    measurements: Measurements,
) -> None:
    """The page shows a sentence and the button, no traceback, and later the result."""

    def fail() -> Timings:
        raise OSError("the disk is gone")

    measurements.ends = fail
    app = press(opened("gpu"))
    assert bar(app).endswith("failed: OSError: the disk is gone")
    measurements.ends = lambda: timings(CPU)
    assert bar(press(app)).startswith("Measured on ")


def test_a_gpu_is_told_of_beside_the_cpu(
    measurements: Measurements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both curves' parts; the sentence about a machine without one is gone."""
    monkeypatch.setattr(page, "available_devices", lambda: (CPU, CUDA))
    monkeypatch.setattr(page, "describe", lambda device: f"{device}, of a test")
    measurements.ends = lambda: timings(CPU, CUDA)
    app = press(opened("gpu"))
    shows(app, "**cpu**: an epoch of 50", "**cuda**: an epoch of 50", "cuda, of a test")
    assert "only a CPU" not in text_of(app)


def test_no_thread_to_be_had_is_a_failure_like_others(
    measurements: Measurements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not wait for a measurement that did not start."""

    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    found = Bench()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        found.start(None)
    newest = found.standing().newest
    assert newest is not None
    assert "can't start new thread" in newest.failure
    assert found.standing().share is None


def test_a_server_that_stops_is_not_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the main thread has ended, the next report ends the measurement, with no result."""
    reached: list[str] = []

    class Gone:
        def is_alive(self) -> bool:
            return False

    def measure(devices: object, progress: Progress) -> Timings:
        reached.append("begun")
        progress(1, 10)
        reached.append("went on")
        return timings(CPU)

    class AtOnce:
        """A thread that has ended when its start returns."""

        def __init__(self, target: Callable[[], None], name: str) -> None:
            self.start = target

    monkeypatch.setattr(threading, "main_thread", Gone)
    monkeypatch.setattr(threading, "Thread", AtOnce)
    monkeypatch.setattr(bench_module, "measure", measure)
    found = Bench()
    found.start(None)
    assert reached == ["begun"]
    assert found.standing().newest is None
