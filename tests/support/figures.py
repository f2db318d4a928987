"""How tests look at a figure: its traces by name, its words, and what every figure must have."""

import re
from typing import Any

import plotly.graph_objects as go

from linreg.ui.browser.assets import SOURCES

LEGEND = (SOURCES / "legend.js").read_text(encoding="utf-8")


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
    """Titles, units, a kept zoom and a sentence; each trace has its own name and hover text."""
    assert figure.layout.title.text
    assert says(figure).endswith(".")
    # Of two axes over each other each has room for its name alone.
    assert "(" in figure.layout.yaxis.title.text or figure.layout.yaxis2.title.text
    assert figure.layout.xaxis.title.text
    assert figure.layout.uirevision
    assert_hovers_in_words(figure)
    for drawn in traces(figure).values():
        if drawn.type == "scatter" and drawn.showlegend is not False:
            assert_has_a_key(drawn)


def assert_hovers_in_words(figure: go.Figure) -> None:
    """Plotly's own hover text has two bare numbers and a name that is cut."""
    assert [t.name for t in figure.data if not t.hovertemplate and t.hoverinfo != "skip"] == []


def assert_has_a_key(drawn: Any) -> None:
    """The legend knows how to draw the marker and the dashes."""
    symbol = drawn.marker.symbol or "circle"
    name = re.sub("(-thin)?(-open)?$", "", symbol)
    assert name in ("circle", "x", "cross") or re.search(rf"CORNERS = .*\b{name}\b", LEGEND)
    dash = drawn.line.dash or "solid"
    assert dash == "solid" or re.search(rf"DASHES = .*\b{dash}:", LEGEND)
