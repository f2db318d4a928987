"""A chart as plain data, and the Plotly figure that is made of it.

Plotly checks every property of a figure, which takes several times as long as to draw it up. So
each figure is drawn as plain data; a notebook gets it as a checked Plotly figure, a page as it is.
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
        """Return it as a Plotly figure.

        Raises:
            ValueError: something in it is not known to Plotly.
        """
        return go.Figure(self.traces, {"template": "none", **self.layout})


class drawn(Generic[P]):  # noqa: N801  # it is used as a decorator
    """A function that draws: called, it returns a Plotly figure; `drawing` gives the plain data."""

    def __init__(self, drawing: Callable[P, Drawing]) -> None:
        self.drawing = drawing
        update_wrapper(self, drawing)
        self.__signature__ = signature(drawing).replace(return_annotation=go.Figure)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> go.Figure:
        """Return the Plotly figure."""
        return self.drawing(*args, **kwargs).figure()
