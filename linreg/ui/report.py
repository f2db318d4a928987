"""What a run left, as text and tables: parameters, state_dict, log, predictions."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import streamlit as st

from linreg.choices import Model
from linreg.data import split_data
from linreg.models import make_model
from linreg.theory import overflow_epoch
from linreg.training import Run, predict

FILES = {
    Model.PARAMETER: "01_pytorch_workflow_model_0.pth",
    Model.LINEAR: "01_pytorch_workflow_model_1.pth",
}
MOST_ROWS = 10


def outcome(run: Run) -> None:
    """Say so where the run diverged."""
    epoch = overflow_epoch(run.history)
    if epoch is None:
        return
    st.error(
        f"Training diverged: the loss stopped being a finite number in epoch {epoch}. Every step "
        "went too far and made the error larger. A smaller learning rate helps.",
        icon=":material/trending_up:",
    )


def parameters(run: Run) -> None:
    """Show the learned beside the true parameters and the state_dict, and offer it as a file."""
    st.markdown(_learned_against_true(run) + "\n\n" + _state_dict(run))
    name = FILES[run.experiment.model]
    st.download_button(
        f"Download {name}",
        data=lambda: run.checkpoint,  # sent on demand, not at every change
        file_name=name,
        mime="application/octet-stream",
        on_click="ignore",
        icon=":material/download:",
        key="download",
    )


def _learned_against_true(run: Run) -> str:
    history, experiment = run.history, run.experiment
    true = np.array([experiment.weight, experiment.bias])
    before, learned = (np.array([history.weight[e], history.bias[e]]) for e in (0, -1))
    lines = ["| model | weight | bias |", "|:--|--:|--:|"]
    if experiment.points is None:
        lines.append(_row("true", true))
    lines += [_row("before training", before), _row("**learned**", learned)]
    if experiment.points is None:
        lines.append(_row("error", learned - true, "+.4f"))
    return "### Learned against true\n" + "\n".join(lines)


def _row(name: str, values: npt.NDArray[np.float64], digits: str = ".4f") -> str:
    return f"| {name} | " + " | ".join(_text(value, digits) for value in values) + " |"


def _text(value: float, digits: str = ".4f") -> str:
    """Return the number with four decimals; a huge one, inf or nan as PyTorch prints it."""
    return f"{value:{digits}}" if abs(value) < 1e5 else f"{value:.4g}"


def _state_dict(run: Run) -> str:
    lines = ["### `model.state_dict()`", "| key | shape | value |", "|:--|:--|--:|"]
    for key, value in run.state_dict().items():
        lines.append(f"| `{key}` | {tuple(value.shape)} | {_text(value.item())} |")
    return "\n".join(lines)


def log_interval(epochs: int) -> int:
    """Return every how many epochs the log prints: 1, 2, 5, 10 ... for ten lines at most."""
    intervals: Iterator[int] = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return next(interval for interval in intervals if 10 * interval >= epochs)


def training_log(run: Run) -> None:
    """Show the losses as the lesson's loop prints them, every so many epochs."""
    history, epochs = run.history, run.experiment.epochs
    every = log_interval(epochs)
    losses = {"Train": history.train_loss}
    if run.experiment.n_validation:
        losses["Validation"] = history.validation_loss
    if run.experiment.n_test:
        losses["Test"] = history.test_loss
    lines = [
        " | ".join(
            [f"Epoch: {epoch}"]
            + [f"{name} loss: {loss[epoch].item()}" for name, loss in losses.items()]
        )
        for epoch in sorted({*range(0, epochs, every), epochs - 1})
    ]
    when = f"every {every} epochs" if every > 1 else "every epoch"
    st.markdown(f"### Log, {when}\n{_timing(run)}")
    st.code("\n".join(lines), language=None, wrap_lines=True)


def _timing(run: Run) -> str:
    """Return when in an epoch its losses are taken, so that the curves are compared rightly."""
    if run.experiment.n_batches > 1:
        return (
            "The training loss of an epoch is the mean over its batches, each before its own step; "
            "other losses are taken after the last step."
        )
    return (
        "As in the lesson's loop, the training loss of an epoch is taken before its step and other "
        "losses after it: their curves are one step apart."
    )


def test_predictions(run: Run) -> None:
    """Show what the model predicts for the first test rows, before and after training."""
    data = split_data(run.experiment)
    if not len(data.X_test):
        st.markdown("### Predictions on the test set\nThere is no test set: all rows are used.")
        return
    before = predict(make_model(run.experiment.model, run.experiment.seed), data.X_test)
    after = run.predict(data.X_test)
    columns = (data.X_test, data.y_test, before, after, data.y_test - after)
    rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
    lines = [
        f"| {x:.4g} | {y:.4f} | {y_before:.4f} | {_text(y_after)} | {_text(error, '+.4f')} |"
        for x, y, y_before, y_after, error in list(rows)[:MOST_ROWS]
    ]
    head = ["### Predictions on the test set", "| x | y | before | learned | y - learned |"]
    more = len(data.X_test) - len(lines)
    rest = [f"\nThe first {MOST_ROWS} test rows; {more} more are in the chart."] if more else []
    st.markdown("\n".join([*head, "|--:|--:|--:|--:|--:|", *lines, *rest]))
