"""The record of every epoch of a run, and how it is kept without slowing the loop down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from linreg.core.losses import Floats
from linreg.settings.choices import Device

Progress = Callable[[int, int], None]
_Keeping = tuple[Callable[[Any], Any], Callable[[list[Any]], list[float]]]

STEPS_BETWEEN_REPORTS = 256  # about 50 ms on a small CPU


def log_interval(epochs: int) -> int:
    """Return how many epochs lie between two lines of a log of at most ten: 1, 2, 5, 10 ..."""
    intervals: Iterator[int] = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return next(interval for interval in intervals if 10 * interval >= epochs)


class ReadOnly:
    """A dataclass whose arrays nobody can change."""

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # unpickled arrays are writable


@dataclass(frozen=True, kw_only=True, eq=False)
class History(ReadOnly):
    """Every epoch of a run; read-only float32 arrays.

    train_loss: (epochs,) loss on the training rows; that of a batch is taken before its step.
    validation_loss, test_loss: (epochs,) after the epoch's last step; NaN where the set is empty.
    weight, bias: (epochs + 1,) the initial value, then the value after each epoch.
    weight_grad, bias_grad: (epochs,) the gradients that the epoch's last step used.
    """

    train_loss: Floats
    validation_loss: Floats
    test_loss: Floats
    weight: Floats
    bias: Floats
    weight_grad: Floats
    bias_grad: Floats


class Recorder:
    """What the training loop reports to. This one keeps nothing."""

    def end_batch(self, loss: torch.Tensor, rows: int) -> None:
        """Receive the loss that a batch had before its step, and its number of rows."""

    def end_epoch(self) -> None:
        """Receive the end of an epoch: the model has its new parameters."""


class HistoryRecorder(Recorder):
    """Keeps the numbers of every epoch. On a GPU it does not wait for them during training.

    epochs, n_batches: of the whole training, and of each epoch. progress: as for `train`.
    """

    def __init__(
        self, model: nn.Module, epochs: int, n_batches: int, progress: Progress | None
    ) -> None:
        self._weight, self._bias = model.parameters()
        self._total = epochs
        self._progress = progress
        self._report_every = max(1, STEPS_BETWEEN_REPORTS // n_batches)
        self._keep, self._read = _way_of_keeping(self._weight.device)
        self._loss: list[Any] = []
        self._rows: list[int] = []
        self._weights = [self._keep(self._weight)]
        self._biases = [self._keep(self._bias)]
        self._weight_grads: list[Any] = []
        self._bias_grads: list[Any] = []

    @property
    def epochs(self) -> int:
        """How many epochs have ended."""
        return len(self._weight_grads)

    def end_batch(self, loss: torch.Tensor, rows: int) -> None:
        """Keep the loss of one batch, and its number of rows."""
        self._loss.append(self._keep(loss))
        self._rows.append(rows)

    def end_epoch(self) -> None:
        """Keep the parameters, and the gradients that the epoch's last step used."""
        self._weights.append(self._keep(self._weight))
        self._biases.append(self._keep(self._bias))
        self._weight_grads.append(self._keep(_gradient(self._weight)))
        self._bias_grads.append(self._keep(_gradient(self._bias)))
        if self._progress is not None and self.epochs % self._report_every == 0:
            self._progress(self.epochs, self._total)

    def numbers(self) -> tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Return train_loss, (weight, bias) and (weight_grad, bias_grad), as in `History`."""
        parameters = self._array(self._weights), self._array(self._biases)
        gradients = self._array(self._weight_grads), self._array(self._bias_grads)
        return self._train_loss(), parameters, gradients

    def _train_loss(self) -> Floats:
        """Return the mean loss over the rows of each epoch, (epochs,)."""
        losses = self._read(self._loss)
        per_epoch = len(losses) // self._total
        means = []
        for first in range(0, len(losses), per_epoch):
            rows = self._rows[first : first + per_epoch]
            epoch = losses[first : first + per_epoch]
            means.append(sum(loss * n for loss, n in zip(epoch, rows, strict=True)) / sum(rows))
        return np.array(means, dtype=np.float32)

    def _array(self, kept: list[Any]) -> Floats:
        return np.array(self._read(kept), dtype=np.float32)


def _gradient(parameter: torch.Tensor) -> torch.Tensor:
    """Return the parameter's gradient; NaN if it is None, as without backward()."""
    grad = parameter.grad
    return torch.full_like(parameter, torch.nan) if grad is None else grad


def _copy(number: torch.Tensor) -> torch.Tensor:
    return number.detach().clone()


def _fetch(copies: list[torch.Tensor]) -> list[float]:
    numbers: list[float] = torch.stack(copies).flatten().cpu().tolist()
    return numbers


_AS_FLOATS: _Keeping = (torch.Tensor.item, list)
_ON_THE_DEVICE: _Keeping = (_copy, _fetch)  # waits for the device only at the end


def _way_of_keeping(device: torch.device) -> _Keeping:
    """Return what keeps a number during training, and what reads all kept numbers afterwards."""
    return _AS_FLOATS if device.type == Device.CPU else _ON_THE_DEVICE
