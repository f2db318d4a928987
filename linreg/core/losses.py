"""The loss functions, and the loss of many pairs of parameters on one set of rows at once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional as F

from linreg.settings.choices import Loss, Model

Floats = npt.NDArray[np.float32]

ELEMENTS = 1_000_000  # of one block of predictions, 4 MB
SAMPLES = 8


def make_loss(loss: Loss, reduction: str = "mean") -> nn.Module:
    """Return the loss function as a module."""
    classes: dict[Loss, Callable[..., nn.Module]] = {
        Loss.L1: nn.L1Loss,
        Loss.MSE: nn.MSELoss,
        Loss.HUBER: nn.HuberLoss,
    }
    return classes[loss](reduction=reduction)


def losses_at(
    weight: Floats, bias: Floats, X: torch.Tensor, y: torch.Tensor, loss: Loss, model: Model
) -> Floats:
    """Return the loss on (X, y) of each line weight[i] * x + bias[i].

    Arguments:
        weight, bias: (k,).
        X, y: (rows, 1); without rows every loss is NaN.

    Returns:
        (k,), bit for bit what `loss_fn(model(X), y)` gives for each pair, but sooner.
    """
    if not len(X):
        return np.full(len(weight), np.nan, dtype=np.float32)
    # A copy: history arrays are read-only, and PyTorch knows only writable ones.
    w = torch.tensor(weight, device=X.device)
    b = torch.tensor(bias, device=X.device)
    with torch.inference_mode():
        if model is Model.LINEAR and not _multiplies_then_adds(w, b, X):
            return _one_by_one(w, b, X, y, make_loss(loss))
        return _in_blocks(w, b, X, y, loss)


def row_losses(y_preds: torch.Tensor, y: torch.Tensor, loss: Loss) -> torch.Tensor:
    """Return the loss of each row of predictions, (k,).

    Arguments:
        y_preds: (k, rows); y: (rows, 1).

    Returns:
        Bit for bit what `loss_fn` gives for each row as a column: the mean over a row adds up in
        the order of the mean over a column.
    """
    each: torch.Tensor = make_loss(loss, reduction="none")(
        y_preds, y.reshape(1, -1).expand_as(y_preds)
    )
    return each.mean(dim=1)


def gradients_at(
    weight: Floats, bias: Floats, X: torch.Tensor, y: torch.Tensor, loss: Loss
) -> tuple[Floats, Floats]:
    """Return the gradients of weight and bias, (k,) each, of the loss on (X, y) for each line.

    Arguments as those of `losses_at`. One pass of autograd: a line's loss depends on its own
    parameters alone, so the gradient of the sum holds the gradient of each.
    """
    x_row, pairs = X.reshape(1, -1), max(1, ELEMENTS // len(X))
    gradients = []
    for first in range(0, len(weight), pairs):
        block = slice(first, first + pairs)
        w = torch.tensor(weight[block], device=X.device, requires_grad=True)
        b = torch.tensor(bias[block], device=X.device, requires_grad=True)
        total = row_losses(w[:, None] * x_row + b[:, None], y, loss).sum()
        gradients.append(torch.stack(torch.autograd.grad(total, (w, b))))
    both = torch.cat(gradients, dim=1).cpu().numpy()
    return both[0], both[1]


def _in_blocks(
    w: torch.Tensor, b: torch.Tensor, X: torch.Tensor, y: torch.Tensor, loss: Loss
) -> Floats:
    x_row, pairs = X.reshape(1, -1), max(1, ELEMENTS // len(X))
    blocks = zip(torch.split(w, pairs), torch.split(b, pairs), strict=True)
    means = [row_losses(w_i[:, None] * x_row + b_i[:, None], y, loss) for w_i, b_i in blocks]
    return torch.cat(means).cpu().numpy()


def _one_by_one(
    w: torch.Tensor, b: torch.Tensor, X: torch.Tensor, y: torch.Tensor, loss_fn: nn.Module
) -> Floats:
    means = [loss_fn(_linear(X, w_i, b_i), y) for w_i, b_i in zip(w, b, strict=True)]
    return torch.stack(means).cpu().numpy()


def _linear(X: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.linear(X, w.reshape(1, 1), b.reshape(1))


def _multiplies_then_adds(w: torch.Tensor, b: torch.Tensor, X: torch.Tensor) -> bool:
    """Say whether `nn.Linear` rounds twice here, as w * x + b does; some processors round once."""
    some = torch.linspace(0, len(w) - 1, SAMPLES, device=w.device).long()
    return all(torch.equal(_linear(X, w[i], b[i]), w[i] * X + b[i]) for i in some)
