"""The seconds that an epoch takes on one device with one number of points.

The epoch is that of the lesson's loop: model 0, L1 loss, plain SGD, all rows in one batch.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Protocol

import torch

from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.core.record import Recorder
from linreg.core.training import make_optimizer, training_loop
from linreg.engines.torch_internals import Operation, Watched
from linreg.settings.choices import Device

Clock = Callable[[], float]


class TimedLoop(Protocol):
    """A training loop on a device, which may still be computing when Python goes on."""

    def run(self, epochs: int) -> None: ...

    def wait(self) -> None: ...


class LessonLoop:
    """The lesson's loop with its model 0 and its data on a device."""

    def __init__(self, device: Device, rows: int) -> None:
        lesson = Experiment()
        X = torch.linspace(0, 1, rows, device=device).unsqueeze(dim=1)  # (rows, 1)
        self._batches = [(X, lesson.weight * X + lesson.bias)]
        self.model = make_model(lesson.model, lesson.seed).to(device)
        self._loss_fn = make_loss(lesson.loss)
        self._optimizer = make_optimizer(lesson, self.model)
        self._device = device

    def run(self, epochs: int) -> None:
        """Run the five steps for some epochs; a GPU may still be computing when this returns."""
        training_loop(
            self.model, self._batches, self._loss_fn, self._optimizer, None, epochs, Recorder()
        )

    def wait(self) -> None:
        """Return when the device has finished all its work."""
        if self._device is Device.CUDA:
            torch.cuda.synchronize()
        elif self._device is Device.MPS:
            torch.mps.synchronize()


def timed(loop: TimedLoop, epochs: int, clock: Clock = time.perf_counter) -> float:
    """Return the mean number of seconds that an epoch takes, over several in a row."""
    loop.wait()  # earlier work of the device does not count
    start = clock()
    loop.run(epochs)
    loop.wait()  # until here a GPU's operations may only have been queued
    return (clock() - start) / epochs


def release(device: Device) -> None:
    """Give back the device's memory that PyTorch keeps for later use."""
    if device is Device.CUDA:
        torch.cuda.empty_cache()
    elif device is Device.MPS:
        torch.mps.empty_cache()


@cache
def operations() -> int:
    """Return how many operations PyTorch carries out in one epoch of the lesson's loop."""
    loop = LessonLoop(Device.CPU, 2)
    loop.run(1)  # the first epoch also creates the gradients
    seen: list[Operation] = []
    with Watched(seen.append):
        loop.run(1)
    return sum(operation.namespace != "profiler" for operation in seen)  # those only mark time
