"""The look that all figures share: one colour and one shape for each role, light and dark.

The colours are those of Okabe and Ito, which people with any kind of colour vision can tell apart.
Each has its own shape, so that nothing depends on colour alone.
Source: M. Okabe and K. Ito, Color Universal Design, https://jfly.uni-koeln.de/color/.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from linreg.figures.elements.drawing import Drawing
from linreg.settings.choices import Device, Optimizer

LONGEST_NAME = 40  # characters of a name in a legend


@dataclass(frozen=True, kw_only=True)
class Role:
    """How one thing looks in every chart: its name in legends, colour, marker and line."""

    name: str
    color: str
    symbol: str
    dash: str

    def line(self, width: float) -> dict[str, Any]:
        """Return how a line of this role looks."""
        return {"color": self.color, "dash": self.dash, "width": width}


TRAINING = Role(name="training", color="#0072B2", symbol="circle", dash="solid")
VALIDATION = Role(name="validation", color="#009E73", symbol="square", dash="dashdot")
TEST = Role(name="test", color="#E69F00", symbol="diamond", dash="dash")
MODEL = Role(name="model", color="#D55E00", symbol="x-thin-open", dash="solid")
INITIAL = Role(name="initial line", color="#CC79A7", symbol="cross-thin-open", dash="dot")
TRUTH = Role(name="true line", color="#8A8A8A", symbol="circle", dash="dash")
WEIGHT = Role(name="weight", color="#0072B2", symbol="circle", dash="solid")
BIAS = Role(name="bias", color="#D55E00", symbol="square", dash="solid")

# Without the blue of the contours, which the paths cross.
OPTIMIZERS: Mapping[Optimizer, Role] = MappingProxyType(
    {
        Optimizer.SGD: Role(name="sgd", color="#D55E00", symbol="circle", dash="solid"),
        Optimizer.MOMENTUM: Role(name="momentum", color="#009E73", symbol="square", dash="dash"),
        Optimizer.ADAM: Role(name="adam", color="#E69F00", symbol="diamond", dash="dot"),
    }
)

DEVICES: Mapping[Device, Role] = MappingProxyType(
    {
        Device.CPU: Role(name="cpu", color="#0072B2", symbol="circle", dash="solid"),
        Device.CUDA: Role(name="cuda", color="#D55E00", symbol="square", dash="dash"),
        Device.MPS: Role(name="mps", color="#009E73", symbol="diamond", dash="dot"),
    }
)

# All eight colours of Okabe and Ito, with grey for black, which is invisible on a dark page.
PINS = tuple(
    Role(name=f"run {number}", color=color, symbol=symbol, dash="solid")
    for number, (color, symbol) in enumerate(
        (
            ("#0072B2", "circle"),
            ("#D55E00", "square"),
            ("#009E73", "diamond"),
            ("#CC79A7", "triangle-up"),
            ("#E69F00", "triangle-down"),
            ("#56B4E9", "pentagon"),
            ("#8A8A8A", "star"),
            ("#F0E442", "hexagon"),
        ),
        start=1,
    )
)


def as_text(name: str) -> str:
    """Return a name that somebody typed as one line of text that Plotly shows unchanged.

    In names and subtitles Plotly reads <b> and the like as HTML, and in hover texts %{...} as a
    value. It does not change quotation marks.
    """
    line = " ".join(name.split())
    short = line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1] + "…"
    return html.escape(short, quote=False).replace("%{", "&#37;{")


def make_drawing(
    traces: list[dict[str, Any]],
    *,
    title: str,
    says: str,
    x_title: str,
    y_title: str,
    x_axis: Mapping[str, Any] = MappingProxyType({}),
    y_axis: Mapping[str, Any] = MappingProxyType({}),
    notes: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> Drawing:
    """Return a chart in the common look.

    Arguments:
        title: what the chart is.
        says: what it shows now, in words: the subtitle, which is also the text alternative.
        x_title, y_title: axis titles with their units.
        x_axis, y_axis: what else is set on the axes.
        notes: texts inside the chart, as annotations of Plotly.
        more: what else is set in the layout.
    """
    layout = {
        "title": {"text": title, "subtitle": {"text": says}, "x": 0, "xref": "paper"},
        "xaxis": {**_axis(x_title), **x_axis},
        "yaxis": {**_axis(y_title), **y_axis},
        "annotations": list(notes),
    }
    return Drawing(traces=traces, layout={**_look(), **layout, **more})


def _look() -> dict[str, Any]:
    return {
        "font": {"size": 14},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 48, "r": 12, "t": 96, "b": 56},
        "legend": {"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top", "font": {"size": 12}},
        "modebar": {"orientation": "v"},
        "hoverlabel": {"font": {"size": 14}},
        "uirevision": "kept",  # the zoom outlives new data
    }


def _axis(title: str) -> dict[str, Any]:
    return {
        "title": {"text": title},
        "zeroline": False,
        "gridcolor": "rgba(128,128,128,0.25)",
        "exponentformat": "power",
        "minexponent": 6,  # 100,000 is written as in the texts
        "separatethousands": True,
        "automargin": True,
        "ticklabeloverflow": "allow",  # they have room; else Plotly measures all for each of them
    }
