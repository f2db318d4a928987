"""The training loop of the lesson, and the result of a run.

`train` is deterministic and safe in threads: it shares nothing with other runs and does not change
PyTorch's global generator, thread counts or default types. It knows nothing about pages.
"""

import io
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, StepLR
from torch.utils.data import DataLoader, TensorDataset

from linreg.core.data import Split, split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats, losses_at, make_loss
from linreg.core.models import make_model, model_at
from linreg.core.record import History, HistoryRecorder, Progress, Recorder
from linreg.core.seeding import Stream, generator
from linreg.settings.choices import Mistake, Optimizer, Schedule
from linreg.settings.devices import available_devices

Batches = Iterable[Iterable[Tensor]]
StepFunction = Callable[[nn.Module, nn.Module, torch.optim.Optimizer, Tensor, Tensor], Any]

MOMENTUM = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """The result of one training: its settings and its history."""

    experiment: Experiment
    history: History

    @property
    def checkpoint(self) -> bytes:
        """What torch.save(model.state_dict()) writes for the trained model on the CPU."""
        file = io.BytesIO()
        torch.save(self._model().state_dict(), file)
        return file.getvalue()

    def state_dict(self) -> OrderedDict[str, Tensor]:
        """Return the learned parameters under the lesson's keys: fresh copies, on the CPU."""
        return OrderedDict(self._model().state_dict())

    def predict(self, X: Tensor) -> Tensor:
        """Return what the trained model predicts for X of shape (rows, 1): the same shape."""
        return predict(self._model(), X)

    def _model(self) -> nn.Module:
        """Return the trained model, from the history."""
        weight, bias = self.history.weight[-1], self.history.bias[-1]
        return model_at(self.experiment.model, weight, bias)


def predict(model: nn.Module, X: Tensor) -> Tensor:
    """Return the model's predictions for X, in eval() and inference_mode() as in the lesson."""
    model.eval()
    with torch.inference_mode():
        y_preds: Tensor = model(X)
    return y_preds


def five_steps(
    model: nn.Module, loss_fn: nn.Module, optimizer: torch.optim.Optimizer, X: Tensor, y: Tensor
) -> Any:
    """Train on one batch, X and y of shape (rows, 1); return the loss before the step, a tensor."""
    y_pred = model(X)  # 1. forward pass: predictions, (rows, 1)
    loss = loss_fn(y_pred, y)  # 2. how wrong they are, a single number
    optimizer.zero_grad()  # 3. clear the last step's gradients
    loss.backward()  # 4. backpropagation: fills every parameter's .grad
    optimizer.step()  # 5. gradient descent: moves every parameter against its .grad
    return loss


def training_loop(
    model: nn.Module,
    batches: Batches,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    scheduler: LRScheduler | None,
    epochs: int,
    recorder: Recorder,
    step: StepFunction = five_steps,
) -> None:
    """Train `model`: run `step` on each batch of each epoch."""
    model.train()
    for _epoch in range(epochs):
        for X, y in batches:
            loss = step(model, loss_fn, optimizer, X, y)
            recorder.end_batch(loss, len(y))
        if scheduler is not None:
            scheduler.step()
        recorder.end_epoch()


def train(experiment: Experiment, progress: Progress | None = None) -> Run:
    """Return the run of `experiment`.

    Arguments:
        experiment: the settings of the run.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the run and reaches the caller.

    Raises:
        ValueError: this machine does not have the experiment's device; or the experiment has a
            mistake, for which there is `run_mistake`.
    """
    check_device(experiment)
    if experiment.mistake is not Mistake.NONE:
        raise ValueError(
            f"mistake must be none to train, not {experiment.mistake}; use run_mistake for that."
        )
    data = split_data(experiment).to(experiment.device)
    model = make_model(experiment.model, experiment.seed).to(experiment.device)
    batches, loss_fn = make_batches(experiment, data), make_loss(experiment.loss)
    optimizer = make_optimizer(experiment, model)
    scheduler = make_scheduler(experiment, optimizer)
    recorder = HistoryRecorder(model, experiment.epochs, experiment.n_batches, progress)
    training_loop(model, batches, loss_fn, optimizer, scheduler, experiment.epochs, recorder)
    return make_run(experiment, data, *recorder.numbers())


def check_device(experiment: Experiment) -> None:
    """Raise ValueError if this machine does not have the experiment's device."""
    if experiment.device not in available_devices():
        present = ", ".join(available_devices())
        raise ValueError(
            f"device must be one of {present} on this machine, not {experiment.device}."
        )


def make_batches(experiment: Experiment, data: Split) -> Batches:
    """Return the batches of an epoch: a list with one batch of all rows, or a DataLoader."""
    if experiment.batch_size is None:
        return [(data.X_train, data.y_train)]
    return DataLoader(
        TensorDataset(data.X_train, data.y_train),
        batch_size=experiment.batch_size,
        shuffle=True,
        generator=generator(experiment.seed, Stream.BATCHES),
    )


def make_optimizer(experiment: Experiment, model: nn.Module) -> torch.optim.Optimizer:
    """Return the optimizer of the model's parameters.

    `foreach=False` updates the parameters one by one: the same numbers, and faster for only two.
    """
    if experiment.optimizer is Optimizer.ADAM:
        return torch.optim.Adam(model.parameters(), lr=experiment.lr, foreach=False)
    momentum = MOMENTUM if experiment.optimizer is Optimizer.MOMENTUM else 0
    return torch.optim.SGD(model.parameters(), lr=experiment.lr, momentum=momentum, foreach=False)


def make_scheduler(experiment: Experiment, optimizer: torch.optim.Optimizer) -> LRScheduler | None:
    """Return the scheduler that changes the learning rate after each epoch; None for no change."""
    if experiment.schedule is Schedule.STEP:
        return StepLR(optimizer, step_size=math.ceil(experiment.epochs / 3), gamma=0.1)
    if experiment.schedule is Schedule.COSINE:
        return CosineAnnealingLR(optimizer, T_max=experiment.epochs)
    return None


def make_run(
    experiment: Experiment,
    data: Split,
    train_loss: Floats,
    parameters: tuple[Floats, Floats],
    gradients: tuple[Floats, Floats],
) -> Run:
    """Return the run with these numbers, which are as in `History`."""
    weight, bias = parameters

    def after_each_epoch(X: Tensor, y: Tensor) -> Floats:
        return losses_at(weight[1:], bias[1:], X, y, experiment.loss, experiment.model)

    history = History(
        train_loss=train_loss,
        validation_loss=after_each_epoch(data.X_validation, data.y_validation),
        test_loss=after_each_epoch(data.X_test, data.y_test),
        weight=weight,
        bias=bias,
        weight_grad=gradients[0],
        bias_grad=gradients[1],
    )
    return Run(experiment=experiment, history=history)
