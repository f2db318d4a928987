"""Trains many models of one experiment at once, one for each learning rate.

One tensor, (2, K, 1), holds the weights and biases of all K models, so a step of many models takes
little longer than a step of one. The gradients are computed by formulas, which is faster than
autograd.

The operations and their order are those of a single run, so on most CPUs each model is equal to
its single run to the last bit. `linreg.analysis.sweeps` checks this. A GPU rounds differently.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats, make_loss
from linreg.core.models import make_model
from linreg.core.record import STEPS_BETWEEN_REPORTS, Progress
from linreg.core.training import MOMENTUM, make_batches, make_scheduler
from linreg.settings.choices import Device, Loss, Model, Optimizer

DRAWS = 8  # of random numbers, to see whether products at once have the bits of single ones
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # the defaults of torch.optim.Adam

# From parameters, gradients and learning rates to the parameters after the step.
Update = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]

# From (K, rows) and X, (rows, 1), to their matrix product, (K, 1).
Product = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack:
    """The result of K models: train_loss (K, epochs), weight and bias (K, epochs + 1), float32."""

    train_loss: Floats
    weight: Floats
    bias: Floats


def train_stack(
    experiment: Experiment, lrs: Sequence[float], progress: Progress | None = None
) -> Stack:
    """Return the result of one model for each of `lrs`, trained at once.

    Arguments:
        experiment: all settings except the learning rate.
        lrs: K learning rates.
        progress: called now and then as progress(epochs done, epochs in all).
    """
    data = split_data(experiment).to(experiment.device)
    batches = make_batches(experiment, data)
    loss_fn = make_loss(experiment.loss, reduction="none")
    report_every = max(1, STEPS_BETWEEN_REPORTS // experiment.n_batches)
    rows: list[int] = []
    with torch.inference_mode():
        parameters = _start(experiment, len(lrs))  # (2, K, 1)
        update = _make_update(experiment.optimizer, parameters)
        product = _choose_product(experiment, len(lrs))
        # One large tensor each: many small ones would fragment gigabytes of memory.
        path = parameters.new_empty(experiment.epochs + 1, *parameters.shape)
        losses = parameters.new_empty(experiment.n_steps, len(lrs))
        path[0] = parameters
        for epoch, lr in enumerate(_rates(experiment, lrs), start=1):
            for X, y in batches:
                weight, bias = parameters  # (K, 1) each
                y_pred = weight * X.T + bias  # (K, rows)
                losses[len(rows)] = loss_fn(y_pred, y.T.expand_as(y_pred)).mean(dim=1)
                rows.append(len(y))
                gradients = _gradients(y_pred - y.T, X, experiment, product)  # (2, K, 1)
                parameters = update(parameters, gradients, lr)
            path[epoch] = parameters
            if progress is not None and epoch % report_every == 0:
                progress(epoch, experiment.epochs)
        weight, bias = path.squeeze(dim=3).permute(1, 2, 0).contiguous().cpu().numpy()
        train_loss = _per_epoch(losses.T, rows[: experiment.n_batches])
    return Stack(train_loss=train_loss, weight=weight, bias=bias)


def _start(experiment: Experiment, models: int) -> torch.Tensor:
    """Return the same starting values for each model, from the experiment's seed, (2, K, 1)."""
    model = make_model(experiment.model, experiment.seed)
    both = torch.cat([parameter.detach().reshape(1) for parameter in model.parameters()])
    return both.to(experiment.device).reshape(2, 1, 1).repeat(1, models, 1)


def _rates(experiment: Experiment, lrs: Sequence[float]) -> Iterator[torch.Tensor]:
    """Yield the learning rates of each epoch, (K, 1), float64 like Python's own numbers.

    A real scheduler computes them, for an optimizer with one parameter group per rate.
    """
    groups = [{"params": [torch.zeros(1)], "lr": lr} for lr in lrs]
    optimizer = torch.optim.SGD(groups, foreach=False)
    scheduler = make_scheduler(experiment, optimizer)
    optimizer.step()  # changes nothing; without it the scheduler would warn
    for _epoch in range(experiment.epochs):
        rates = [group["lr"] for group in optimizer.param_groups]
        yield torch.tensor(rates, dtype=torch.float64)[:, None]
        if scheduler is not None:
            scheduler.step()


def _gradients(
    error: torch.Tensor, X: torch.Tensor, experiment: Experiment, product: Product
) -> torch.Tensor:
    """Return the gradients of weight and bias, (2, K, 1), of each model's mean loss.

    With e = y_pred - y: dL/dbias = sum(dL/dy_pred), dL/dweight = sum(dL/dy_pred * x). nn.Linear
    computes the second sum as a matrix product, which adds in another order.

    Arguments:
        error: (K, rows). X: (rows, 1).
        product: how to compute that matrix product.
    """
    by_prediction = _by_prediction(error, experiment.loss)  # (K, rows)
    if experiment.model is Model.LINEAR:
        by_weight = product(by_prediction, X)
    else:
        by_weight = (by_prediction * X.T).sum(dim=1, keepdim=True)
    return torch.stack([by_weight, by_prediction.sum(dim=1, keepdim=True)])


def _choose_product(experiment: Experiment, models: int) -> Product:
    """Return all products at once, or one by one where only that gives the bits of a single run.

    The CPU of some machines adds up the rows of one matrix in another order than those of many.
    """
    if experiment.device is not Device.CPU:
        return _products_at_once
    random = torch.Generator().manual_seed(0)
    full = experiment.batch_size or experiment.n_train
    for rows in {min(full, experiment.n_train), experiment.n_train % full} - {0}:
        for _ in range(DRAWS):
            many, X = (
                torch.randn(models, rows, generator=random),
                torch.rand(rows, 1, generator=random),
            )
            if not torch.equal(_products_at_once(many, X), _products_one_by_one(many, X)):
                return _products_one_by_one
    return _products_at_once


def _products_at_once(many: torch.Tensor, X: torch.Tensor) -> torch.Tensor:
    return torch.bmm(many[:, None], X.expand(len(many), -1, 1))[:, 0]


def _products_one_by_one(many: torch.Tensor, X: torch.Tensor) -> torch.Tensor:
    return torch.cat([X.T @ row[:, None] for row in many])  # as autograd does for nn.Linear


def _by_prediction(error: torch.Tensor, loss: Loss) -> torch.Tensor:
    """Return dL/dy_pred, (K, rows), where L is the mean of |e|, of e^2, or of Huber's loss."""
    rows = error.shape[1]
    if loss is Loss.MSE:
        return error * (2 / rows)  # as autograd does; 2 * error would overflow earlier
    slope = error.sign() if loss is Loss.L1 else error.clamp(-1, 1)
    return slope * (1 / rows)


def _make_update(optimizer: Optimizer, parameters: torch.Tensor) -> Update:
    """Return a new optimizer for models with such parameters, with its own state."""
    if optimizer is Optimizer.ADAM:
        return _Adam(parameters)
    return _Momentum(parameters) if optimizer is Optimizer.MOMENTUM else _descend


def _descend(parameters: torch.Tensor, gradients: torch.Tensor, lr: torch.Tensor) -> torch.Tensor:
    """Return the parameters after plain SGD, which rounds less often than `p - lr * g`."""
    return torch.addcmul(parameters, gradients, lr.to(gradients), value=-1)


class _Momentum:
    """SGD with the running sum of gradients of torch.optim.SGD(momentum=0.9)."""

    def __init__(self, parameters: torch.Tensor) -> None:
        self._sum = torch.zeros_like(parameters)

    def __call__(
        self, parameters: torch.Tensor, gradients: torch.Tensor, lr: torch.Tensor
    ) -> torch.Tensor:
        self._sum.mul_(MOMENTUM).add_(gradients)
        return _descend(parameters, self._sum, lr)


class _Adam:
    """Adam with PyTorch's defaults and with the order of operations of torch.optim.Adam.

    Source: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, algorithm 1.
    """

    def __init__(self, parameters: torch.Tensor) -> None:
        self._step = 0
        self._mean = torch.zeros_like(parameters)
        self._square = torch.zeros_like(parameters)

    def __call__(
        self, parameters: torch.Tensor, gradients: torch.Tensor, lr: torch.Tensor
    ) -> torch.Tensor:
        self._step += 1
        self._mean.lerp_(gradients, 1 - BETA_1)
        self._square.mul_(BETA_2).addcmul_(gradients, gradients, value=1 - BETA_2)
        rate = (lr / (1 - BETA_1**self._step)).to(gradients)
        spread = (self._square.sqrt() / (1 - BETA_2**self._step) ** 0.5).add_(EPSILON)
        moved: torch.Tensor = parameters + self._mean * -rate / spread
        return moved


def _per_epoch(losses: torch.Tensor, rows: list[int]) -> Floats:
    """Return the mean loss over the rows of each epoch, (K, epochs), from losses (K, steps)."""
    by_batch = losses.double().cpu().numpy().reshape(len(losses), -1, len(rows))
    total = sum(by_batch[:, :, batch] * n for batch, n in enumerate(rows))
    return np.asarray(total / sum(rows), dtype=np.float32)
