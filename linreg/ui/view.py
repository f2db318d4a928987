"""What is shown and how: settings of the picture, not of the run. They are in the address too."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from linreg.settings import Choice, Setting, Switch


class Scale(StrEnum):
    """The scale of the loss axis."""

    LINEAR = "linear"
    LOG = "log"


VIEW: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "scale": Choice(
            default=Scale.LINEAR,
            stops=tuple(Scale),
            label="Loss axis",
            help="linear: how much the loss falls. log: how it goes on falling when it is small, "
            "and where it stops falling and only rattles.",
            address="scale",
        ),
        "initial": Switch(
            default=False,
            label="Predictions before training",
            help="Also show the line that the random starting values give.",
            address="before",
        ),
    }
)
