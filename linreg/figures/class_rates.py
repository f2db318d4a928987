"""The learning rates that a class chose, on the sweep over all rates."""

from collections.abc import Mapping

import numpy as np

from linreg.analysis.sweeps import Sweep
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.style import INITIAL
from linreg.figures.sweep import sweep_figure
from linreg.formatting import counted

SMALLEST, LARGEST = 12.0, 34.0  # diameters of the dots of one choice and of many


@drawn
def class_rates_figure(
    sweep: Sweep, chosen: Mapping[float, int], losses: Mapping[float, float | None]
) -> Drawing:
    """Return a sweep with a dot for each rate that the class chose; its area counts the choices.

    A dot of a run that overflowed is at the upper edge.

    Arguments:
        sweep: many rates, among which the class chose.
        chosen: how many chose each rate; at least one did.
        losses: the last training loss of each of these rates; None where it overflows.
    """
    found = {rate: loss for rate, loss in losses.items() if loss is not None}
    best = min(found, key=found.__getitem__) if found else min(chosen)
    base = sweep_figure.drawing(sweep, best)
    low, high = (10.0**end for end in base.layout["yaxis"]["range"])
    rates = sorted(chosen)
    counts = np.array([chosen[rate] for rate in rates])
    heights = [high if losses.get(rate) is None else losses[rate] or low for rate in rates]
    dots = {
        "type": "scatter",
        "x": np.array(rates),
        "y": np.clip(np.array(heights, dtype=float), low, high),
        "name": "the class",
        "mode": "markers",
        "cliponaxis": False,
        "marker": {
            "color": INITIAL.color,
            "size": np.minimum(SMALLEST * np.sqrt(counts), LARGEST),
            "line": {"color": "#ffffff", "width": 1},
        },
        "customdata": counts,
        "hovertemplate": "lr %{x:.4g}<br>chosen %{customdata} times<extra></extra>",
    }
    says = f"{counted(int(counts.sum()), 'answer')}, {counted(len(rates), 'rate')}."
    if found:
        says += f" The best of them is {best:g}: its last training loss is {found[best]:.4g}."
    notes = [
        {**note, "text": f"best of the class: {best:g}"} if "current lr" in note["text"] else note
        for note in base.layout["annotations"]
    ]
    title = {**base.layout["title"], "text": "The class on the sweep", "subtitle": {"text": says}}
    return Drawing(
        traces=[*base.traces, dots], layout={**base.layout, "title": title, "annotations": notes}
    )
