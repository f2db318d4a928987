"""The five steps one at a time, with every tensor in between.

The run's own training resumes shortly before the step in question, and keeps what that step reads
and writes. All numbers are bit for bit those that training records; tests hold that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.core.training import five_steps
from linreg.formatting import shown
from linreg.walkthrough.resume import Bookmark, Trainer


class Moment(StrEnum):
    """A line of the loop, by what it does."""

    FORWARD = "forward"
    LOSS = "loss"
    ZERO_GRAD = "zero_grad"
    BACKWARD = "backward"
    STEP = "step"
    TEST = "test"


FIVE_STEPS = tuple(moment for moment in Moment if moment is not Moment.TEST)
"""The statements of `five_steps`, in their order."""


class Pair(NamedTuple):
    """One number for each parameter: values, gradients, or numbers of the optimizer's state."""

    weight: float
    bias: float


class Position(NamedTuple):
    """One line of one batch of one epoch. Batch and epoch are counted from 0."""

    epoch: int
    batch: int
    moment: Moment


START = Position(0, 0, Moment.FORWARD)


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What one step of training reads and writes; all numbers are float32.

    X, y, y_pred: (rows,) of the step's batch, read-only.
    loss: the result of `loss_fn(y_pred, y)`.
    old_grad: .grad before zero_grad(), from the previous step; None in the first step of a run.
    grad: .grad after backward().
    before, after: the parameters before and after step().
    old_state, state: the optimizer's own numbers before and after step(): momentum_buffer, or
        exp_avg and exp_avg_sq; empty for plain SGD, and before the first step of a run.
    """

    X: Floats
    y: Floats
    y_pred: Floats
    loss: float
    old_grad: Pair | None
    grad: Pair
    before: Pair
    after: Pair
    old_state: Mapping[str, Pair]
    state: Mapping[str, Pair]


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """One step of one epoch, and the test loop after the epoch.

    epoch, batch: the position of the step; both are counted from 0.
    parameters: name and shape of both parameters, as in the state_dict.
    lr: the learning rate of this epoch.
    end: the parameters after the epoch's last step, which the test loop evaluates.
    X_test, y_test, test_pred: (rows,), read-only; empty where there is no test set. The same of the
    validation set.
    test_loss, validation_loss: NaN where there is no such set.
    """

    experiment: Experiment
    epoch: int
    batch: int
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    lr: float
    step: Step
    end: Pair
    X_validation: Floats
    y_validation: Floats
    validation_pred: Floats
    validation_loss: float
    X_test: Floats
    y_test: Floats
    test_pred: Floats
    test_loss: float


def walk(experiment: Experiment, places: tuple[Bookmark, ...], epoch: int, batch: int = 0) -> Walk:
    """Return the step of one batch of one epoch, with all that it reads and writes.

    Arguments:
        experiment: the settings of the run. places: its bookmarks.
        epoch: 0 to epochs - 1. batch: 0 to n_batches - 1.

    Raises:
        ValueError: there is no such epoch or batch.
    """
    _check("epoch", epoch, experiment.epochs)
    _check("batch", batch, experiment.n_batches)
    trainer = Trainer(experiment)
    trainer.go_to([place for place in places if place.epoch <= epoch][-1])
    trainer.run(epoch - trainer.epoch)
    lr = float(trainer.optimizer.param_groups[0]["lr"])
    steps = _next_epoch(trainer)
    data, model, loss_fn = trainer.data, trainer.model, trainer.loss_fn
    X, y = data.X_validation, data.y_validation
    validation_pred, validation_loss = test_loop(model, loss_fn, X, y)
    test_pred, test_loss = test_loop(model, loss_fn, data.X_test, data.y_test)
    return Walk(
        experiment=experiment,
        epoch=epoch,
        batch=batch,
        parameters=tuple((name, tuple(p.shape)) for name, p in trainer.model.named_parameters()),
        lr=lr,
        step=steps[batch],
        end=_pair(trainer.model.parameters()),
        X_validation=_row(X),
        y_validation=_row(y),
        validation_pred=_row(validation_pred),
        validation_loss=validation_loss.item(),
        X_test=_row(data.X_test),
        y_test=_row(data.y_test),
        test_pred=_row(test_pred),
        test_loss=test_loss.item(),
    )


def positions_of(experiment: Experiment, epoch: int) -> tuple[Position, ...]:
    """Return all positions of an epoch: the five lines of each batch, then the test loop."""
    batches = range(experiment.n_batches)
    steps = [Position(epoch, batch, moment) for batch in batches for moment in FIVE_STEPS]
    return (*steps, Position(epoch, experiment.n_batches - 1, Moment.TEST))


def moved(experiment: Experiment, place: Position, lines: int) -> Position:
    """Return the next (`lines` = 1) or previous (-1) position; at an end of the run, the same."""
    here = positions_of(experiment, place.epoch)
    there = here.index(place) + lines
    if 0 <= there < len(here):
        return here[there]
    epoch = place.epoch + lines
    if not 0 <= epoch < experiment.epochs:
        return place
    return positions_of(experiment, epoch)[0 if lines > 0 else -1]


def _next_epoch(trainer: Trainer) -> list[Step]:
    """Train for one more epoch; return what each batch's step read and wrote."""
    steps: list[Step] = []

    def watched_steps(
        model: nn.Module, loss_fn: nn.Module, optimizer: Optimizer, X: Tensor, y: Tensor
    ) -> Any:
        before, old_grads = _pair(model.parameters()), _gradients(model)
        old_state = _state(optimizer, model)
        with torch.inference_mode():
            y_pred = model(X)  # the same numbers as those of step 1
        loss = five_steps(model, loss_fn, optimizer, X, y)
        step = Step(
            X=_row(X),
            y=_row(y),
            y_pred=_row(y_pred),
            loss=loss.item(),
            old_grad=_pair(old_grads) if old_grads else None,
            grad=_pair(_gradients(model)),
            before=before,
            after=_pair(model.parameters()),
            old_state=old_state,
            state=_state(optimizer, model),
        )
        steps.append(step)
        return loss

    trainer.run(1, step=watched_steps)
    return steps


def test_loop(
    model: nn.Module, loss_fn: nn.Module, X_test: Tensor, y_test: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the predictions for the test set, (rows, 1), and their loss; NaN without rows."""
    model.eval()  # switches layers such as dropout off; this model has none
    with torch.inference_mode():  # no graph is recorded
        test_pred = model(X_test)  # forward pass on rows that training never uses
        test_loss = loss_fn(test_pred, y_test)  # how wrong it is there
    return test_pred, test_loss


def _check(name: str, number: int, count: int) -> None:
    if not 0 <= number < count:
        raise ValueError(
            f"{name} must be a whole number from 0 to {count - 1}, not {shown(number)}."
        )


def _pair(tensors: Iterable[Tensor]) -> Pair:
    weight, bias = (tensor.item() for tensor in tensors)
    return Pair(weight, bias)


def _gradients(model: nn.Module) -> list[Tensor]:
    return [p.grad for p in model.parameters() if p.grad is not None]


def _state(optimizer: Optimizer, model: nn.Module) -> Mapping[str, Pair]:
    """Return the optimizer's own numbers for each parameter, under PyTorch's names."""
    kept: list[dict[str, Any]] = [optimizer.state[p] for p in model.parameters()]
    names = [name for name in kept[0] if name != "step" and kept[0][name] is not None]
    return MappingProxyType({name: _pair(state[name] for state in kept) for name in names})


def _row(column: Tensor) -> Floats:
    row: Floats = column.detach().cpu().numpy().ravel().copy()
    row.setflags(write=False)
    return row
