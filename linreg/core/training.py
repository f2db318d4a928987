"""The training loop of the lesson, and the record of a run.

`train` is deterministic and safe in threads: it shares nothing with other runs and leaves PyTorch's
global generator, thread counts and default types alone. It knows of no page and no progress bar.
"""

import io
import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, StepLR
from torch.utils.data import DataLoader, TensorDataset

from linreg.core.data import Split, split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats, losses_at, make_loss
from linreg.core.models import make_model
from linreg.core.record import History, Progress, Recorder, Watcher
from linreg.core.seeding import Stream, generator
from linreg.settings.choices import Mistake, Optimizer, Schedule
from linreg.settings.devices import available_devices

Batches = Iterable[Iterable[torch.Tensor]]

MOMENTUM = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """What one training left: its settings, the history, and the file that keeps the result."""

    experiment: Experiment
    history: History
    checkpoint: bytes  # what torch.save(model.state_dict()) writes

    def state_dict(self) -> OrderedDict[str, torch.Tensor]:
        """Return the learned parameters under the lesson's keys: fresh copies, on the CPU."""
        return OrderedDict(self._model().state_dict())

    def predict(self, X: torch.Tensor) -> torch.Tensor:
        """Return what the trained model predicts for X of shape (rows, 1): the same shape."""
        return predict(self._model(), X)

    def _model(self) -> nn.Module:
        """Return the trained model; the file says the same, but takes longer to read."""
        model = make_model(self.experiment.model, self.experiment.seed)
        with torch.no_grad():
            for parameter, values in zip(
                model.parameters(), (self.history.weight, self.history.bias), strict=True
            ):
                parameter.fill_(float(values[-1]))
        return model


def predict(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """Return the model's predictions for X as the lesson makes them: eval(), inference_mode()."""
    model.eval()
    with torch.inference_mode():
        y_preds: torch.Tensor = model(X)
    return y_preds


def training_loop(
    model: nn.Module,
    batches: Batches,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    scheduler: LRScheduler | None,
    epochs: int,
    recorder: Watcher,
) -> None:
    """Train `model`: the five steps, for each batch of each epoch."""
    model.train()
    for _epoch in range(epochs):
        for X, y in batches:
            y_pred = model(X)  # 1. forward pass: predictions, (rows, 1)
            loss = loss_fn(y_pred, y)  # 2. how wrong they are, a single number
            optimizer.zero_grad()  # 3. forget the last step's gradients
            loss.backward()  # 4. backpropagation: fills every parameter's .grad
            optimizer.step()  # 5. gradient descent: moves every parameter against its .grad
            recorder.end_batch(loss, len(y))
        if scheduler is not None:
            scheduler.step()
        recorder.end_epoch()


def train(experiment: Experiment, progress: Progress | None = None) -> Run:
    """Return the run of `experiment`.

    Arguments:
        experiment: what to run.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the run and passes through.

    Raises:
        ValueError: this machine does not have the experiment's device; or the experiment holds a
            mistake, which `run_mistake` runs.
    """
    check_device(experiment)
    if experiment.mistake is not Mistake.NONE:
        raise ValueError(
            f"mistake must be none to train, not {experiment.mistake}; use run_mistake for that."
        )
    data = split_data(experiment).to(experiment.device)
    model = make_model(experiment.model, experiment.seed).to(experiment.device)
    optimizer = make_optimizer(experiment, model)
    recorder = Recorder(model, experiment, progress)
    training_loop(
        model,
        make_batches(experiment, data),
        make_loss(experiment.loss),
        optimizer,
        make_scheduler(experiment, optimizer),
        experiment.epochs,
        recorder,
    )
    return make_run(
        experiment,
        data,
        model,
        recorder.train_loss(),
        recorder.parameters(),
        recorder.gradients(),
    )


def check_device(experiment: Experiment) -> None:
    """Raise ValueError where this machine does not have the experiment's device."""
    if experiment.device not in available_devices():
        present = ", ".join(available_devices())
        raise ValueError(
            f"device must be one of {present} on this machine, not {experiment.device}."
        )


def make_batches(experiment: Experiment, data: Split) -> Batches:
    """Return what the loop passes over in each epoch: one batch of all rows, or a DataLoader."""
    if experiment.batch_size is None:
        return [(data.X_train, data.y_train)]
    return DataLoader(
        TensorDataset(data.X_train, data.y_train),
        batch_size=experiment.batch_size,
        shuffle=True,
        generator=generator(experiment.seed, Stream.BATCHES),
    )


def make_optimizer(experiment: Experiment, model: nn.Module) -> torch.optim.Optimizer:
    """Return the optimizer over the model's parameters.

    `foreach=False` takes the parameters one by one: the same numbers, sooner for just two of them.
    """
    if experiment.optimizer is Optimizer.ADAM:
        return torch.optim.Adam(model.parameters(), lr=experiment.lr, foreach=False)
    momentum = MOMENTUM if experiment.optimizer is Optimizer.MOMENTUM else 0
    return torch.optim.SGD(model.parameters(), lr=experiment.lr, momentum=momentum, foreach=False)


def make_scheduler(experiment: Experiment, optimizer: torch.optim.Optimizer) -> LRScheduler | None:
    """Return what changes the learning rate after each epoch; None where it stays constant."""
    if experiment.schedule is Schedule.STEP:
        return StepLR(optimizer, step_size=math.ceil(experiment.epochs / 3), gamma=0.1)
    if experiment.schedule is Schedule.COSINE:
        return CosineAnnealingLR(optimizer, T_max=experiment.epochs)
    return None


def make_run(
    experiment: Experiment,
    data: Split,
    model: nn.Module,
    train_loss: Floats,
    parameters: tuple[Floats, Floats],
    gradients: tuple[Floats, Floats],
) -> Run:
    """Return the run that left these records; arguments as in `History`, `model` is trained."""
    weight, bias = parameters

    def after_each_epoch(X: torch.Tensor, y: torch.Tensor) -> Floats:
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
    return Run(experiment=experiment, history=history, checkpoint=_checkpoint(model))


def _checkpoint(model: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(model.cpu().state_dict(), file)
    return file.getvalue()
