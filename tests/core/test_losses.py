"""The gradients of many lines, compared with formulas."""

import numpy as np
import pytest

from linreg import Experiment, Loss
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
