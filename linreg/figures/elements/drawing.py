"""A chart as plain data, and the Plotly figure that is made of it.

Plotly checks every property of a figure, which takes several times as long as building it. So each
figure is built as plain data. A page gets the data; a notebook gets a checked Plotly figure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from inspect import signature
from typing import Any, Generic, ParamSpec

import plotly.graph_objects as go

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart: Plotly's traces and layout as dictionaries, their arrays as NumPy arrays."""

    traces: list[dict[str, Any]]
    layout: dict[str, Any]

    def figure(self) -> go.Figure:
        """Return the chart as a Plotly figure.

        Raises:
            ValueError: Plotly does not know a property.
        """
        return go.Figure(self.traces, {"template": "none", **self.layout})


class drawn(Generic[P]):  # noqa: N801  # it is used as a decorator
    """A function that returns a Plotly figure, with the plain data from its method `drawing`."""

    def __init__(self, drawing: Callable[P, Drawing]) -> None:
        self.drawing = drawing
        update_wrapper(self, drawing)
        self.__signature__ = signature(drawing).replace(return_annotation=go.Figure)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> go.Figure:
        """Return the Plotly figure."""
        return self.drawing(*args, **kwargs).figure()
