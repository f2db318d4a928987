"""How tests look at a figure: its traces by name, its words, and what every figure must have."""

from typing import Any

import plotly.graph_objects as go


def traces(figure: go.Figure) -> dict[str, Any]:
    """Return the traces by name. No two may have the same name."""
    found = {trace.name: trace for trace in figure.data}
    assert len(found) == len(figure.data)
    return found


def trace(figure: go.Figure, name: str) -> Any:
    """Return the only trace of that name."""
    return traces(figure)[name]


def says(figure: go.Figure) -> str:
    """Return the words under the title."""
    text: str = figure.layout.title.subtitle.text
    return text


def assert_whole(figure: go.Figure) -> None:
    """A figure has titles, units, a kept zoom and a sentence; each trace has its own name."""
    assert figure.layout.title.text
    assert says(figure).endswith(".")
    assert "(" in figure.layout.yaxis.title.text
    assert figure.layout.xaxis.title.text
    assert figure.layout.uirevision
    traces(figure)
