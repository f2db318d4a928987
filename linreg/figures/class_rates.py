"""The learning rates that a class chose: on the sweep over all rates, and on the loss surface."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from linreg.analysis.surface import loss_surface, paths_window
from linreg.analysis.sweeps import Sweep
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, parameters_mark
from linreg.figures.elements.style import INITIAL
from linreg.figures.surface import POINTS, Window, contours, on_surface, true_parameters
from linreg.figures.sweep import STRIP, sweep_figure
from linreg.formatting import counted, loss_text

USUAL, LARGEST = 12.0, 34.0  # diameters of the dot of one choice, where there is room, and of most
CLASS = "the class"  # the name of its dots; the scripts know it


@drawn
def class_rates_figure(
    sweep: Sweep, chosen: Mapping[float, int], losses: Mapping[float, float | None]
) -> Drawing:
    """Return a sweep with a dot for each rate that the class chose; its area counts the choices.

    A dot of a run that overflowed, or that ends higher than the chart, is among its triangles.

    Arguments:
        sweep: many rates, among which the class chose.
        chosen: how many chose each rate; at least one did.
        losses: the last training loss of each of these rates; None where it overflows.
    """
    found = {rate: loss for rate, loss in losses.items() if loss is not None}
    best = min(found, key=found.__getitem__) if found else min(chosen)
    base = sweep_figure.drawing(sweep, best)
    low, top = base.layout["yaxis"]["range"]
    high = low + (top - low) / (1 + STRIP)
    top += STRIP * (top - low)  # the chart is low: more room for the names of the regions
    lowest, highest = 10.0**low, 10.0**high
    rates = sorted(chosen)
    counts = np.array([chosen[rate] for rate in rates])
    ends_at = [losses.get(rate) for rate in rates]
    heights = [highest if loss is None else loss or lowest for loss in ends_at]
    dots = _dots(counts, "lr %{x:.4g}") | {
        "x": np.array(rates),
        "y": np.clip(np.array(heights, dtype=float), lowest, highest),
        "cliponaxis": False,
    }
    says = f"{counted(int(counts.sum()), 'answer')}, {counted(len(rates), 'rate')}."
    alone = best in found and _is_lowest_alone(found[best], found.values())
    if alone and len(rates) > 1:
        says += (
            f" The best of them is {best:g}: its last training loss is {loss_text(found[best])}."
        )
    name = "best" if alone else "one of the best" if found else "smallest"
    name = name if len(rates) > 1 else "chosen"
    notes = [
        {**note, "text": f"{name}: {best:g}"} if "current lr" in note["text"] else note
        for note in base.layout["annotations"]
    ]
    title = {**base.layout["title"], "text": "The class on the sweep", "subtitle": {"text": says}}
    y_axis = base.layout["yaxis"] | {"range": [low, top]}
    layout = {**base.layout, "yaxis": y_axis}
    return Drawing(
        traces=[*base.traces, dots], layout={**layout, "title": title, "annotations": notes}
    )


@drawn
def class_swarm_figure(sweep: Sweep, chosen: Mapping[float, int]) -> Drawing:
    """Return the loss surface with a dot for each run of the class, before its last step.

    There its last training loss was taken, which a chart of the sweep shows.

    Arguments:
        sweep: the rates that the class chose, ascending.
        chosen: how many chose each of them.
    """
    experiment, paths = sweep.experiment, list(zip(sweep.weight, sweep.bias, strict=True))
    window = paths_window(experiment, paths, POINTS)
    rates = sorted(chosen)
    counts = np.array([chosen[rate] for rate in rates])
    traces = [
        contours(*window, loss_surface(experiment, *window)),
        parameters_mark(INITIAL, "start", "square-open", sweep.weight[0, :1], sweep.bias[0, :1]),
        *true_parameters(experiment),
        _dots(counts, "lr %{text}")
        | {"x": sweep.weight[:, -2], "y": sweep.bias[:, -2], "text": [f"{lr:g}" for lr in rates]},
    ]
    says = _swarm_says(sweep, chosen, window)
    return on_surface(window, traces, title="The class on the loss surface", says=says)


def dot_sizes(counts: Any) -> Any:
    """Return the diameters of dots whose areas say how many chose them."""
    sizes = USUAL * np.sqrt(counts)
    return sizes * min(1.0, LARGEST / sizes.max())


def _is_lowest_alone(lowest: float, losses: Iterable[float]) -> bool:
    """Return whether no other loss has the same text as the lowest: one of such is no best."""
    texts = [loss_text(loss) for loss in losses if np.isfinite(loss)]
    return np.isfinite(lowest) and texts.count(loss_text(lowest)) == 1


def _dots(counts: Any, hover: str) -> Trace:
    return {
        "type": "scatter",
        "name": CLASS,
        "mode": "markers",
        "marker": {
            "color": INITIAL.color,
            "size": dot_sizes(counts),
            "line": {"color": "#ffffff", "width": 1},
        },
        "customdata": counts,
        "hovertemplate": f"{hover}<br>answers: %{{customdata}}<extra></extra>",
    }


def _swarm_says(sweep: Sweep, chosen: Mapping[float, int], window: Window) -> str:
    """Return what the dots are, and of the last epoch: the best run, the slowest, those outside."""
    rates, losses = sorted(chosen), sweep.train_loss[:, -1]
    answers, runs = counted(sum(chosen.values()), "answer"), counted(len(rates), "rate")
    dots = "a dot for each, larger where more chose it. All start at the square"
    one = "its run is the dot, and starts at the square"
    says = [f"{answers}, {runs}: {dots if len(rates) > 1 else one}."]
    best = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
    if len(rates) > 1 and _is_lowest_alone(losses[best], losses):
        told = f"In the last epoch lr {rates[best]:g} has the lowest loss, "
        told += loss_text(losses[best])
        if best and np.isfinite(losses[0]):
            told += f"; the smallest, lr {rates[0]:g}, has {loss_text(losses[0])}"
        says.append(f"{told}.")
    inside = [
        (axis[0] <= path[:, -2]) & (path[:, -2] <= axis[-1])
        for axis, path in zip(window, (sweep.weight, sweep.bias), strict=True)
    ]
    if outside := int((~np.logical_and(*inside)).sum()):
        are = "is" if outside == 1 else "are"
        says.append(f"{outside} of {len(rates)} {are} outside the picture in the last epoch.")
    return " ".join(says)
