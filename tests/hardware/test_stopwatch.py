"""One epoch of the lesson: its time, its memory, and the number of its operations."""

import os
import subprocess
import sys

import pytest
import torch

from linreg.hardware.memory import free_memory
from linreg.hardware.stopwatch import LessonLoop, operations, timed
from linreg.hardware.timing import ROW_BYTES, measure
from linreg.settings.choices import Device
from linreg.settings.devices import available_devices, describe

PEAK = """
from linreg.settings.choices import Device
from linreg.hardware.stopwatch import LessonLoop

def kib(name):
    [line] = [line for line in open("/proc/self/status") if line.startswith(name + ":")]
    return int(line.split()[1])

LessonLoop(Device.CPU, 50).run(1)
before = kib("VmRSS")
LessonLoop(Device.CPU, 1_000_000).run(3)
print(kib("VmHWM") - before)
"""


class Scripted:
    """A loop that notes each call and moves its own clock."""

    def __init__(self) -> None:
        self.now, self.done = 100.0, list[str]()
        self.queued = 7.0  # seconds that the device is still busy with something else

    def run(self, epochs: int) -> None:
        self.done.append(f"run {epochs}")
        self.now += 0.001 * epochs  # to hand the work over
        self.queued += 2.0 * epochs

    def wait(self) -> None:
        self.done.append("wait")
        self.now, self.queued = self.now + self.queued, 0.0


def test_the_clock_runs_from_an_idle_device_to_an_idle_device() -> None:
    """Work queued before does not count; all work that the epochs queue counts."""
    loop = Scripted()
    assert timed(loop, 4, lambda: loop.now) == pytest.approx(2.001)
    assert loop.done == ["wait", "run 4", "wait"]


def test_the_epochs_that_are_timed_are_those_of_the_plain_loop() -> None:
    """Model 0 on y = 0.7 x + 0.3, 20 epochs by hand: the same weight and bias to the last bit."""
    loop = LessonLoop(Device.CPU, 50)
    loop.run(20)
    torch_random = torch.Generator().manual_seed(42)
    w, b = (torch.randn(1, generator=torch_random).requires_grad_() for _ in range(2))
    X = torch.linspace(0, 1, 50).unsqueeze(dim=1)
    y = 0.7 * X + 0.3
    for _ in range(20):
        (w * X + b - y).abs().mean().backward()  # type: ignore[no-untyped-call]
        for p in (w, b):
            assert p.grad is not None
            p.data.add_(p.grad, alpha=-0.01)
            p.grad = None
    found = [p.item() for p in loop.model.parameters()]
    assert found == [w.item(), b.item()]


def test_an_epochs_operations_are_counted() -> None:
    """At least the twelve that a loop by hand needs, at most all that PyTorch's profiler sees."""
    loop = LessonLoop(Device.CPU, 50)
    loop.run(1)
    with torch.profiler.profile() as profile:
        loop.run(1)
    names = [event.name for event in profile.events() if event.name.startswith("aten::")]
    assert {"aten::mul", "aten::abs", "aten::mean", "aten::sgn", "aten::add_"} <= set(names)
    assert 5 + 5 + 2 <= operations() <= len(names)


def test_an_epoch_needs_no_more_memory_than_assumed() -> None:
    """With a million rows a process needs a quarter to all of the memory assumed."""
    if sys.platform != "linux":
        pytest.skip("only Linux has a file with the peak memory of a process")
    # Then the allocator gives back each large block at once, so that the peak is always the same.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "1000000"}
    answer = subprocess.run(
        [sys.executable, "-c", PEAK], capture_output=True, text=True, check=True, env=environment
    )
    per_row = int(answer.stdout) * 1024 / 1_000_000
    assert ROW_BYTES / 4 < per_row <= ROW_BYTES


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA GPU")
def test_a_real_gpu_is_measured_and_gives_its_memory_back() -> None:
    """All times are positive, all memory is given back, and a row needs no more than assumed."""
    before = torch.cuda.memory_allocated()
    found = measure([Device.CPU, Device.CUDA], (50, 100_000))
    assert (found.median > 0).all()
    assert found.endings == ("", "")
    assert torch.cuda.memory_allocated() == before
    torch.cuda.reset_peak_memory_stats()
    LessonLoop(Device.CUDA, 5_000_000).run(3)
    assert torch.cuda.max_memory_allocated() - before <= ROW_BYTES * 5_000_000
    assert (free_memory(Device.CUDA) or 0) > 0
    assert torch.cuda.get_device_name() in describe(Device.CUDA)


def test_every_device_that_is_here_has_a_name_and_free_memory() -> None:
    """The name comes first; the free memory is positive, or not known."""
    for device in available_devices():
        assert describe(device).startswith(device)
        free = free_memory(device)
        assert free is None or free > 0
