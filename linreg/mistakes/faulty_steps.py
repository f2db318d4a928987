"""The lesson's code with one thing wrong: each mistake as the few lines that it changes.

Everything else stays as it is in the lesson. What becomes of it is for `mistakes` to find out.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from linreg.core.experiment import Experiment
from linreg.core.models import MODELS, make_model
from linreg.core.seeding import Stream, generator
from linreg.core.training import make_batches, make_scheduler
from linreg.settings.choices import Device, Model
from linreg.settings.devices import available_devices
from linreg.walkthrough.resume import Training
from linreg.walkthrough.walk import test_loop

STAND_IN = "meta"  # PyTorch's device of shapes without numbers, which every machine has

OTHER_MODEL = {Model.PARAMETER: Model.LINEAR, Model.LINEAR: Model.PARAMETER}


def five_steps(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Run the lesson's five steps as they should be; return the loss of step 2."""
    y_pred = lesson.model(X)  # (rows, 1)
    loss = lesson.loss_fn(y_pred, y)
    lesson.optimizer.zero_grad()
    loss.backward()
    lesson.optimizer.step()
    return loss


def without_zero_grad(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Leave out step 3: backward() adds to the gradients of all steps before."""
    y_pred = lesson.model(X)
    loss = lesson.loss_fn(y_pred, y)
    loss.backward()
    lesson.optimizer.step()
    return loss


def without_backward(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Leave out step 4: every .grad stays None, and step() passes such parameters over."""
    y_pred = lesson.model(X)
    loss = lesson.loss_fn(y_pred, y)
    lesson.optimizer.zero_grad()
    lesson.optimizer.step()
    return loss


def without_step(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Leave out step 5: gradients are computed and never used."""
    y_pred = lesson.model(X)
    loss = lesson.loss_fn(y_pred, y)
    lesson.optimizer.zero_grad()
    loss.backward()
    return loss


def step_before_backward(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Swap steps 4 and 5: step() comes when zero_grad() has just emptied every .grad."""
    y_pred = lesson.model(X)
    loss = lesson.loss_fn(y_pred, y)
    lesson.optimizer.zero_grad()
    lesson.optimizer.step()
    loss.backward()
    return loss


def steps_under_no_grad(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> Any:
    """Run the five steps where nothing is recorded; backward() raises RuntimeError."""
    with torch.no_grad():
        return five_steps(lesson, X, y)


def keep_all(_lesson: Training) -> None:
    """Change nothing before training."""


def make_model_again(lesson: Training) -> None:
    """Make the model anew once the optimizer has taken the first one's parameters."""
    experiment = lesson.experiment
    lesson.model = make_model(experiment.model, experiment.seed).to(experiment.device)


def forget_unsqueeze(lesson: Training) -> None:
    """Give every y the shape (rows,) beside predictions of (rows, 1)."""
    data = lesson.data
    lesson.data = replace(
        data,
        y_train=data.y_train.squeeze(dim=1),
        y_validation=data.y_validation.squeeze(dim=1),
        y_test=data.y_test.squeeze(dim=1),
    )
    lesson.batches = make_batches(lesson.experiment, lesson.data)
    lesson.loss_fn = _Broadcast(lesson.loss_fn)


class _Broadcast(nn.Module):
    """A loss function that is given the square of pairs which it would otherwise make itself.

    `nn.L1Loss` and its like would broadcast to the same pairs, bit for bit, and warn at each call.
    How Python treats a warning is up to the whole process; `raised.broadcast_warnings` asks for it
    apart from training.
    """

    def __init__(self, loss_fn: nn.Module) -> None:
        super().__init__()
        self.loss_fn = loss_fn

    def forward(self, y_pred: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        rows = len(y)
        # (rows, 1) and (rows,), each as (rows, rows)
        loss: torch.Tensor = self.loss_fn(y_pred.expand(-1, rows), y.expand(rows, -1))
        return loss


def train_on_test_rows(lesson: Training) -> None:
    """Put the test rows where the training rows belong."""
    data = lesson.data
    swapped = replace(data, X_train=data.X_test, y_train=data.y_test)
    lesson.batches = make_batches(lesson.experiment, swapped)


def raise_lr(lesson: Training) -> None:
    """Give the optimizer a learning rate a thousand times as large."""
    _set_lr(lesson, large_lr(lesson.experiment))


def lower_lr(lesson: Training) -> None:
    """Give the optimizer a hundredth of the learning rate: 0.0001 for the lesson's 0.01."""
    _set_lr(lesson, small_lr(lesson.experiment))


def large_lr(experiment: Experiment) -> float:
    """Return a thousand times the learning rate, without the dust of binary fractions."""
    return float(f"{experiment.lr * 1000:.10g}")


def small_lr(experiment: Experiment) -> float:
    """Return a hundredth of the learning rate: two zeros too many."""
    return float(f"{experiment.lr / 100:.10g}")


def _set_lr(lesson: Training, lr: float) -> None:
    lesson.optimizer.param_groups[0]["lr"] = lr
    lesson.scheduler = make_scheduler(lesson.experiment, lesson.optimizer)


def part_model_and_data(lesson: Training) -> None:
    """Move the model to the second device and leave the rows on the CPU."""
    lesson.model.to(second_device(lesson.experiment))
    lesson.data = lesson.data.to(Device.CPU)
    lesson.batches = make_batches(lesson.experiment, lesson.data)


def second_device(experiment: Experiment) -> str:
    """Return a device beside the CPU: the experiment's, one that is here, else the stand-in."""
    if experiment.device is not Device.CPU:
        return experiment.device
    others = available_devices()[1:]
    return others[0] if others else STAND_IN


def in_inference_mode(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the loss on (X, y) as it should be taken: no graph comes with it."""
    _, loss = test_loop(lesson.model, lesson.loss_fn, X, y)
    return loss


def without_inference_mode(lesson: Training, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the loss on (X, y) with the graph that leads to it."""
    lesson.model.eval()
    loss: torch.Tensor = lesson.loss_fn(lesson.model(X), y)
    return loss


def model_of_other_class(experiment: Experiment) -> nn.Module:
    """Return a new instance of the lesson's other class.

    Its values are those that the lesson's notebook would draw next: the model's come first.
    """
    random = generator(experiment.seed, Stream.MODEL)
    MODELS[experiment.model](random)
    return MODELS[OTHER_MODEL[experiment.model]](random)
