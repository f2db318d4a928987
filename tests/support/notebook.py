"""The lesson's notebook as a plain program, with which tests compare.

It shares no code with `linreg`: it has its own data and classes, uses PyTorch's global generator,
and computes the test loss inside the loop after every epoch.
"""

import math
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LinearRegressionModel(nn.Module):
    """Model 0, as the lesson writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, dtype=torch.float), requires_grad=True)
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float), requires_grad=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weights * x + self.bias


class LinearRegressionModelV2(nn.Module):
    """Model 1, as the lesson writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.linear_layer = nn.Linear(in_features=1, out_features=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.linear_layer(x)
        return result


CLASSES = {"parameter": LinearRegressionModel, "linear": LinearRegressionModelV2}


def data(e: Any) -> tuple[torch.Tensor, torch.Tensor, int, int]:
    """Return X, y, the number of training rows, and the index of the first test row."""
    X = torch.arange(e.start, e.stop, e.step).unsqueeze(dim=1)
    y = e.weight * X + e.bias
    if e.noise:
        y = y + e.noise * torch.randn(
            len(X), 1, generator=torch.Generator().manual_seed(e.seed + 1000)
        )
    if e.shuffle:
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(e.seed + 2000))
        X, y = X[order], y[order]
    train_end = round(e.train_fraction * len(X))
    test_start = min(round((e.train_fraction + e.validation_fraction) * len(X)), len(X))
    return X, y, train_end, test_start


def plain_loop(e: Any) -> dict[str, list[float]]:
    """Train as the notebook does and return the numbers of every epoch."""
    X, y, train_end, test_start = data(e)
    X_train, y_train = X[:train_end], y[:train_end]
    X_test, y_test = X[test_start:], y[test_start:]

    torch.manual_seed(e.seed)
    model = CLASSES[e.model]()
    loss_fn = {"l1": nn.L1Loss, "mse": nn.MSELoss, "huber": nn.HuberLoss}[e.loss]()
    optimizer: torch.optim.Optimizer
    if e.optimizer == "sgd":
        optimizer = torch.optim.SGD(params=model.parameters(), lr=e.lr)
    elif e.optimizer == "momentum":
        optimizer = torch.optim.SGD(params=model.parameters(), lr=e.lr, momentum=0.9)
    else:
        optimizer = torch.optim.Adam(params=model.parameters(), lr=e.lr)
    scheduler: Any = None
    if e.schedule == "step":
        thirds = [math.ceil(e.epochs / 3), 2 * math.ceil(e.epochs / 3)]
        scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, thirds, gamma=0.1)
    if e.schedule == "cosine":
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=e.epochs)
    batches: Any = [(X_train, y_train)]
    if e.batch_size is not None:
        batches = DataLoader(
            TensorDataset(X_train, y_train),
            batch_size=e.batch_size,
            shuffle=True,
            generator=torch.Generator().manual_seed(e.seed + 3000),
        )

    weight, bias = model.parameters()
    record: dict[str, list[float]] = {
        "train_loss": [],
        "test_loss": [],
        "weight": [weight.item()],
        "bias": [bias.item()],
        "weight_grad": [],
        "bias_grad": [],
    }
    for _ in range(e.epochs):
        model.train()
        total, rows = 0.0, 0
        for X_batch, y_batch in batches:
            y_pred = model(X_batch)
            loss = loss_fn(y_pred, y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(X_batch)
            rows += len(X_batch)
        if scheduler is not None:
            scheduler.step()
        record["train_loss"].append(total / rows)
        model.eval()
        with torch.inference_mode():
            test_loss = loss_fn(model(X_test), y_test).item() if len(X_test) else math.nan
        record["test_loss"].append(test_loss)
        record["weight"].append(weight.item())
        record["bias"].append(bias.item())
        assert weight.grad is not None
        assert bias.grad is not None
        record["weight_grad"].append(weight.grad.item())
        record["bias_grad"].append(bias.grad.item())
    return record
