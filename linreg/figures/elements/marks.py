"""What figures draw: curves, bands, rows of data, straight lines, single points, upright lines.

Each function returns plain traces, shapes or annotations of Plotly. Nothing here chooses an axis.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from linreg.analysis.theory import Alternation
from linreg.core.losses import Floats
from linreg.figures.elements.style import TRUTH, Role
from linreg.formatting import formula

MARKERS = 12  # on a curve, enough to tell its shape
FAINT = 0.25  # opacity
PARAMETERS = "weight %{x:.5~g}<br>bias %{y:.5~g}<extra></extra>"  # the hover text of a point

Trace = dict[str, Any]


def curves(
    rows: Iterable[tuple[Role, Floats]], cycle: Alternation | None, what: str = " loss"
) -> list[Trace]:
    """Return each role's values over the epochs; a role with only NaN has no curve.

    Arguments:
        rows: (epochs,) for each role, or (epochs + 1,) for parameters.
        cycle: the two-cycle in which the run ends; from there on each curve is a band.
        what: what the values are; it follows the role's name.
    """
    return [
        trace
        for role, values in rows
        if not np.isnan(values).all()
        for trace in _curve(role, values, cycle, what)
    ]


def _curve(role: Role, values: Floats, cycle: Alternation | None, what: str) -> list[Trace]:
    end = len(values) if cycle is None else cycle.first_epoch + 1
    name = f"{role.name}{what}"
    line = {
        "type": "scatter",
        "y": values[:end],
        "name": name,
        "legendgroup": role.name,
        "mode": "lines+markers",
        "line": role.line(3),
        "marker": {"symbol": role.symbol, "size": 9, "maxdisplayed": MARKERS},
        "hovertemplate": f"epoch %{{x}}<br>{name} %{{y:.6g}}<extra></extra>",
    }
    if cycle is None:
        return [line]
    low, high = np.sort(values[cycle.first_epoch : cycle.first_epoch + 2])
    edges = band(
        role,
        [cycle.first_epoch, len(values) - 1],
        {f"{name} low": [float(low)] * 2, f"{name} high": [float(high)] * 2},
        width=1.5,
        legendgroup=role.name,
        hovertemplate=f"{name} alternates: {low:.6g} and {high:.6g}<extra></extra>",
    )
    return [line, *edges]


def band(
    role: Role, x: Any, edges: dict[str, Any], *, width: float = 1, **more: Any
) -> list[Trace]:
    """Return the area between two curves.

    Arguments:
        edges: the lower curve, then the upper one, by their names.
        more: what else both traces have.
    """
    red, green, blue = bytes.fromhex(role.color.removeprefix("#"))
    return [
        {
            "type": "scatter",
            "x": x,
            "y": y,
            "name": name,
            "showlegend": False,
            "mode": "lines",
            "line": role.line(width),
            "fill": fill,
            "fillcolor": f"rgba({red},{green},{blue},{FAINT})",  # nearly transparent
            **more,
        }
        for fill, (name, y) in zip(("none", "tonexty"), edges.items(), strict=True)
    ]


def data_rows(role: Role, name: str, x: Floats, y: Floats, y_name: str = "y") -> Trace:
    """Return a marker for each row of data; `y_name` is what its hover text calls y."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": "markers",
        "marker": {"color": role.color, "symbol": role.symbol, "size": 8},
        "hovertemplate": f"x %{{x:.7~g}}<br>{y_name} %{{y:.7~g}}<extra></extra>",
    }


def straight_line(
    role: Role, name: str, x: Floats, weight: float, bias: float, width: float
) -> Trace:
    """Return the line y = weight x + bias over `x`."""
    return {
        "type": "scatter",
        "x": x,
        "y": heights(weight, bias, x),
        "name": name,
        "mode": "lines",
        "line": role.line(width),
        "hovertemplate": formula(weight, bias),  # the name stands beside it
    }


def heights(weight: float, bias: float, x: Floats) -> Floats:
    """Return weight x + bias in float32, where it may overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.float32(weight) * x + np.float32(bias)


def parameters_mark(role: Role, name: str, symbol: str, weight: Any, bias: Any) -> Trace:
    """Return a large marker at each (weight, bias)."""
    return {
        "type": "scatter",
        "x": weight,
        "y": bias,
        "name": name,
        "mode": "markers",
        "marker": {"color": role.color, "symbol": symbol, "size": 13, "line": {"width": 2}},
        "hovertemplate": PARAMETERS,
    }


def upright_line(x: float, role: Role = TRUTH, top: float = 1) -> dict[str, Any]:
    """Return a line at `x` from the foot of a chart to `top`, which is 1 at the chart's top."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": top,
        "yref": "paper",
        "line": role.line(2),
    }


def upright_text(text: str, x: float, y: float, xanchor: str, yanchor: str) -> dict[str, Any]:
    """Return an upright text, on a logarithmic x axis.

    Arguments:
        x: its place on the axis. y: from 0 at the foot of the chart to 1 at its top.
        xanchor, yanchor: which edge of the text is at (x, y), as in Plotly.
    """
    return {
        "x": float(np.log10(x)),  # annotations need the logarithm
        "xanchor": xanchor,
        "y": y,
        "yref": "paper",
        "yanchor": yanchor,
        "text": text,
        "textangle": -90,
        "showarrow": False,
    }
