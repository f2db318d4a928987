"""A student's own table on its way into the session: read, or asked about if it is not clear."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from linreg.analysis.scale import RATE_OF_STANDARD_UNITS, scale_problem
from linreg.core.experiment import SETTINGS, Experiment
from linreg.files.right_field import Field, right_field
from linreg.formatting import number_text, shown
from linreg.own_data.table import (
    Column,
    ColumnsError,
    DataError,
    MarkError,
    list_columns,
    read_points,
    suggest_columns,
)
from linreg.settings.choices import Optimizer
from linreg.sharing.pins import plain_name
from linreg.ui.state import keys
from linreg.ui.state.controls import change_settings, offered_settings, present_value
from linreg.ui.state.own_data import say_of_data, use_points
from linreg.ui.state.session import AskedTable, session

MOST_LISTED = 20  # columns in the list; the boxes below it offer all


def use_table(
    data: str | bytes, x: int | None = None, y: int | None = None, decimal: str | None = None
) -> None:
    """Use the points of a table; for use in a callback.

    Where something is open, the page asks. Where the table is wrong, the data stay, and the page
    says why.

    Arguments:
        x, y: positions of columns. decimal: the mark of decimals, if the visitor said it.
    """
    state = session()
    elsewhere = right_field(
        data if isinstance(data, bytes) else data.encode(errors="replace"), Field.TABLE
    )
    if elsewhere:
        say_of_data("", f"{elsewhere} The data have not changed.")
        return
    try:
        table = read_points(data, x, y, decimal)
    except ColumnsError:
        state.asked = AskedTable(
            data=data,
            columns={
                i: c for i, c in enumerate(list_columns(data)) if c.numbers and not c.only_counts
            },
            chosen=suggest_columns(data),
        )
        say_of_data("")
    except MarkError as error:
        state.asked = AskedTable(
            data=data,
            chosen=None if x is None or y is None else (x, y),
            readings=(error.cell, error.by_dot, error.by_comma),
        )
        say_of_data("")
    except DataError as error:
        if state.asked and state.asked.data != data:
            state.asked = None
        say_of_data("", f"{error} The data have not changed.")
    else:
        state.asked = None
        use_points(table.points)
        units = ", in standard units" if state.standard else ""
        say_of_data(" ".join((f"{len(table.points)} rows are used{units}.", *table.sentences)))


def ask(experiment: Experiment) -> str:
    """Ask what is open about a table: its columns, or what a comma or dot means.

    Return a name of the question, or "" if nothing is open.
    """
    asked = session().asked
    if asked is None:
        return ""
    with st.container(border=True):
        if asked.readings is None:
            _ask_columns(asked, experiment)
        else:
            _ask_reading(asked, asked.readings)
    return f"{hash(asked.data)} {asked.readings}"


def _ask_columns(asked: AskedTable, experiment: Experiment) -> None:
    st.markdown("**Which columns are x and y?**\n\n" + _columns_text(asked.columns))
    name, (x_first, y_first) = hash(asked.data), asked.chosen or tuple(asked.columns)[:2]
    with st.container(horizontal=True):
        x = _column_box("x", keys.one_of(keys.X_COLUMN, name), asked.columns, x_first)
        y = _column_box("y", keys.one_of(keys.Y_COLUMN, name), asked.columns, y_first)
    problem = _problem(asked.data, x, y, experiment)
    if problem:
        st.markdown(f"{problem}; standard units help.")
        st.button(
            f"Use them in standard units{_changes()}",
            key=keys.USE_IN_STANDARD_UNITS,
            on_click=_use_in_standard_units,
            args=(asked.data, x, y),
            type="primary",
        )
    st.button(
        "Use these two columns", key=keys.USE_COLUMNS, on_click=use_table, args=(asked.data, x, y)
    )


def _column_box(label: str, key: str, columns: Mapping[int, Column], suggested: int) -> int:
    """Show the box that chooses one of the columns; return its position in the table."""
    places = list(columns)
    return st.selectbox(
        label,
        options=places,
        index=places.index(suggested),
        format_func=lambda place: plain_name(columns[place].name) or " ",
        key=key,
    )


def _columns_text(columns: Mapping[int, Column]) -> str:
    lines = ["| column | numbers | example |", "|:--|--:|:--|"]
    lines += [
        f"| `{shown(c.name)}` | {c.numbers} of {c.rows} | `{shown(c.example)}` |"
        for c in list(columns.values())[:MOST_LISTED]
    ]
    return "\n".join(lines)


def _ask_reading(asked: AskedTable, readings: tuple[str, float, float]) -> None:
    cell, by_dot, by_comma = readings
    x, y = asked.chosen or (None, None)
    st.markdown(
        f"**What is `{shown(cell)}`?** Its comma or dot may group thousands or mark decimals, and "
        "the other numbers of the table do not tell which."
    )
    with st.container(horizontal=True):
        for mark, value in ((".", by_dot), (",", by_comma)):
            st.button(
                f"It is {number_text(value)}",
                key=keys.one_of(keys.USE_READING, mark),
                on_click=use_table,
                args=(asked.data, x, y, mark),
            )


def _problem(data: str | bytes, x: int, y: int, experiment: Experiment) -> str:
    """Return what the scale of two columns does, or "" if nothing is to be said."""
    if session().standard:  # they will be used in standard units
        return ""
    try:
        points = read_points(data, x, y).points
        return scale_problem(replace(experiment, points=points))
    except ValueError:  # said when they are used
        return ""


def _use_in_standard_units(data: str | bytes, x: int, y: int) -> None:
    use_table(data, x, y)
    if not session().data_error and session().asked is None:
        fit_units()


def offer_units(experiment: Experiment, place: str) -> None:
    """Say that own data need other units, with a button that gives them; nothing where they fit.

    Arguments:
        experiment: with the own data as they are used. place: tells the buttons apart.
    """
    if session().points is None or session().standard:
        return
    problem = scale_problem(experiment)
    if problem:
        st.warning(f"{problem}; standard units help.", icon=":material/straighten:")
        st.button(
            f"Standard units{_changes()}",
            key=keys.one_of(keys.FIT_UNITS, place),
            on_click=fit_units,
            type="primary",
        )


def fit_units() -> None:
    """Use standard units, a rate that suits them, and enough epochs; for use in a callback."""
    session().standard = True
    change_settings(_suited())


def _suited() -> dict[str, Any]:
    """Return a rate that suits standard units, and more epochs where they are too few for it."""
    enough = SETTINGS["epochs"].default
    more = {"epochs": enough} if present_value("epochs") < enough else {}
    is_longer = present_value("optimizer") is Optimizer.MOMENTUM  # ten such steps add up
    return {"lr": RATE_OF_STANDARD_UNITS / 10 if is_longer else RATE_OF_STANDARD_UNITS, **more}


def _changes() -> str:
    """Return a part of a sentence on what `fit_units` changes beside the units, or ""."""
    shut = (*session().hidden, *session().locked)
    said = [
        f"the rate {value:g}" if name == "lr" else f"{value} epochs"
        for name, value in _suited().items()
        if offered_settings()[name].address not in shut
    ]
    return f", with {' and '.join(said)}" if said else ""
