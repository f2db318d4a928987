"""The lesson's code with one thing wrong: each mistake as the few lines that it changes.

Functions that are called before training take the `Trainer` and change it. Faulty steps and test
loops have the arguments of the right ones, `five_steps` and `test_loop`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from linreg.core.experiment import Experiment
from linreg.core.models import MODELS, make_model
from linreg.core.seeding import Stream, generator
from linreg.core.training import StepFunction, five_steps, make_batches, make_scheduler
from linreg.settings.choices import Device, Model
from linreg.settings.devices import available_devices
from linreg.walkthrough.resume import Trainer

STAND_IN = "meta"  # PyTorch's device of shapes without numbers, which every machine has

OTHER_MODEL = {Model.PARAMETER: Model.LINEAR, Model.LINEAR: Model.PARAMETER}


def steps_in_order(*lines: str) -> StepFunction:
    """Return a step that computes predictions and loss, and then runs `lines` in their order.

    Arguments:
        lines: some of "zero_grad", "backward" and "step".
    """

    def step(
        model: nn.Module, loss_fn: nn.Module, optimizer: Optimizer, X: Tensor, y: Tensor
    ) -> Any:
        loss = loss_fn(model(X), y)
        for line in lines:
            getattr(loss if line == "backward" else optimizer, line)()
        return loss

    return step


def steps_under_no_grad(
    model: nn.Module, loss_fn: nn.Module, optimizer: Optimizer, X: Tensor, y: Tensor
) -> Any:
    """Run the five steps without recording a graph; backward() raises RuntimeError."""
    with torch.no_grad():
        return five_steps(model, loss_fn, optimizer, X, y)


def test_loop_with_graph(
    model: nn.Module, loss_fn: nn.Module, X: Tensor, y: Tensor
) -> tuple[Tensor, Tensor]:
    """Leave out inference_mode(): predictions and loss keep the graph that leads to them."""
    model.eval()
    y_pred = model(X)
    return y_pred, loss_fn(y_pred, y)


def make_model_again(trainer: Trainer) -> None:
    """Make the model again when the optimizer already has the first one's parameters."""
    experiment = trainer.experiment
    trainer.model = make_model(experiment.model, experiment.seed).to(experiment.device)


def forget_unsqueeze(trainer: Trainer) -> None:
    """Give every y the shape (rows,), while predictions have (rows, 1)."""
    data = trainer.data
    trainer.data = replace(
        data,
        y_train=data.y_train.squeeze(dim=1),
        y_validation=data.y_validation.squeeze(dim=1),
        y_test=data.y_test.squeeze(dim=1),
    )
    trainer.batches = make_batches(trainer.experiment, trainer.data)
    trainer.loss_fn = _Broadcast(trainer.loss_fn)


class _Broadcast(nn.Module):
    """A loss function that pairs every prediction with every y before it compares them.

    `nn.L1Loss` and the others would broadcast to the same pairs, bit for bit, and warn at each
    call. The filters of warnings belong to the whole process, so `raised.broadcast_warnings` asks
    for the warning outside of training.
    """

    def __init__(self, loss_fn: nn.Module) -> None:
        super().__init__()
        self.loss_fn = loss_fn

    def forward(self, y_pred: Tensor, y: Tensor) -> Tensor:
        rows = len(y)
        # (rows, 1) and (rows,), each as (rows, rows)
        loss: Tensor = self.loss_fn(y_pred.expand(-1, rows), y.expand(rows, -1))
        return loss


def train_on_test_rows(trainer: Trainer) -> None:
    """Make the batches from the test rows."""
    data = trainer.data
    swapped = replace(data, X_train=data.X_test, y_train=data.y_test)
    trainer.batches = make_batches(trainer.experiment, swapped)


def use_lr(rate: Callable[[Experiment], float]) -> Callable[[Trainer], None]:
    """Return a function that gives the optimizer the learning rate `rate(experiment)`."""

    def prepare(trainer: Trainer) -> None:
        trainer.optimizer.param_groups[0]["lr"] = rate(trainer.experiment)
        trainer.scheduler = make_scheduler(trainer.experiment, trainer.optimizer)

    return prepare


def large_lr(experiment: Experiment) -> float:
    """Return a thousand times the learning rate, without rounding errors of binary fractions."""
    return float(f"{experiment.lr * 1000:.10g}")


def small_lr(experiment: Experiment) -> float:
    """Return a hundredth of the learning rate: 0.0001 for the lesson's 0.01."""
    return float(f"{experiment.lr / 100:.10g}")


def separate_model_and_data(trainer: Trainer) -> None:
    """Move the model to the second device and the rows to the CPU."""
    trainer.model.to(second_device(trainer.experiment))
    trainer.data = trainer.data.to(Device.CPU)
    trainer.batches = make_batches(trainer.experiment, trainer.data)


def second_device(experiment: Experiment) -> str:
    """Return the experiment's device; if that is the CPU, another one here, or the stand-in."""
    if experiment.device is not Device.CPU:
        return experiment.device
    others = available_devices()[1:]
    return others[0] if others else STAND_IN


def model_of_other_class(experiment: Experiment) -> nn.Module:
    """Return a new instance of the lesson's other class.

    Its values are those that the lesson's notebook would draw after the values of its own model.
    """
    random = generator(experiment.seed, Stream.MODEL)
    MODELS[experiment.model](random)
    return MODELS[OTHER_MODEL[experiment.model]](random)
