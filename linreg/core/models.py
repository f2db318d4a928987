"""The lesson's two models: the same line, with its two parameters held in two ways.

Without arguments both classes draw from PyTorch's global generator, as in the lesson. This app
always passes a generator.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import nn

from linreg.core.seeding import Stream, generator
from linreg.settings.choices import Model


class LinearRegressionModel(nn.Module):
    """Model 0 of the lesson: y = weights * x + bias, with two `nn.Parameter`."""

    def __init__(self, random: torch.Generator | None = None) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, dtype=torch.float, generator=random))
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float, generator=random))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the predictions for x; both of shape (rows, 1)."""
        return self.weights * x + self.bias


class LinearRegressionModelV2(nn.Module):
    """Model 1 of the lesson: y = linear_layer(x), with both parameters in one `nn.Linear`."""

    def __init__(self, random: torch.Generator | None = None) -> None:
        super().__init__()
        self.linear_layer = _linear(random)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the predictions for x; both of shape (rows, 1)."""
        prediction: torch.Tensor = self.linear_layer(x)
        return prediction


def _linear(random: torch.Generator | None) -> nn.Linear:
    """Return nn.Linear(in_features=1, out_features=1) with PyTorch's own initial values.

    `nn.Linear` draws from the global generator only. So it is made without values (on the meta
    device), and `random` then makes the two draws of `nn.Linear.reset_parameters`.
    """
    layer = nn.Linear(in_features=1, out_features=1, dtype=torch.float, device="meta")
    layer.to_empty(device="cpu")
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=random)
    bound = 1 / math.sqrt(layer.in_features)
    nn.init.uniform_(layer.bias, -bound, bound, generator=random)
    return layer


MODELS: Mapping[Model, type[LinearRegressionModel | LinearRegressionModelV2]] = MappingProxyType(
    {Model.PARAMETER: LinearRegressionModel, Model.LINEAR: LinearRegressionModelV2}
)

FILE_NAMES: Mapping[Model, str] = MappingProxyType(
    {
        Model.PARAMETER: "01_pytorch_workflow_model_0.pth",
        Model.LINEAR: "01_pytorch_workflow_model_1.pth",
    }
)
"""The name of the file in which the lesson saves each model."""


def make_model(model: Model, seed: int) -> nn.Module:
    """Return a new model on the CPU with the starting values of a seed.

    They are those that the class gets after `torch.manual_seed(seed)`, but for the seeds that
    `seeding` names, and the global generator is not used.
    """
    return MODELS[model](generator(seed, Stream.MODEL))


def model_at(model: Model, weight: float, bias: float) -> nn.Module:
    """Return a new model on the CPU with these parameters."""
    found = make_model(model, seed=0)
    with torch.no_grad():
        for parameter, value in zip(found.parameters(), (weight, bias), strict=True):
            parameter.fill_(float(value))
    return found
