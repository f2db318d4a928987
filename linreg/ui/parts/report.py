"""The results of a run as text and tables: parameters, state_dict, log, predictions."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from linreg.analysis.theory import never_finite, overflow_text, overflows_untrained
from linreg.core.models import FILE_NAMES
from linreg.core.record import log_interval
from linreg.core.training import Run
from linreg.engines.replay import can_be_replayed
from linreg.formatting import decimals, measured, number
from linreg.lesson.cell_outputs import Judged, judged, saved_file
from linreg.lesson.explained_numbers import explained_results
from linreg.ui.parts.downloads import download
from linreg.ui.state import keys
from linreg.ui.work.cache import BY_SETTINGS, ENTRIES

MOST_ROWS = 10
MOST_LINES = 60


def outcome(run: Run) -> None:
    """Show an error if the run diverged; with or without it, elements below keep their place."""
    with st.empty():
        divergence(run)


def divergence(run: Run) -> None:
    """Show an error if the run diverged, or if a set has no finite loss."""
    said = overflow_text(run.history)
    if not said:
        for name in never_finite(run):
            st.error(
                f"The {name} loss overflows in every epoch, the training loss does not: the {name} "
                "set has rows that are too large for float32, or the first step went far too far.",
                icon=":material/trending_up:",
            )
        return
    if overflows_untrained(run):
        st.error(
            "The loss overflows before the first step: the data are too large for float32. "
            "Standard units help.",
            icon=":material/trending_up:",
        )
        return
    st.error(
        f"Training diverged: {said}, beyond the largest float32. The steps went too far and made "
        "the error larger. A smaller learning rate helps.",
        icon=":material/trending_up:",
    )


def results(run: Run) -> None:
    """Show the parameters and the predictions; a style puts them into columns."""
    st.markdown(results_text(run))


@st.cache_data(max_entries=ENTRIES, show_spinner=False, hash_funcs=BY_SETTINGS)
def results_text(run: Run) -> str:
    """Return the results of a run as Markdown; sessions that see the same run share it."""
    seen = judged(run)
    return "\n\n".join([learned_against_true(run), explained_results(run, seen), predictions(seen)])


def state_dict(run: Run) -> None:
    """Show the state_dict, and offer it as a file."""
    st.markdown(_state_dict(run))
    name = FILE_NAMES[run.experiment.model]
    download(name, lambda: saved_file(run), f"Download {name}")


def log(run: Run) -> None:
    """Show the losses of some epochs as the lesson's loop prints them."""
    every = log_interval(run.experiment.epochs)
    last = run.experiment.epochs - 1
    when = (
        f"every {every} epochs{' and the last' * bool(last % every)}"
        if every > 1
        else "every epoch"
    )
    epochs = sorted({*range(0, last, every), last})
    st.markdown(f"### Log, {when}\n{timing(run)} {repetition(run)}")
    # Not st.code: it loads half a megabyte of syntax highlighter.
    with st.container(key=keys.TRAINING_LOG):
        st.text("\n".join(log_lines(run, epochs)))


def learned_against_true(run: Run) -> str:
    """Return a table of the initial parameters and the learned ones, and of the true ones, if any.

    Own data have no true line.
    """
    history, experiment = run.history, run.experiment
    true = np.array([experiment.weight, experiment.bias])
    before, learned = (np.array([history.weight[e], history.bias[e]]) for e in (0, -1))
    head = ["| model | weight | bias |", "|:--|--:|--:|"]
    lines = [_row("before training", before), _row("**learned**", learned)]
    if experiment.points is not None:
        return "\n".join(["### Learned parameters", *head, *lines])
    apart = _row("learned - true", learned - true, partial(decimals, spec="+z.4f"))
    return "\n".join(["### Learned against true", *head, _row("true", true), *lines, apart])


def _row(name: str, values: npt.NDArray[np.float64], text: Callable[[float], str] = number) -> str:
    return f"| {name} | " + " | ".join(map(text, values)) + " |"


def _state_dict(run: Run) -> str:
    lines = ["### `model.state_dict()`", "| key | shape | value |", "|:--|:--|--:|"]
    for key, value in run.state_dict().items():
        lines.append(f"| `{key}` | {tuple(value.shape)} | {number(value.item())} |")
    return "\n".join(lines)


def log_lines(run: Run, epochs: Sequence[int]) -> list[str]:
    """Return the losses of some epochs as the lesson prints them; a long log without its middle."""
    history = run.history
    losses = {"Train": history.train_loss}
    if run.experiment.n_validation:
        losses["Validation"] = history.validation_loss
    if run.experiment.n_test:
        losses["Test"] = history.test_loss
    left_out = max(len(epochs) - MOST_LINES, 0)
    half = MOST_LINES // 2
    lines = [
        " | ".join(
            [f"Epoch: {epoch}"]
            + [f"{name} loss: {loss[epoch].item()}" for name, loss in losses.items()]
        )
        for epoch in ([*epochs[:half], *epochs[-half:]] if left_out else epochs)
    ]
    return [*lines[:half], f"... {left_out} more lines ...", *lines[half:]] if left_out else lines


def timing(run: Run) -> str:
    """Return when in an epoch its losses are taken, so that the curves are compared correctly."""
    if run.experiment.n_batches > 1:
        return (
            "The training loss of an epoch is the mean over its rows, each before its batch's "
            "step; other losses are taken after the last step."
        )
    others = " and other losses after it: their curves are one step apart"
    only = run.experiment.n_train == run.experiment.n_points
    return (
        "As in the lesson's loop, the training loss of an epoch is taken before its step"
        f"{'' if only else others}."
    )


def repetition(run: Run) -> str:
    """Return how the server may replay one recorded step; "" where it ran each step."""
    if not can_be_replayed(run.experiment):
        return ""
    return (
        "To save time the server may record one step of the loop and let PyTorch repeat it: every "
        "number is still the loop's own, to the last bit."
    )


def predictions(seen: Judged) -> str:
    """Return a table of predictions for the first test rows, before and after training."""
    rows = list(zip(seen.x, seen.y, seen.before, seen.after, strict=True))
    lines = [
        f"| {measured(x)} | {measured(y, number)} | {number(before)} | {number(after)} "
        f"| {decimals(y - after, '+z.4f')} |"
        for x, y, before, after in rows[:MOST_ROWS]
    ]
    head = [f"### Predictions on the {seen.rows} set"]
    if seen.rows != "test":
        head.append(f"There is no test set: these are {seen.rows} rows.\n")
    head += ["| x | y | before | learned | y - learned |", "|--:|--:|--:|--:|--:|"]
    more = len(rows) - len(lines)
    rest = [f"\nThe first {MOST_ROWS} rows; {more} more are in the chart."] if more else []
    return "\n".join([*head, *lines, *rest])
