"""The loss functions, and the losses of many lines on one set of rows at once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional as F

from linreg.settings.choices import Loss, Model

Floats = npt.NDArray[np.float32]

# Numbers in one block of predictions. PyTorch shares the work on more among several threads, which
# wait for each other: on a busy server that takes fifteen times as long.
ELEMENTS = 32_768
SAMPLES = 8  # lines that are tried both ways


def make_loss(loss: Loss, reduction: str = "mean") -> nn.Module:
    """Return the loss function as a module."""
    classes = {Loss.L1: nn.L1Loss, Loss.MSE: nn.MSELoss, Loss.HUBER: nn.HuberLoss}
    loss_fn: nn.Module = classes[loss](reduction=reduction)
    return loss_fn


def losses_at(
    weight: Floats, bias: Floats, X: torch.Tensor, y: torch.Tensor, loss: Loss, model: Model
) -> Floats:
    """Return the loss on (X, y) of each line weight[i] * x + bias[i].

    Arguments:
        weight, bias: (k,).
        X, y: (rows, 1); without rows every loss is NaN.

    Returns:
        (k,), what `loss_fn(model(X), y)` gives for each line, but faster: on the CPU bit for bit,
        on a GPU within float32's rounding.
    """
    if not len(X):
        return np.full(len(weight), np.nan, dtype=np.float32)
    # torch.tensor copies; PyTorch does not share memory with read-only arrays.
    w = torch.tensor(weight, device=X.device)
    b = torch.tensor(bias, device=X.device)
    with torch.inference_mode():
        if model is Model.LINEAR and not _multiplies_then_adds(w, b, X):
            return _one_by_one(w, b, X, y, make_loss(loss))
        losses = [block for *_, block in _blocks(w, b, X, y, loss)]
        return torch.cat(losses).cpu().numpy()


def row_losses(y_preds: torch.Tensor, y: torch.Tensor, loss: Loss) -> torch.Tensor:
    """Return the loss of each row of predictions.

    Arguments:
        y_preds: (k, rows); y: (rows, 1).

    Returns:
        (k,), what `loss_fn` gives for each row as a column; on the CPU bit for bit, because a mean
        over a row adds in the same order there as a mean over a column.
    """
    loss_fn, y_row = make_loss(loss, reduction="none"), y.reshape(1, -1)
    blocks = torch.split(y_preds, _lines(len(y)))
    return torch.cat([loss_fn(block, y_row.expand_as(block)).mean(dim=1) for block in blocks])


def gradients_at(
    weight: Floats, bias: Floats, X: torch.Tensor, y: torch.Tensor, loss: Loss
) -> tuple[Floats, Floats]:
    """Return the gradients of weight and bias, (k,) each, of the loss on (X, y) for each line.

    Arguments as for `losses_at`. Each loss depends on its own line only, so the gradient of their
    sum holds the gradient of each, and autograd runs once.
    """
    w = torch.tensor(weight, device=X.device, requires_grad=True)
    b = torch.tensor(bias, device=X.device, requires_grad=True)
    gradients = [
        torch.stack(torch.autograd.grad(losses.sum(), (w_i, b_i)))  # (2, pairs)
        for w_i, b_i, losses in _blocks(w, b, X, y, loss)
    ]
    weight_grad, bias_grad = torch.cat(gradients, dim=1).cpu().numpy()
    return weight_grad, bias_grad


def _blocks(
    w: torch.Tensor, b: torch.Tensor, X: torch.Tensor, y: torch.Tensor, loss: Loss
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Yield the weights, biases and losses of the lines in blocks."""
    x_row, pairs = X.reshape(1, -1), _lines(len(X))
    for w_i, b_i in zip(torch.split(w, pairs), torch.split(b, pairs), strict=True):
        yield w_i, b_i, row_losses(w_i[:, None] * x_row + b_i[:, None], y, loss)


def _lines(rows: int) -> int:
    """Return how many lines with this number of rows are one block."""
    return max(1, ELEMENTS // rows)


def _one_by_one(
    w: torch.Tensor, b: torch.Tensor, X: torch.Tensor, y: torch.Tensor, loss_fn: nn.Module
) -> Floats:
    means = [loss_fn(_linear(X, w_i, b_i), y) for w_i, b_i in zip(w, b, strict=True)]
    return torch.stack(means).cpu().numpy()


def _linear(X: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.linear(X, w.reshape(1, 1), b.reshape(1))


def _multiplies_then_adds(w: torch.Tensor, b: torch.Tensor, X: torch.Tensor) -> bool:
    """Return whether `nn.Linear` rounds twice, like w * x + b; some processors round once."""
    some = torch.linspace(0, len(w) - 1, SAMPLES, device=w.device).long()
    return all(torch.equal(_linear(X, w[i], b[i]), w[i] * X + b[i]) for i in some)
