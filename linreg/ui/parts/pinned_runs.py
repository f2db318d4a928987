"""The pinned runs side by side: their curves, settings and results."""

import csv
import io
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.theory import alternation
from linreg.core.experiment import MOST_DEALT, MOST_STEPS, SETTINGS, Experiment
from linreg.core.losses import Floats
from linreg.core.training import Run
from linreg.figures import compared_losses_figure
from linreg.formatting import no_formula, number, shown
from linreg.settings.choices import Scale
from linreg.sharing.pins import MOST_PINS, Pin, differing
from linreg.ui.parts.downloads import download
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.address import left_out
from linreg.ui.state.fallback import WorkError
from linreg.ui.state.pinned import id_of, rename, restore, show_name, unpin
from linreg.ui.state.session import session
from linreg.ui.work.budget import affordable
from linreg.ui.work.cache import trained

RESULTS = {  # of a history: as the table calls its last value
    "train_loss": "train loss, before each step of the last epoch",
    "validation_loss": "validation loss",
    "test_loss": "test loss",
    "weight": "weight",
    "bias": "bias",
}
NAMED = 2  # a message names at most this many runs


def pinned_runs(present: Experiment, waiting: DeltaGenerator) -> None:
    """Show the pinned runs' curves, their results and the settings in which they differ."""
    with st.container(key=keys.COMPARED_RUNS):
        st.header("Runs compared", anchor="pins", divider="gray")
        live_region(keys.COMPARED_RUNS, session().sought_pins, block="start")
    pins = session().pins
    if not pins:
        st.markdown(
            "Nothing is pinned yet. *Pin this run* in the sidebar keeps the present run; change a "
            f"setting, pin again, and compare: up to {MOST_PINS} runs. With the same seed and the "
            "same model they start from the same values."
        )
        return
    trainable = _trainable(present, pins)
    place = st.empty()
    if trainable:
        try:
            runs = [trained(pin.experiment, waiting) for pin in trainable]
        except WorkError as error:  # the pins stay on the page, so that one can be removed
            place.error(f"{error} Unpin that run, or change a setting to try it again.")
        else:
            _compared(trainable, runs)
    missing = left_out()
    if missing:
        st.caption(
            f"{missing} of {len(pins)} pinned runs are not in the address, which would be too long "
            "(or cannot hold own data), so a link does not restore them."
        )
    for index, pin in enumerate(pins):
        _one(index, pin, present)


def _compared(pins: tuple[Pin, ...], runs: list[Run]) -> None:
    """Show the curves of pinned runs and the table of their settings and results."""
    named = [(pin.name, run) for pin, run in zip(pins, runs, strict=True)]
    charts("pins", {"pins": compared_losses_figure.drawing(named, Scale.LOG)})
    st.dataframe(table(pins, runs), hide_index=True)
    download(
        "pinned_runs.csv",
        lambda: csv_text(table(pins, runs, "{:.6g}".format)),
        "Download the table as CSV",
    )


def _trainable(present: Experiment, pins: tuple[Pin, ...]) -> tuple[Pin, ...]:
    """Return the pins that this page also trains; name the others in a warning."""
    _, *fits = affordable([present, *(pin.experiment for pin in pins)])
    others = [f"`{shown(pin.name)}`" for pin, fit in zip(pins, fits, strict=True) if not fit]
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        st.warning(
            f"One page trains at most {MOST_STEPS:,} steps and puts at most {MOST_DEALT:,} rows "
            "into batches. With the present run these runs exceed that, so they are left out: "
            f"{', '.join(others[:NAMED])}{more}. Use fewer epochs or larger batches."
        )
    return tuple(pin for pin, fit in zip(pins, fits, strict=True) if fit)


def table(
    pins: tuple[Pin, ...], runs: list[Run], write: Callable[[float], str] = number
) -> list[dict[str, str]]:
    """Return a row for each run: name, final values, the settings in which the runs differ.

    Arguments:
        write: writes a final value.
    """
    names = differing([pin.experiment for pin in pins])
    rows = []
    for pin, run in zip(pins, runs, strict=True):
        settings = {SETTINGS[name].label: _text(name, pin) for name in names}
        results = {
            title: _end(run, getattr(run.history, name), write) if _has(run, name) else ""
            for name, title in RESULTS.items()
        }
        rows.append({"run": pin.name, **results, **settings})
    empty = [name for name in rows[0] if not any(row[name] for row in rows)]
    return [{name: text for name, text in row.items() if name not in empty} for row in rows]


def _has(run: Run, result: str) -> bool:
    """Return whether there are rows for a result, even if it overflows."""
    e = run.experiment
    return {"validation_loss": e.n_validation, "test_loss": e.n_test}.get(result, e.n_train) > 0


def _end(run: Run, values: Floats, write: Callable[[float], str]) -> str:
    """Return the last value; of a loss that alternates between two values, both."""
    last, is_loss = write(float(values[-1])), len(values) == run.experiment.epochs
    alternates = is_loss and alternation(run.history) is not None
    return f"{last}, before it {write(float(values[-2]))}" if alternates else last


def csv_text(rows: list[dict[str, str]]) -> str:
    """Return the table as CSV; a name that a spreadsheet would read as a formula is quoted."""
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, "run": no_formula(row["run"])} for row in rows)
    return file.getvalue()


def _text(name: str, pin: Pin) -> str:
    value = getattr(pin.experiment, name)
    if name == "points" and value is None:
        return "the line"
    if name == "points":
        return f"{len(value)} own rows" + (", standard units" if pin.own_units else "")
    return SETTINGS[name].format(value)


def _one(index: int, pin: Pin, present: Experiment) -> None:
    """Show a field for a pinned run's name, and the buttons to restore and unpin it."""
    show_name(pin)
    name = id_of(pin)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            f"Name of run {index + 1}",
            key=keys.one_of(keys.PIN_NAME, name),
            on_change=rename,
            args=(pin,),
        )
        st.button(
            "Its settings are in use" if pin.experiment == present else "Restore its settings",
            key=keys.one_of(keys.RESTORE_PIN, name),
            on_click=restore,
            args=(pin,),
            disabled=pin.experiment == present,
        )
        st.button("Unpin", key=keys.one_of(keys.UNPIN, name), on_click=unpin, args=(pin,))
