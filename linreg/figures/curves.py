"""Curves over epochs as traces: a line with few markers, and a band where the end alternates."""

from typing import Any

import numpy as np
import numpy.typing as npt

from linreg.analysis.theory import Alternation
from linreg.figures.style import Role
from linreg.settings.choices import Loss

Floats = npt.NDArray[np.float32]

FEW = 5  # epochs, each with a tick of its own
MARKS = 12  # markers on a curve, enough to tell its shape
UNITS = {
    Loss.L1: "L1 loss (units of y)",
    Loss.MSE: "MSE loss (units of y, squared)",
    Loss.HUBER: "Huber loss (units of y, squared)",
}


def curve(
    role: Role, values: Floats, cycle: Alternation | None, what: str = " loss"
) -> list[dict[str, Any]]:
    """Return values over the epochs; from `cycle` on as a band between its two.

    Arguments:
        what: what the values are, as it follows the role's name.
    """
    end = len(values) if cycle is None else cycle.first_epoch + 1
    name = f"{role.name}{what}"
    line = {
        "type": "scatter",
        "y": values[:end],
        "name": name,
        "legendgroup": role.name,
        "mode": "lines+markers",
        "line": {"color": role.color, "dash": role.dash, "width": 3},
        "marker": {"symbol": role.symbol, "size": 9, "maxdisplayed": MARKS},
        "hovertemplate": f"epoch %{{x}}<br>{name} %{{y:.6g}}<extra></extra>",
    }
    return [line] if cycle is None else [line, *_band(role, values, cycle.first_epoch, name)]


def _band(role: Role, values: Floats, first: int, name: str) -> list[dict[str, Any]]:
    low, high = np.sort(values[first : first + 2])
    ends = [first, len(values) - 1]
    edges = []
    for edge, value, fill in (("low", low, "none"), ("high", high, "tonexty")):
        edges.append(
            {
                "type": "scatter",
                "x": ends,
                "name": f"{name} {edge}",
                "y": [float(value)] * 2,
                "legendgroup": role.name,
                "showlegend": False,
                "mode": "lines",
                "line": {"color": role.color, "dash": role.dash, "width": 1.5},
                "fill": fill,
                "fillcolor": _faint(role.color),
                "hovertemplate": f"{name} alternates: {low:.6g} and {high:.6g}<extra></extra>",
            }
        )
    return edges


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"


def decades(losses: Floats) -> dict[str, Any]:
    """Return ticks at 1, 2 and 5 times each power of ten, or at the powers alone if there are many.

    Plotly's own choice labels the ticks between two powers with a bare digit.
    """
    shown = losses[np.isfinite(losses) & (losses > 0)].astype(np.float64)
    if not len(shown):
        return {}
    low, high = np.log10(shown.min()), np.log10(shown.max())
    powers = 10.0 ** np.arange(np.floor(low) - 3, np.ceil(high) + 2)  # more, for those who zoom
    if not 0.5 < high - low < 8:
        return {}
    digits = [1, 2, 5] if high - low < 2 else [1]
    return {"tickmode": "array", "tickvals": np.outer(powers, digits).ravel()}
