"""The lesson's two models: the same line, its two numbers held in two ways.

Called without arguments both classes behave as the lesson's own and draw from PyTorch's global
generator; this app always passes a generator instead.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import nn

from linreg.core.seeding import Stream, generator
from linreg.settings.choices import Model


class LinearRegressionModel(nn.Module):
    """Model 0 of the lesson: y = weights * x + bias, with two parameters of its own."""

    def __init__(self, random: torch.Generator | None = None) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, dtype=torch.float, generator=random))
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float, generator=random))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the predictions for x; both of shape (rows, 1)."""
        return self.weights * x + self.bias


class LinearRegressionModelV2(nn.Module):
    """Model 1 of the lesson: y = linear_layer(x), with the parameters inside one `nn.Linear`."""

    def __init__(self, random: torch.Generator | None = None) -> None:
        super().__init__()
        self.linear_layer = _linear(random)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the predictions for x; both of shape (rows, 1)."""
        prediction: torch.Tensor = self.linear_layer(x)
        return prediction


def _linear(random: torch.Generator | None) -> nn.Linear:
    """Return nn.Linear(in_features=1, out_features=1) with PyTorch's own initial values.

    `nn.Linear` can only draw from the global generator; so it is made without values (on the meta
    device), and then the two draws of `nn.Linear.reset_parameters` are done with `random`.
    """
    layer = nn.Linear(in_features=1, out_features=1, dtype=torch.float, device="meta")
    layer.to_empty(device="cpu")
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=random)
    bound = 1 / math.sqrt(layer.in_features)
    nn.init.uniform_(layer.bias, -bound, bound, generator=random)
    return layer


MODELS: Mapping[Model, type[LinearRegressionModel] | type[LinearRegressionModelV2]] = (
    MappingProxyType(
        {
            Model.PARAMETER: LinearRegressionModel,
            Model.LINEAR: LinearRegressionModelV2,
        }
    )
)

FILE_NAMES: Mapping[Model, str] = MappingProxyType(
    {
        Model.PARAMETER: "01_pytorch_workflow_model_0.pth",
        Model.LINEAR: "01_pytorch_workflow_model_1.pth",
    }
)
"""The file that the lesson saves each model to."""


def make_model(model: Model, seed: int) -> nn.Module:
    """Return a new model on the CPU with the starting values that `seed` gives it.

    They are those of `torch.manual_seed(seed)` followed by the class; the global generator is
    neither read nor moved.
    """
    return MODELS[model](generator(seed, Stream.MODEL))
