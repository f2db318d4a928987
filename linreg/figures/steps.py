"""One step of the loop as figures: the line with its residuals, and the step on the surface."""

from typing import Any

import numpy as np

from linreg.analysis.surface import step_surface, whole_window
from linreg.core.data import split_data
from linreg.core.losses import Floats
from linreg.core.training import Run
from linreg.figures.elements.axes import (
    data_title,
    fixed_axis,
    lies_outside,
    range_of_y,
    x_axis_of,
)
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import (
    PARAMETERS,
    Trace,
    data_rows,
    heights,
    parameters_mark,
    straight_line,
)
from linreg.figures.elements.style import (
    INITIAL,
    MODEL,
    TEST,
    TRAINING,
    VALIDATION,
    Role,
    make_drawing,
)
from linreg.figures.surface import POINTS, Window, contours, on_surface, true_parameters
from linreg.formatting import counted, formula, pair
from linreg.walkthrough.walk import Moment, Pair, Walk

ARROW = 0.22  # of the window
SHORT = 0.08  # of the window: a step that is hardly longer than its two marks
WIDTH = 4  # of a line, in pixels
BEHIND = 0.45  # opacity of rows that the line does not use

Rows = tuple[Floats, Floats]  # x and y


@drawn
def line_figure(walk: Walk, moment: Moment) -> Drawing:
    """Return the rows that the line of `moment` uses, and the model's line with its residuals.

    The axes hold all rows of the experiment, so they are the same for each line of the loop.
    """
    step = walk.step
    role, rows = TRAINING, (step.X, step.y)
    lines = [(MODEL, "line", step.before)]
    if moment is Moment.STEP:
        lines = [(INITIAL, "line before", step.before), (MODEL, "line after", step.after)]
    if moment is Moment.TEST:
        (role, rows), lines = _judging_rows(walk), [(MODEL, "line", walk.end)]
    everything = _all_rows(walk)
    ends = np.array([everything[0].min(), everything[0].max()], dtype=np.float32)
    # One range for all moments of a step.
    both = np.concatenate([heights(*line, ends) for line in (step.before, walk.end)])
    window = range_of_y(everything[1], both)
    is_finite = bool(np.isfinite(heights(*lines[-1][2], ends)).all())
    with_sticks = moment is not Moment.FORWARD and is_finite
    traces = [
        data_rows(TRAINING, "other rows", *everything) | {"opacity": BEHIND},
        data_rows(role, f"{role.name} rows" if moment is Moment.TEST else "rows used", *rows),
        _sticks(rows, lines[-1][2] if with_sticks else None),
        *(straight_line(look, name, ends, *line, WIDTH) for look, name, line in lines),
    ]
    return make_drawing(
        traces,
        title="The line and its residuals" if with_sticks else "The line",
        says=_line_says(role, len(rows[0]), lines, with_sticks=with_sticks)
        + "".join(_outside(heights(*p, ends), window, f"The {name}") for _, name, p in lines),
        x_title=data_title(walk.experiment, "x"),
        x_axis=x_axis_of(ends),
        y_title=data_title(walk.experiment, "y"),
        y_axis=fixed_axis(*window),
    )


@drawn
def descent_figure(walk: Walk, moment: Moment, run: Run) -> Drawing:
    """Return the loss of the step's own rows as a surface, with what the step does on it.

    The figure shows the parameters, after backward() an arrow against the gradient, and after
    step() the step; a step that is too short to be seen has an arrow in its direction.
    """
    weights, biases = window = whole_window(run, POINTS)
    step = walk.step
    at = walk.end if moment is Moment.TEST else step.before
    moved = [step.before, step.after] if moment is Moment.STEP else []
    name = "after the epoch" if moment is Moment.TEST else "parameters"
    arrow = _arrow(step.before, _direction(walk, moment, window), weights, biases)
    traces = [
        contours(*window, step_surface(walk, *window)),
        _step(moved),
        parameters_mark(MODEL, name, "circle", _array([at.weight]), _array([at.bias])),
        *true_parameters(run.experiment),
    ]
    return on_surface(
        window,
        traces,
        title="The step on the loss surface",
        says=_descent_says(walk, moment, has_arrow=bool(arrow)) + _point_outside(at, window),
        notes=arrow,
    )


def _direction(walk: Walk, moment: Moment, window: Window) -> Pair:
    """Return where an arrow points to: against the gradient, or along a step that is short."""
    step = walk.step
    if moment is Moment.BACKWARD:
        return Pair(-step.grad.weight, -step.grad.bias)
    along = Pair(step.after.weight - step.before.weight, step.after.bias - step.before.bias)
    spans = [float(np.ptp(axis)) for axis in window]
    is_short = max(abs(along.weight) / spans[0], abs(along.bias) / spans[1]) < SHORT
    return along if moment is Moment.STEP and is_short else Pair(0.0, 0.0)


def _array(values: list[float]) -> Floats:
    return np.array(values, dtype=np.float32)


def _all_rows(walk: Walk) -> Rows:
    data = split_data(walk.experiment)
    X = (data.X_train, data.X_validation, data.X_test)
    y = (data.y_train, data.y_validation, data.y_test)
    x_all, y_all = (np.concatenate([part.numpy().ravel() for part in parts]) for parts in (X, y))
    return x_all, y_all


def _judging_rows(walk: Walk) -> tuple[Role, Rows]:
    """Return the rows of the test set, or without one those of the validation set."""
    if len(walk.X_test) or not len(walk.X_validation):
        return TEST, (walk.X_test, walk.y_test)
    return VALIDATION, (walk.X_validation, walk.y_validation)


def _outside(values: Floats, window: list[float], what: str) -> str:
    """Return a sentence if none of `values` is inside the window; else nothing."""
    if not np.isfinite(values).all():
        return f" {what} is NaN or infinite."
    return f" {what} lies outside the chart." if lies_outside(values, window) else ""


def _point_outside(at: Pair, window: Window) -> str:
    """Return a sentence if the weight or the bias is outside the window; else nothing."""
    ends = [[float(axis[0]), float(axis[-1])] for axis in window]
    said = [_outside(_array([at[i]]), ends[i], "The point") for i in (0, 1)]
    return said[0] or said[1]


def _sticks(rows: Rows, line: Pair | None) -> Trace:
    """Return a stick from each row to the line, as one trace with gaps."""
    x, y = rows
    on_line = np.full_like(y, np.nan) if line is None else heights(*line, x)
    seen = np.isfinite(on_line)
    gaps = np.full(int(seen.sum()), np.nan, dtype=np.float32)
    return {
        "type": "scatter",
        "x": np.stack([x[seen], x[seen], gaps], axis=1).ravel(),
        "y": np.stack([y[seen], on_line[seen], gaps], axis=1).ravel(),
        "name": "residuals",
        "mode": "lines",
        "line": {"color": MODEL.color, "width": 1.5},
        "hoverinfo": "skip",
        "showlegend": False,  # the caption names the sticks
    }


def _step(moved: list[Pair]) -> Trace:
    return {
        "type": "scatter",
        "x": _array([p.weight for p in moved]),
        "y": _array([p.bias for p in moved]),
        "name": "step",
        "mode": "lines+markers",
        "line": {"color": MODEL.color, "width": 4},
        "marker": {"size": 10, "color": MODEL.color},
        "hovertemplate": PARAMETERS,
        "showlegend": False,
    }


def _arrow(at: Pair, towards: Pair, weights: Floats, biases: Floats) -> list[dict[str, Any]]:
    """Return an arrow from a point in a direction, inside the window.

    There is none if the direction is zero or not finite, or if its start is outside the window.
    Its length is a share of the window, since it shows a direction and not a size.
    """
    spans, lows = [float(np.ptp(a)) for a in (weights, biases)], [weights[0], biases[0]]
    along = np.array(towards)
    start = np.array([(at.weight - lows[0]) / spans[0], (at.bias - lows[1]) / spans[1]])
    direction = along / spans  # in shares of the window
    if not np.isfinite([*start, *direction]).all() or not direction.any():
        return []
    reach = ARROW / np.abs(direction).max()
    room = np.where(direction > 0, 1 - start, -start)  # to the edge that it points to
    reach = min(reach, float(np.min(room[direction != 0] / direction[direction != 0])))
    if reach <= 0 or not ((start >= 0) & (start <= 1)).all():
        return []
    end = [at.weight + reach * along[0], at.bias + reach * along[1]]
    return [
        {
            **dict(zip(("x", "y", "ax", "ay"), (*map(float, end), *at), strict=True)),
            "xref": "x",
            "yref": "y",
            "axref": "x",
            "ayref": "y",
            "text": "",
            "showarrow": True,
            "arrowhead": 2,
            "arrowwidth": 3,
            "arrowcolor": MODEL.color,
        }
    ]


def _line_says(
    role: Role, count: int, lines: list[tuple[Role, str, Pair]], *, with_sticks: bool
) -> str:
    if not count:
        return "Every row is used for training, so there is nothing to compare the line with."
    said = ", ".join(f"{name} {formula(*parameters)}" for _, name, parameters in lines)
    sticks = "" if not with_sticks else f" A stick joins each row to the {lines[-1][1]}."
    return f"{counted(count, f'{role.name} row')}; {said}.{sticks}"


def _descent_says(walk: Walk, moment: Moment, *, has_arrow: bool) -> str:
    step = walk.step
    rows = f" Lines join equal loss on the {counted(len(step.X), 'row')} of this step."
    if moment is Moment.TEST:
        return f"After the epoch the model is at {pair(*walk.end)}.{rows}"
    if moment is Moment.STEP:
        arrow = " It is short: the arrow shows its direction, not its length."
        said = f"The step goes from {pair(*step.before)} to {pair(*step.after)}."
        return f"{said}{arrow if has_arrow else ''}{rows}"
    if moment is Moment.BACKWARD:
        said = f"At {pair(*step.before)} the gradient is {pair(*step.grad)}."
        arrow = " The arrow points against it; its length is not that of the step."
        return f"{said}{arrow if has_arrow else ''}{rows}"
    return f"At {pair(*step.before)} nothing has moved yet.{rows}"
