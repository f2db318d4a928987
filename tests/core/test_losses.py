"""The losses and gradients of many lines: in small operations, and compared with formulas."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from linreg import Experiment, Loss, Model
from linreg.core import losses
from linreg.core.data import split_data


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize("elements", [100, 1_000_000], ids=["blocks of two", "one block"])
def test_the_gradients_are_those_of_the_formulas(
    loss: Loss, elements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With e = y_pred - y, dL/dbias is the mean of dL/de, and dL/dweight that of dL/de * x."""
    monkeypatch.setattr(losses, "ELEMENTS", elements)
    data = split_data(Experiment(noise=0.1))
    weight, bias = np.random.default_rng(0).normal(size=(2, 7)).astype(np.float32)
    found = losses.gradients_at(weight, bias, data.X_train, data.y_train, loss)
    x, y = data.X_train.numpy().T, data.y_train.numpy().T  # (1, rows)
    e = weight[:, None] * x + bias[:, None] - y
    slope = {Loss.L1: np.sign(e), Loss.MSE: 2 * e, Loss.HUBER: np.clip(e, -1, 1)}[loss]
    expected = (slope * x).mean(axis=1), slope.mean(axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


class Sizes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context that keeps how many numbers each operation gives."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.given: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Carry out an operation."""
        result = func(*args, **kwargs or {})
        self.given += [t.numel() for t in (result,) if isinstance(t, torch.Tensor)]
        return result


def test_no_operation_is_so_large_that_threads_share_it() -> None:
    """PyTorch does that with more than 32,768 numbers; the surface has 1,600 lines of 40 rows."""
    data, line = split_data(Experiment()), np.linspace(0, 1, 1_600, dtype=np.float32)
    with Sizes() as sizes:
        found = losses.losses_at(line, line, data.X_train, data.y_train, Loss.L1, Model.LINEAR)
    assert max(sizes.given) <= 32_768
    assert found.shape == (1_600,)
