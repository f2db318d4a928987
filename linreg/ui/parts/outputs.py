"""The live output of each part of the lesson, as tables and text."""

import streamlit as st

from linreg.analysis.theory import alternation, overflow_epoch
from linreg.core.data import rows_outside
from linreg.core.experiment import Experiment
from linreg.core.record import log_interval
from linreg.core.training import Run
from linreg.formatting import counted, decimals, loss_text, measured, number
from linreg.lesson import cell_outputs
from linreg.ui.parts.report import MOST_ROWS, log_lines, repetition, timing
from linreg.ui.state import keys

FEW = 3
FEW_LINES = 12
INTERVALS = (1, 2, 3, 5, 7, 10, 20, 25, 50, 75, 100, 200, 500, 1000)


def first_rows(experiment: Experiment) -> None:
    """Show the first rows of X and y, with shapes and types."""
    X, y = cell_outputs.data_described(experiment, MOST_ROWS)
    lines = ["### The first rows of X and y", "| row | X | y |", "|--:|--:|--:|"]
    rows = enumerate(zip(X.values, y.values, strict=True))
    lines += [f"| {i} | {x:.4f} | {value:.4f} |" for i, (x, value) in rows]
    lines += ["", *(f"- `{one.name}`: shape {one.shape}, {one.dtype}" for one in (X, y))]
    st.markdown("\n".join(lines))


def split_sizes(experiment: Experiment) -> None:
    """Show how many rows each set has, and what the test set measures."""
    roles = (
        ("training", experiment.n_train, "learned from"),
        ("validation", experiment.n_validation, "settings are tuned on it"),
        ("test", experiment.n_test, "the result is judged on it"),
    )
    lines = ["### The split", "| set | rows | its job |", "|:--|--:|:--|"]
    lines += [f"| {name} | {rows} | {job} |" for name, rows, job in roles]
    st.markdown("\n".join([*lines, "", _what_is_tested(experiment)]))


def _what_is_tested(experiment: Experiment) -> str:
    """Return how the rows were split, and whether the test loss measures extrapolation."""
    if not experiment.n_test:
        return "There is no test set, so the result is not judged on new rows."
    how = "at random" if experiment.shuffle else "in order"
    outside = rows_outside(experiment)
    said = (
        f"Rows are split {how}. Test rows outside the range of the training rows: {outside} of "
        f"{experiment.n_test}."
    )
    return f"{said} For these the test loss measures extrapolation." if outside else said


def parameters_before(experiment: Experiment) -> None:
    """Show the model's random initial parameters."""
    lines = ["### The state_dict before training", "| key | shape | value |", "|:--|:--|--:|"]
    lines += [
        f"| `{one.name}` | {one.shape} | {one.values[0]:.4f} |"
        for one in cell_outputs.parameters_before(experiment)
    ]
    st.markdown("\n".join(lines))
    st.caption("list(model.parameters())")
    st.code(cell_outputs.parameters_text(experiment), language="python")


def predictions_before(run: Run) -> None:
    """Show what the untrained model predicts for some rows, and the errors."""
    seen = cell_outputs.judged(run)
    rows = list(zip(seen.x, seen.y, seen.before, strict=True))[:MOST_ROWS]
    lines = [
        f"### Predictions for {seen.rows} rows before training",
        "| x | y | y_preds | y - y_preds |",
    ]
    lines += ["|--:|--:|--:|--:|"]
    lines += [
        f"| {measured(x)} | {measured(y, number)} | {number(y_pred)} | {number(y - y_pred)} |"
        for x, y, y_pred in rows
    ]
    st.markdown("\n".join(lines))


def chosen_interval(experiment: Experiment) -> int:
    """Show the control of k, and return k: the log prints every k-th epoch."""
    epochs = experiment.epochs
    offered = [k for k in INTERVALS if k < epochs] or [1]
    every: int = st.select_slider(
        "Print every k-th epoch",
        options=offered,
        value=max(k for k in offered if k <= log_interval(epochs)),
        key=keys.one_of(keys.LOG_INTERVAL, len(offered)),
        persist_state="session",
        help="Changes the condition of print() in the loop, and the log beside it.",
    )
    return every


def log(run: Run, every: int) -> None:
    """Show the losses of every k-th epoch, and what this k hides."""
    st.markdown("### The log")
    lines = log_lines(run, range(0, run.experiment.epochs, every))
    height = None if len(lines) <= FEW_LINES else 480
    st.code("\n".join(lines), language=None, wrap_lines=True, height=height)
    place = st.empty()
    hidden = _hidden(run, every)
    if hidden:
        place.info(hidden, icon=":material/visibility_off:")
    st.caption(f"{timing(run)} {repetition(run)}")


def _hidden(run: Run, every: int) -> str:
    """Return what the log hides where the loss alternates between two values; else ""."""
    cycle = alternation(run.history)
    if cycle is None:
        return ""
    low, high = cycle.train
    truth = (
        f"From epoch {cycle.first_epoch} on the training loss alternates between "
        f"{loss_text(low)} and {loss_text(high)}, and nothing more is learned."
    )
    printed = [e for e in range(0, run.experiment.epochs, every) if e >= cycle.first_epoch]
    losses = {loss_text(float(run.history.train_loss[epoch])) for epoch in printed}
    if len(printed) < FEW:
        return f"{truth} Too few lines of this log show these epochs: choose a smaller k."
    if len(losses) > 1:
        return f"{truth} The lines of this log show both values, since k = {every} is odd."
    return (
        f"{truth} This log seems constant because k = {every} is even: from there on it "
        "always shows the same one of the two values. Choose an odd k."
    )


def saved(run: Run) -> None:
    """Show the file that a state_dict is saved to."""
    trip = cell_outputs.round_trip(run)
    st.markdown(f"### Saved\nSaved to `{trip.path}`: **{trip.size:,} bytes**.")


def loaded(run: Run) -> None:
    """Show how a state_dict is loaded from its file into a new instance."""
    trip = cell_outputs.round_trip(run)
    same = sum(trip.equal)
    fresh = ", ".join(f"`{key}` {value:.4f}" for key, value in trip.fresh.items())
    state = run.state_dict()
    learned = ", ".join(f"`{key}` {decimals(value.item())}" for key, value in state.items())
    st.markdown(
        "### Loaded\n"
        f"1. A new instance starts with random values: {fresh}.\n"
        f"2. `load_state_dict` answers `{trip.answer}`; the values now: {learned}.\n"
        f"3. Both models predict the {counted(len(trip.equal), f'{trip.rows} row')}; elementwise "
        f"equal: **True: {same}, False: {len(trip.equal) - same}**."
    )
    st.code(f"y_preds == loaded_model_preds  # {list(trip.equal[:MOST_ROWS])}")
    if overflow_epoch(run.history) is not None and same < len(trip.equal):
        st.caption("Training diverged. NaN is not equal to anything, not even to itself.")


def devices(run: Run) -> None:
    """Show which device parameters and predictions are on."""
    st.markdown(
        "### Where things are\n"
        f"- Parameters while training: `{cell_outputs.parameter_device(run.experiment)}`\n"
        f"- Predictions: `{cell_outputs.judged(run).device}`\n\n"
        "Model and data must be on the same device. Charts need NumPy, which is on the CPU: "
        "`.cpu()` first, and `.detach()` where a gradient is recorded. A GPU is not faster here: "
        "starting each small operation costs more than the arithmetic on two parameters."
    )
