"""What a mistake does to the line, to one loss, or to the epochs that follow: a picture of each.

As in `mistakes`, a subtitle says what the numbers are, and not what is wrong.
"""

import numpy as np

from linreg.analysis.theory import alternation
from linreg.core.data import split_data
from linreg.core.losses import Floats
from linreg.core.training import Run, make_batches
from linreg.figures.elements.axes import (
    data_title,
    epoch_axis,
    fixed_axis,
    loss_axis,
    loss_title,
    outside,
    range_of_y,
    x_axis_of,
)
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, curves, data_rows, heights, straight_line
from linreg.figures.elements.style import MODEL, TEST, TRAINING, TRUTH, make_drawing
from linreg.formatting import formula, loss_text, or_overflow
from linreg.mistakes.run import Trial
from linreg.settings.choices import Scale

WIDTH = 3  # of a line, in pixels


@drawn
def trial_lines_figure(healthy: Run, trial: Trial) -> Drawing:
    """Return the data, the line that right code learns, and the line that this code predicts with.

    Arguments:
        healthy: the run of the same experiment without the mistake.
        trial: what the code with the mistake did; without a line, only that of right code.
    """
    data = split_data(healthy.experiment)
    sets = [(TRAINING, data.X_train, data.y_train), (TEST, data.X_test, data.y_test)]
    rows = [(role, x.numpy().ravel(), y.numpy().ravel()) for role, x, y in sets if len(x)]
    x = np.concatenate([x for _, x, _ in rows])
    y = np.concatenate([y for _, _, y in rows])
    ends = np.array([x.min(), x.max()], dtype=np.float32)
    right = float(healthy.history.weight[-1]), float(healthy.history.bias[-1])
    traces = [data_rows(role, f"{role.name} data", x, y) for role, x, y in rows]
    traces.append(straight_line(TRUTH, "right code", ends, *right, WIDTH))
    says, window = f"Right code: {_line_text(right)}.", range_of_y(y, heights(*right, ends))
    if trial.history is None:
        says += " This code stops before its first epoch ends, so no line was learned."
    elif trial.line is None:
        says += " This code gets the same parameters, but stops before the loaded model has them."
    else:
        traces.append(straight_line(MODEL, "this code", ends, *trial.line, WIDTH))
        both = [heights(*line, ends) for line in (right, trial.line)]
        window = range_of_y(y, np.concatenate(both))
        says += f" This code: {_line_text(trial.line)}{outside(both[1], window)}."
    return make_drawing(
        traces,
        title="Predictions",
        says=says,
        x_title=data_title(healthy.experiment, "x"),
        x_axis=x_axis_of(ends),
        y_title=data_title(healthy.experiment, "y"),
        y_axis=fixed_axis(*window),
    )


def _line_text(line: tuple[float, float]) -> str:
    """Return a line as its equation, or that there is none."""
    is_finite = np.isfinite(line).all()
    return formula(*line) if is_finite else "no line, since the parameters overflowed"


@drawn
def continued_losses_figure(healthy: Run, trial: Trial) -> Drawing:
    """Return the losses of right code, and after its last epoch those of this code."""
    history, epochs = trial.history or healthy.history, healthy.experiment.epochs
    first = [(TRAINING, healthy.history.train_loss), (TEST, healthy.history.test_loss)]
    second = [(TRAINING, history.train_loss), (TEST, history.test_loss)]
    again = [_later(trace, epochs) for trace in curves(second, alternation(history))]
    losses = (float(history.train_loss[epoch]) for epoch in (0, -1))
    start, end = (or_overflow(loss, loss_text) for loss in losses)
    return make_drawing(
        [*curves(first, alternation(healthy.history)), *again],
        title="Both runs of the cell (log scale)",
        says=f"The second run goes on after epoch {epochs - 1}. Its training loss: {start} in its "
        f"own epoch 0, {end} in its last one.",
        x_title="epoch, counted over both runs",
        y_title=loss_title(healthy.experiment),
        x_axis=epoch_axis(2 * epochs),
        y_axis=loss_axis(Scale.LOG, [loss for _, loss in (*first, *second)]),
    )


def _later(trace: Trace, epochs: int) -> Trace:
    """Return a curve moved by some epochs, without another entry in the legend."""
    x = {"x": np.asarray(trace["x"]) + epochs} if "x" in trace else {"x0": epochs}
    return trace | x | {"showlegend": False}


@drawn
def broadcast_figure(healthy: Run, trial: Trial) -> Drawing:
    """Return y_pred - y of shapes (rows, 1) and (rows,): each prediction minus each y.

    The rows are those of the first batch. Arguments as for `trial_lines_figure`; y_pred is that of
    the line that this code ends with.
    """
    X, Y = next(iter(make_batches(healthy.experiment, split_data(healthy.experiment))))
    x, y = X.numpy(), Y.numpy().ravel()
    y_pred: Floats = heights(*(trial.line or (0.0, 0.0)), x)  # (rows, 1)
    grid = y_pred - y  # (rows, rows)
    largest = float(np.abs(grid[np.isfinite(grid)]).max(initial=0)) or 1.0
    rows = len(y)
    return make_drawing(
        [
            {
                "type": "heatmap",
                "z": grid,
                "zmin": -largest,
                "zmax": largest,
                "colorscale": "RdBu",
                "name": "y_pred - y",
                "colorbar": {"thickness": 14, "title": {"text": "y_pred - y", "side": "right"}},
                "hovertemplate": "y_pred of row %{y}<br>y of row %{x}<br>%{z:.5~g}<extra></extra>",
            }
        ],
        title=f"y_pred - y has {rows} x {rows} numbers",
        says=_diagonal(rows, batches=healthy.experiment.n_batches),
        x_title="row of y",
        y_title="row of y_pred",
        y_axis={"autorange": "reversed"},
    )


def _diagonal(rows: int, batches: int) -> str:
    """Return which of the (rows, rows) numbers compare a prediction with its own y."""
    if rows == 1:
        return "A batch has one row, so each prediction is compared with its own y alone."
    of = "the first batch" if batches > 1 else "an epoch"
    return (
        f"The loss of {of} averages over all {rows * rows:,}. Only the {rows} on the diagonal "
        "compare a prediction with its own y."
    )
