"""The form for own data: paste, upload or edit them, add an outlier, use standard units."""

import math
from dataclasses import replace
from typing import Any

import streamlit as st

from linreg.core.data import split_data
from linreg.core.experiment import MOST_POINTS, Experiment
from linreg.core.training import Run
from linreg.formatting import number, significant
from linreg.own_data.standard_units import condition_number
from linreg.own_data.table import DataError, add_outlier, read_points
from linreg.settings.choices import Loss
from linreg.settings.named_pairs import names_of, with_names_of
from linreg.sharing.pins import MOST_PINS, plain_name
from linreg.ui.parts.both_units import both_units
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.own_table import ask, offer_units, use_table
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls
from linreg.ui.state.guesses import curtain_is_down
from linreg.ui.state.own_data import (
    follow_units,
    line_with_outlier,
    pasted_text,
    rows_of_line,
    say_of_data,
    standard_units,
    units_switch,
    use_last_points,
    use_points,
)
from linreg.ui.state.pinned import pin_run
from linreg.ui.state.session import session

EXAMPLE = "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1"


def own_data(run: Run) -> None:
    """Show how to enter own data, the present data, and what standard units change."""
    st.header("Your own data", anchor="data", divider="gray")
    left, right = st.columns(2, gap="large")
    with left:
        _enter(run.experiment)
    with right:
        _present(run)
    points = session().points
    if points is not None and not curtain_is_down(run.experiment):
        both_units(run.experiment, points)


def _enter(experiment: Experiment) -> None:
    uploaded = st.file_uploader("A text file with a table (CSV, TSV, TXT ...)", key=keys.DATA_FILE)
    if uploaded is not None:
        st.button(
            "Use the file",
            on_click=use_table,
            args=(uploaded.getvalue(),),
            icon=":material/upload_file:",
        )
    st.text_area(
        f"Paste two columns, or more to choose two of them; 2 to {MOST_POINTS:,} rows",
        key=keys.PASTED_DATA,
        placeholder=EXAMPLE,
        height=160,
        persist_state="session",
    )
    st.button("Use the pasted rows", on_click=_use_pasted, icon=":material/content_paste:")
    with st.container(key=keys.DATA_SAID):
        place = st.empty()
        if session().data_error:
            place.error(session().data_error)
        elif session().data_message:
            place.success(session().data_message)
        question = ask(experiment)
        live_region(keys.DATA_SAID, session().data_error or session().data_message or question)
    offer_units(experiment, "form")
    st.markdown(
        "**Outliers.** One row far from the line moves the MSE line a lot, and the L1 line hardly."
    )
    with st.container(horizontal=True):
        st.button("Add an outlier", on_click=_add_outlier, args=(experiment,))
        st.button(
            "L1 against MSE with an outlier",
            on_click=_outlier_preset,
            help="The lesson's line with one outlier; both losses are pinned for *Runs compared*.",
        )


def _present(run: Run) -> None:
    """Show the own data in an editor, and the switch of their units."""
    points, last = session().points, session().last_own
    if last is not None and last[0] != points:
        st.button(f"Use the {len(last[0])} rows from before again", on_click=use_last_points)
    if points is None:
        st.markdown("The data are the line from the sidebar.")
        return
    named = names_of(points)
    edited = st.data_editor(
        [{"row": i, "x": x, "y": y} for i, (x, y) in enumerate(points, start=1)],
        column_config={
            "row": st.column_config.NumberColumn(disabled=True, width="small"),
            "x": st.column_config.NumberColumn(plain_name(named.x) or "x"),
            "y": st.column_config.NumberColumn(plain_name(named.y) or "y"),
        },
        hide_index=True,
        num_rows="dynamic",
        height=300,
        key=keys.one_of(keys.DATA_ROWS, hash(points)),
        width="stretch",
    )
    st.button("Use the edited rows", on_click=_use_edited, args=(edited,))
    number_ = units_switch()
    st.toggle(
        "In standard units",
        value=session().standard,
        key=keys.one_of(keys.STANDARD_UNITS, number_),
        on_change=follow_units,
        args=(number_,),
    )
    _learned(run)


def _learned(run: Run) -> None:
    """Show the condition number of the present units, and the learned line in the original ones."""
    units = standard_units(run.experiment)
    narrow = condition_number(split_data(run.experiment).X_train.numpy().ravel())
    name = "standard" if units else "original"
    shifted = ""
    if units and narrow == math.inf:
        shifted = "All training rows have the same x, which standard units only shift. "
    st.markdown(
        f"{shifted}In {name} units the surface of the mean squared error is "
        f"{_times_as_curved(narrow)} (the condition number of the training rows)."
    )
    if units is not None and not curtain_is_down(run.experiment):
        weight, bias = units.original(float(run.history.weight[-1]), float(run.history.bias[-1]))
        st.markdown(
            f"Learned, in the original units: weight {number(weight)}, bias {number(bias)}."
        )


def _times_as_curved(narrow: float) -> str:
    """Return what a condition number says of the mean squared error."""
    if narrow < 1.005:
        return "a round bowl, equally curved in all directions: **1**"
    valley = "infinitely many" if narrow == math.inf else significant(narrow, 3)
    return f"a valley, **{valley}** times as curved across as along"


def _use_pasted() -> None:
    use_table(pasted_text())


def _use_edited(rows: list[dict[str, Any]]) -> None:
    cells = [(_cell(row["x"]), _cell(row["y"])) for row in rows]
    for number_, row in enumerate(cells, start=1):
        if any(row) and not all(row):
            say_of_data("", f"Row {number_} has only one number. The data have not changed.")
            return
    try:  # an emptied row is an empty line, so that a message counts as the editor does
        table = read_points("".join(f"{x}\t{y}\n" for x, y in cells), 0, 1, ".")
    except DataError as error:
        say_of_data("", f"{error} The data have not changed.")
        return
    session().asked = None
    use_points(with_names_of(session().points, table.points))
    about_numbers = table.sentences[1:]  # the first is about the text
    say_of_data(" ".join((f"{len(table.points)} rows are used.", *about_numbers)))


def _cell(value: float | None) -> str:
    """Return a cell of the editor as text; an empty one is None or NaN."""
    return "" if value is None or math.isnan(value) else repr(float(value))


def _add_outlier(experiment: Experiment) -> None:
    points = session().points or rows_of_line(experiment)
    try:
        use_points(add_outlier(points))
    except DataError as error:
        say_of_data("", str(error))
        return
    say_of_data("An outlier was added as the first row.")


def _outlier_preset() -> None:
    if len(session().pins) > MOST_PINS - 2:
        say_of_data("", f"Unpin some runs first: {MOST_PINS} is the most.")
        return
    experiment = Experiment(points=line_with_outlier(), epochs=1000)
    set_controls(experiment)
    for loss in (Loss.L1, Loss.MSE):
        pin_run(replace(experiment, loss=loss), f"{loss} with an outlier")
    then = ", once the curtain is up" if curtain_is_down(experiment) else ""
    say_of_data(
        "Pinned: the lesson's settings, an outlier, 1000 epochs, both losses; see *Runs compared*"
        f"{then}."
    )
