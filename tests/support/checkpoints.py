"""Reads `.pth` files for tests: the numbers of model 0, or the sentence that refuses them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import nn

from linreg import CheckpointError, Model, read_state_dict
from linreg.core.models import make_model
from tests.support.sentences import assert_a_sentence

MODEL_0 = make_model(Model.PARAMETER, 7)


def refused(data: bytes, model: nn.Module = MODEL_0) -> str:
    """The sentence that refuses `data`, without a cause that would name PyTorch's internals."""
    with pytest.raises(CheckpointError) as caught:
        read_state_dict(data, model)
    said = str(caught.value)
    assert_a_sentence(said)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return said


def outcome(read: Callable[[bytes], Any], data: bytes) -> Any:
    """What reading gives, or the sentence that refuses it."""
    try:
        return read(data)
    except CheckpointError as error:
        return str(error)


def numbers(state: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """The values of a state, by key."""
    return {key: value.tolist() for key, value in state.items()}


def read_0(data: bytes) -> dict[str, Any]:
    """The values of a file of model 0."""
    return numbers(read_state_dict(data, MODEL_0))


def pair(weights: torch.Tensor, bias: torch.Tensor) -> dict[str, torch.Tensor]:
    """A state of model 0."""
    return {"weights": weights, "bias": bias}
