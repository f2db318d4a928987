"""How long an epoch takes: what is timed, and how, on a device that may still be at it.

What is timed is the lesson's own loop: model 0, L1 loss, plain SGD, all rows in one batch.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.core.record import Recorder
from linreg.core.training import make_optimizer, training_loop
from linreg.settings.choices import Device

Clock = Callable[[], float]

LESSON = Experiment()


class Work(Protocol):
    """What can be timed: epochs, and a wait for the device to have done them."""

    def run(self, epochs: int) -> None: ...

    def wait(self) -> None: ...


class LessonWork:
    """The lesson's model 0 and its data on a device, ready for the loop."""

    def __init__(self, device: Device, rows: int) -> None:
        X = torch.linspace(0, 1, rows, device=device).unsqueeze(dim=1)  # (rows, 1)
        self._batches = [(X, LESSON.weight * X + LESSON.bias)]
        self.model = make_model(LESSON.model, LESSON.seed).to(device)
        self._loss_fn = make_loss(LESSON.loss)
        self._optimizer = make_optimizer(LESSON, self.model)
        self._device = device

    def run(self, epochs: int) -> None:
        """Run the five steps so many times; a GPU may still be at it when this returns."""
        training_loop(
            self.model, self._batches, self._loss_fn, self._optimizer, None, epochs, Recorder()
        )

    def wait(self) -> None:
        """Return when the device has done all that it was given."""
        if self._device is Device.CUDA:
            torch.cuda.synchronize()
        elif self._device is Device.MPS:
            torch.mps.synchronize()


def timed(work: Work, epochs: int, clock: Clock = time.perf_counter) -> float:
    """Return how many seconds an epoch takes, the mean of some in a row."""
    work.wait()  # what the device still had to do is not part of it
    start = clock()
    work.run(epochs)
    work.wait()  # until here a GPU's operations may only have been queued
    return (clock() - start) / epochs


def release(device: Device) -> None:
    """Give the device's memory back that PyTorch keeps for later."""
    if device is Device.CUDA:
        torch.cuda.empty_cache()
    elif device is Device.MPS:
        torch.mps.empty_cache()


@cache
def operations() -> int:
    """Return how many operations PyTorch carries out in one epoch of the lesson's loop."""
    work = LessonWork(Device.CPU, 2)
    work.run(1)  # the first one also makes what later ones find
    with _Counter() as counter:
        work.run(1)
    count: int = counter.count
    return count


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts operations; PyTorch's marks for its own profiler are none."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        del types
        self.count += func.namespace != "profiler"
        return func(*args, **(kwargs or {}))
