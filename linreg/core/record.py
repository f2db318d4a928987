"""The record of every epoch of a run, and how the loop keeps it without being held up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.settings.choices import Device

Progress = Callable[[int, int], None]

STEPS_BETWEEN_REPORTS = 256  # about 50 ms on a small CPU


def log_interval(epochs: int) -> int:
    """Return every how many epochs a log prints: 1, 2, 5, 10 ... for ten lines at most."""
    intervals: Iterator[int] = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return next(interval for interval in intervals if 10 * interval >= epochs)


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """Every epoch of a run; read-only float32 arrays.

    train_loss: (epochs,) loss of the epoch's training rows, each before the step it led to.
    validation_loss, test_loss: (epochs,) after the epoch's last step; NaN where the set is empty.
    weight, bias: (epochs + 1,) with the initial value first.
    weight_grad, bias_grad: (epochs,) what the epoch's last step went along.
    """

    train_loss: Floats
    validation_loss: Floats
    test_loss: Floats
    weight: Floats
    bias: Floats
    weight_grad: Floats
    bias_grad: Floats

    def __post_init__(self) -> None:
        for f in fields(self):
            getattr(self, f.name).setflags(write=False)

    def __setstate__(self, state: dict[str, Floats]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling forgets that an array is read-only


class Watcher(Protocol):
    """Whom the loop tells what it has done."""

    def end_batch(self, loss: torch.Tensor, rows: int) -> None: ...

    def end_epoch(self) -> None: ...


class Recorder:
    """Keeps what the loop passes by, without holding it up."""

    def __init__(self, model: nn.Module, experiment: Experiment, progress: Progress | None) -> None:
        self._weight, self._bias = model.parameters()
        self._total = experiment.epochs
        self._progress = progress
        self._report_every = max(1, STEPS_BETWEEN_REPORTS // experiment.n_batches)
        way = _way_of_keeping(experiment.device)
        self._keep, self._read = way.keep, way.read
        self._loss: list[Any] = []
        self._rows: list[int] = []
        self._weights = [self._keep(self._weight)]
        self._biases = [self._keep(self._bias)]
        self._weight_grads: list[Any] = []
        self._bias_grads: list[Any] = []

    def end_batch(self, loss: torch.Tensor, rows: int) -> None:
        """Keep the loss of one batch, which the parameters had before this batch's step."""
        self._loss.append(self._keep(loss))
        self._rows.append(rows)

    def end_epoch(self) -> None:
        """Keep the parameters after the epoch's last step, and the gradients that it went along."""
        self._weights.append(self._keep(self._weight))
        self._biases.append(self._keep(self._bias))
        self._weight_grads.append(self._keep(self._weight.grad))
        self._bias_grads.append(self._keep(self._bias.grad))
        done = len(self._weights) - 1
        if self._progress is not None and done % self._report_every == 0:
            self._progress(done, self._total)

    def train_loss(self) -> Floats:
        """Return the mean loss over the rows of each epoch, (epochs,)."""
        losses = self._read(self._loss)
        per_epoch = len(losses) // self._total
        means = []
        for first in range(0, len(losses), per_epoch):
            rows = self._rows[first : first + per_epoch]
            epoch = losses[first : first + per_epoch]
            means.append(sum(loss * n for loss, n in zip(epoch, rows, strict=True)) / sum(rows))
        return np.array(means, dtype=np.float32)

    def parameters(self) -> tuple[Floats, Floats]:
        """Return weight and bias, each (epochs + 1,)."""
        return self._array(self._weights), self._array(self._biases)

    def gradients(self) -> tuple[Floats, Floats]:
        """Return the gradients of weight and bias, each (epochs,)."""
        return self._array(self._weight_grads), self._array(self._bias_grads)

    def _array(self, kept: list[Any]) -> Floats:
        return np.array(self._read(kept), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class _Keeping:
    """How numbers are kept during the loop, one at a time, and read after it, all at once."""

    keep: Callable[[Any], Any]
    read: Callable[[list[Any]], list[float]]


def _copy(number: torch.Tensor) -> torch.Tensor:
    return number.detach().clone()


def _fetch(copies: list[torch.Tensor]) -> list[float]:
    numbers: list[float] = torch.stack(copies).flatten().cpu().tolist()
    return numbers


_AS_FLOATS = _Keeping(keep=torch.Tensor.item, read=list)
_ON_THE_DEVICE = _Keeping(keep=_copy, read=_fetch)  # waits for it only at the end


def _way_of_keeping(device: Device) -> _Keeping:
    return _AS_FLOATS if device is Device.CPU else _ON_THE_DEVICE
