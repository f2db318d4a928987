"""The lesson's first notebook as a plain script, into which a test puts a mistake."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

RIGHT = ("zero_grad", "backward", "step")


@dataclass
class Plain:
    """The lesson's objects, made as its notebook makes them, and what a script wrote down."""

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor
    model: Any
    loss_fn: Any
    train_loss: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)

    def sgd(self, lr: float = 0.01) -> torch.optim.SGD:
        """The lesson's optimizer."""
        return torch.optim.SGD(self.model.parameters(), lr=lr)

    def loop(
        self, epochs: int, optimizer: torch.optim.Optimizer, lines: Sequence[str] = RIGHT
    ) -> None:
        """The lesson's loop, with steps 3 to 5 in the given order; keep its losses."""
        self.train_loss, self.test_loss = [], []
        for _ in range(epochs):
            loss = self.loss_fn(self.model(self.X_train), self.y_train)
            calls: dict[str, Callable[[], object]] = {
                "zero_grad": optimizer.zero_grad,
                "backward": loss.backward,
                "step": optimizer.step,
            }
            for line in lines:
                calls[line]()
            self.train_loss.append(loss.item())
            with torch.inference_mode():
                self.test_loss.append(self.loss_fn(self.model(self.X_test), self.y_test).item())
