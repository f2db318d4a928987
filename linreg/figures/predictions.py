"""The data, the true line, and what the model predicts."""

from typing import Any

import numpy as np
import numpy.typing as npt

from linreg.analysis.theory import overflow_epoch
from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import (
    INITIAL,
    MODEL,
    TEST,
    TRAINING,
    TRUTH,
    VALIDATION,
    Role,
    make_drawing,
)
from linreg.formatting import counted, formula

Floats = npt.NDArray[np.float32]


@drawn
def predictions_figure(run: Run, *, initial: bool = False) -> Drawing:
    """Return the data of `run`, the true line, the learned line and its predictions.

    Arguments:
        run: what was trained.
        initial: also show the predictions before training.
    """
    data, history = split_data(run.experiment), run.history
    points = _sets(run.experiment)
    ends = _range(points)
    traces = [_points(role, x, y) for role, x, y in points]
    if run.experiment.points is None:
        traces.append(_line(TRUTH, TRUTH.name, ends, *_truth(run.experiment)))
    if initial:
        first = history.weight[0], history.bias[0]
        traces.append(_line(INITIAL, INITIAL.name, ends, *first))
    last = history.weight[-1], history.bias[-1]
    if np.isfinite(last).all():
        traces.append(_line(MODEL, "learned line", ends, *last))
        if len(data.X_test):
            y_preds = run.predict(data.X_test).numpy().ravel()
            traces.append(_predictions(data.X_test.numpy().ravel(), y_preds))
    # With the first line, shown or not: a player that moves the line starts there.
    shown = [y for _, _, y in points] + [history.weight[0] * ends + history.bias[0]]
    window = _window(np.concatenate(shown), history.weight[-1] * ends + history.bias[-1])
    return make_drawing(
        traces,
        title="Predictions",
        says=_says(run, ends, window),
        x_title="x (no unit)",
        y_title="y (no unit)",
        x_axis={},
        y_axis={
            "autorangeoptions": {
                "clipmin": window[0],
                "clipmax": window[1],
                "include": window,
            }
        },
    )


@drawn
def data_figure(experiment: Experiment) -> Drawing:
    """Return the rows of the three sets, and the true line where there is one."""
    points = _sets(experiment)
    traces = [_points(role, x, y) for role, x, y in points]
    if experiment.points is None:
        traces.append(_line(TRUTH, TRUTH.name, _range(points), *_truth(experiment)))
    window = _padded(np.concatenate([y for _, _, y in points]))
    counts = ", ".join(f"{len(x)} {role.name}" for role, x, _ in points)
    return make_drawing(
        traces,
        title="The data",
        says=f"Rows: {counts}.",
        x_title="x (no unit)",
        y_title="y (no unit)",
        x_axis={},
        y_axis={"autorangeoptions": {"include": window}},
    )


def _sets(experiment: Experiment) -> list[tuple[Role, Floats, Floats]]:
    """Return x and y, (rows,) each, of the sets that have rows."""
    data = split_data(experiment)
    sets = [
        (TRAINING, data.X_train, data.y_train),
        (VALIDATION, data.X_validation, data.y_validation),
        (TEST, data.X_test, data.y_test),
    ]
    return [(role, X.numpy().ravel(), y.numpy().ravel()) for role, X, y in sets if len(X)]


def _range(points: list[tuple[Role, Floats, Floats]]) -> Floats:
    x_all = np.concatenate([x for _, x, _ in points])
    return np.array([x_all.min(), x_all.max()], dtype=np.float32)


def _truth(experiment: Experiment) -> tuple[float, float]:
    return experiment.weight, experiment.bias


def _points(role: Role, x: Floats, y: Floats) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": f"{role.name} data",
        "mode": "markers",
        "marker": {"color": role.color, "symbol": role.symbol, "size": 8},
        "hovertemplate": "x %{x:.4f}<br>y %{y:.4f}<extra></extra>",
    }


def _line(role: Role, name: str, x: Floats, weight: float, bias: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": np.float32(weight) * x + np.float32(bias),
        "name": name,
        "mode": "lines",
        "line": {"color": role.color, "dash": role.dash, "width": 3},
        "hovertemplate": f"{weight:.4f} x + {bias:.4f}".replace("+ -", "- "),
    }


def _predictions(x: Floats, y: Floats) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": "predictions",
        "mode": "markers",
        "marker": {"color": MODEL.color, "symbol": MODEL.symbol, "size": 9, "line": {"width": 3}},
        "hovertemplate": "x %{x:.4f}<br>predicted %{y:.4f}<extra></extra>",
    }


def _padded(values: npt.NDArray[Any]) -> list[float]:
    low, high = float(np.min(values)), float(np.max(values))
    pad = 0.05 * (high - low) or 0.5
    return [low - pad, high + pad]


def _window(y: Floats, line: Floats) -> list[float]:
    """Return the range of y: all of `y`, and the line as far as it stays near."""
    low, high = float(y.min()), float(y.max())
    room = (high - low) or 1.0
    near = np.clip(line[np.isfinite(line)].astype(np.float64), low - room, high + room)
    return _padded(np.concatenate([y, near]))


def _says(run: Run, ends: Floats, window: list[float]) -> str:
    history, epochs = run.history, run.experiment.epochs
    epoch = overflow_epoch(history)
    weight, bias = history.weight[-1], history.bias[-1]
    if epoch is not None or not np.isfinite([weight, bias]).all():
        learned = "No line: training diverged and the parameters are no longer usable numbers"
    else:
        learned = f"Learned after {counted(epochs, 'epoch')}: {formula(weight, bias)}"
        y = weight * ends + bias
        if y.max() < window[0] or y.min() > window[1]:
            learned += ", which lies outside the chart"
    if run.experiment.points is not None:
        return f"{learned}."
    return f"{learned}; true line: {formula(*_truth(run.experiment))}."
