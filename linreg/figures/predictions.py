"""The data, the true line, and what the model predicts."""

import numpy as np

from linreg.analysis.theory import overflow_text
from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.core.training import Run
from linreg.figures.elements.axes import (
    data_title,
    fixed_axis,
    outside,
    padded,
    range_of_y,
    x_axis_of,
)
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, data_rows, heights, straight_line
from linreg.figures.elements.style import (
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

WIDTH = 3  # of a line, in pixels

PREDICTIONS = {
    "marker": {"color": MODEL.color, "symbol": MODEL.symbol, "size": 9, "line": {"width": 3}}
}

Sets = list[tuple[Role, Floats, Floats]]


@drawn
def predictions_figure(run: Run, *, initial: bool = False) -> Drawing:
    """Return the data of `run`, the true line, the learned line and its predictions.

    They are those for the last set that has rows, as in the lesson: the test set, if there is one.

    Arguments:
        run: what was trained.
        initial: also show the predictions before training.
    """
    data, history = split_data(run.experiment), run.history
    points = _sets(run.experiment)
    ends = _range(points)
    traces = _data(run.experiment, points)
    if initial:
        first = history.weight[0], history.bias[0]
        traces.append(straight_line(INITIAL, INITIAL.name, ends, *first, WIDTH))
    last = history.weight[-1], history.bias[-1]
    if np.isfinite(last).all():
        traces.append(straight_line(MODEL, "learned line", ends, *last, WIDTH))
        sets = (data.X_train, data.X_validation, data.X_test)
        X = [rows for rows in sets if len(rows)][-1]
        x, y_preds = (each.numpy().ravel() for each in (X, run.predict(X)))
        traces.append(data_rows(MODEL, "predictions", x, y_preds, "predicted") | PREDICTIONS)
    # With the initial line, shown or not: the player starts there.
    shown = [y for _, _, y in points] + [history.weight[0] * ends + history.bias[0]]
    window = range_of_y(np.concatenate(shown), heights(*last, ends))
    return make_drawing(
        traces,
        title="Predictions",
        says=_says(run, ends, window),
        x_title=data_title(run.experiment, "x"),
        x_axis=x_axis_of(_range(points)),
        y_title=data_title(run.experiment, "y"),
        y_axis=fixed_axis(*window),
    )


@drawn
def untrained_figure(run: Run) -> Drawing:
    """Return the data of `run` with what its model predicts for the last set before training."""
    points = _sets(run.experiment)
    role, x, _ = points[-1]
    start = run.history.weight[0], run.history.bias[0]
    predicted = data_rows(MODEL, "predictions", x, heights(*start, x), "predicted") | PREDICTIONS
    return make_drawing(
        [*_data(run.experiment, points), predicted],
        title="Predictions before training",
        says=f"For the {role.name} data, by the start values: {formula(*start)}.",
        x_title=data_title(run.experiment, "x"),
        x_axis=x_axis_of(_range(points)),
        y_title=data_title(run.experiment, "y"),
    )


@drawn
def data_figure(experiment: Experiment) -> Drawing:
    """Return the rows of the three sets, and the true line where there is one."""
    points = _sets(experiment)
    window = padded(np.concatenate([y for _, _, y in points]))
    counts = ", ".join(f"{len(x)} {role.name}" for role, x, _ in points)
    return make_drawing(
        _data(experiment, points),
        title="The data",
        says=f"Rows: {counts}.",
        x_title=data_title(experiment, "x"),
        x_axis=x_axis_of(_range(points)),
        y_title=data_title(experiment, "y"),
        y_axis={"autorangeoptions": {"include": window}},
    )


def _sets(experiment: Experiment) -> Sets:
    """Return x and y, (rows,) each, of the sets that have rows."""
    data = split_data(experiment)
    sets = [
        (TRAINING, data.X_train, data.y_train),
        (VALIDATION, data.X_validation, data.y_validation),
        (TEST, data.X_test, data.y_test),
    ]
    return [(role, X.numpy().ravel(), y.numpy().ravel()) for role, X, y in sets if len(X)]


def _range(points: Sets) -> Floats:
    x_all = np.concatenate([x for _, x, _ in points])
    return np.array([x_all.min(), x_all.max()], dtype=np.float32)


def _data(experiment: Experiment, points: Sets) -> list[Trace]:
    """Return the rows of each set, and the true line where there is one."""
    traces = [data_rows(role, f"{role.name} data", x, y) for role, x, y in points]
    if experiment.points is None:
        true, ends = (experiment.weight, experiment.bias), _range(points)
        traces.append(straight_line(TRUTH, TRUTH.name, ends, *true, WIDTH))
    return traces


def _says(run: Run, ends: Floats, window: list[float]) -> str:
    history, overflows = run.history, overflow_text(run.history)
    last = history.weight[-1], history.bias[-1]
    if not np.isfinite(last).all():
        learned = "No line: training diverged, and the parameters overflowed"
    else:
        learned = f"Learned after {counted(run.experiment.epochs, 'epoch')}"
        if overflows:
            learned = f"Training diverged: {overflows}. Last line"
        learned += f": {formula(*last)}{outside(heights(*last, ends), window)}"
    if run.experiment.points is not None:
        return f"{learned}."
    return f"{learned}; true line: {formula(run.experiment.weight, run.experiment.bias)}."
