"""A machine whose results differ from this one's in the last bit."""

import pytest
import torch


def round_twice(patch: pytest.MonkeyPatch) -> None:
    """Simulate a machine that trains a stack differently: `p - lr * g` rounds more than SGD."""
    patch.setattr(torch, "addcmul", lambda p, g, lr, *, value: p + value * lr * g)
