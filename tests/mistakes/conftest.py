"""The plain lesson, new for each test."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from tests.support import notebook
from tests.support.plain_lesson import Plain


@pytest.fixture
def plain() -> Iterator[Plain]:
    """The lesson's first notebook up to the optimizer, without the package."""
    X = torch.arange(0, 1, 0.02).unsqueeze(dim=1)
    y = 0.7 * X + 0.3
    with torch.random.fork_rng():
        torch.manual_seed(42)
        model = notebook.LinearRegressionModel()
        yield Plain(X[:40], y[:40], X[40:], y[40:], model, nn.L1Loss())
