"""Own data of a session: the points, their units, and their copy in the browser's tab.

The copy survives a reload and a new server. A page sends new own data to its tab and writes a mark
of them into the address. A new session with a mark first asks the tab and waits for the answer
while the last picture stays. Otherwise nothing is sent, since a component on the page makes each
change of a setting slower.
"""

import time
from dataclasses import dataclass, replace
from functools import cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.data import make_data, split_order
from linreg.core.experiment import Experiment
from linreg.own_data.browser_copy import OWN, mark_of, read_kept, read_mark, write_kept
from linreg.own_data.standard_units import Standardised, standardised
from linreg.own_data.table import DataError, Pairs, add_outlier
from linreg.settings.named_pairs import names_of
from linreg.ui.browser.assets import SOURCES
from linreg.ui.state import keys
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import give_way_to_the_next, sent_by

TAB = "linreg tab"
GLANCE = 0.05  # seconds between two checks for the tab's answer
PATIENCE = 10.0  # seconds to wait for the tab's answer; then the line is used
NOT_HELD = (
    "The address names own data, but only the tab in which they were entered has them. The line is "
    "used instead. The page *Tune* takes own data."
)

_component = st.components.v2.component(
    "linreg_tab",
    js=(SOURCES / "tab.js").read_text(encoding="utf-8"),
)


def rows_of_line(experiment: Experiment) -> Pairs:
    """Return the rows of the line as own data."""
    X, y = make_data(experiment)
    return tuple(zip(X.ravel().tolist(), y.ravel().tolist(), strict=True))


@cache
def line_with_outlier() -> Pairs:
    """Return the lesson's line with an outlier, which a button brings: no rows of the visitor's."""
    points = add_outlier(rows_of_line(Experiment()))
    return Experiment(points=points).points or ()  # rounded as those in use


def use_points(points: Pairs | None) -> None:
    """Use own data in place of the line, or the line again; for use in a callback."""
    state = session()
    if state.points not in (None, points, line_with_outlier()):
        state.last_own = state.points, state.standard
    state.points = points
    state.standard = state.standard and points is not None
    state.moved = True  # with own data the controls of the line are disabled
    say_of_data("")  # the last message was about other data


def use_last_points() -> None:
    """Use the own data from before again, in the units of then; for use in a callback."""
    if (last := session().last_own) is not None:
        use_points(last[0])
        session().standard = last[1]


def say_of_data(message: str, error: str = "") -> None:
    """Remember a message or an error about own data, for the page; for use in a callback."""
    session().data_message, session().data_error = message, error


def standard_units(experiment: Experiment) -> Standardised | None:
    """Return the own data in standard units for this split; None where the switch is off."""
    state = session()
    if state.points is None or not state.standard:
        return None
    plain = replace(experiment, points=state.points)
    return standardised(state.points, plain.n_train, split_order(plain))


def original_points(experiment: Experiment) -> Pairs | None:
    """Return the own data in their original units, where `experiment` has them in standard units.

    Files and code hold these.
    """
    units = standard_units(experiment)
    if units is None or replace(experiment, points=units.points) != experiment:
        return None
    return session().points


def units_switch() -> int:
    """Return the number of the switch of units, which is shown with the session's value.

    Where something else has changed the units, it is a new switch: a browser that has not yet seen
    the change may still tell of the old one as it was, and that is no choice of the visitor. For
    the same reason a switch begins with its value: one that begins as off and is then set is off
    for a moment in the browser, which may tell of it.
    """
    state = session()
    if state.standard is not state.units_shown:
        state.units_shown = state.standard
        state.units_given += 1
    return state.units_given


def follow_units(number: int) -> None:
    """Use the units that the visitor has chosen with a switch; for use in a callback.

    Arguments:
        number: of the switch, as `units_switch` gave it.
    """
    state = session()
    chosen = st.session_state.get(keys.one_of(keys.STANDARD_UNITS, number), state.units_shown)
    if number == state.units_given and chosen is not state.units_shown:
        state.standard = state.units_shown = bool(chosen)


def pasted_text() -> str:
    """Return the text in the field for own data."""
    return st.session_state.get(keys.PASTED_DATA) or ""


@dataclass
class Tab:
    """What the session knows of its tab.

    awaited: the mark of the data that the session waits for, or ""; since: the start of the wait.
    points, standard: the data from the tab, and whether they are in standard units.
    sentences: messages about them.
    sent, mark: the points that were sent last, and their mark; kept: the name of the data that the
    tab says it has kept.
    """

    awaited: str
    sentences: tuple[str, ...]
    since: float
    points: Pairs | None = None
    standard: bool = False
    sent: Pairs | None = None
    mark: str = ""
    kept: str = ""


def tab() -> Tab:
    """Return what is known of the tab; in a new session, from its address."""
    if TAB not in st.session_state:
        awaited, sentences = read_mark(st.query_params.get_all(OWN))
        st.session_state[TAB] = Tab(awaited=awaited, sentences=sentences, since=time.monotonic())
    found: Tab = st.session_state[TAB]
    return found


def ask_tab(place: DeltaGenerator) -> None:
    """Wait for own data that the address names; the tab's answer starts a new run of the page.

    Arguments:
        place: an empty element; nothing visible is put into it.
    """
    asked = tab()
    if not asked.awaited:
        return
    with place:
        _component(key=keys.TAB_ASKED, data={}, on_found_change=_take)
    while time.monotonic() - asked.since < PATIENCE:
        give_way_to_the_next()
        time.sleep(GLANCE)
    asked.awaited, asked.sentences = "", (NOT_HELD,)


def _take() -> None:
    """Use the tab's data if they fit the mark in the address; for use in a callback."""
    asked, answer = tab(), sent_by(keys.TAB_ASKED, "found")
    if not (answer and asked.awaited):
        return
    try:
        asked.points, asked.standard = read_kept(str(answer.get("text", "")), asked.awaited)
    except DataError:
        asked.sentences = (NOT_HELD,)
    else:
        asked.sent, asked.mark = asked.points, asked.awaited
        asked.kept = _name(asked, standard=asked.standard)
    asked.awaited = ""


def keep_in_tab(points: Pairs, *, standard: bool) -> None:
    """Send own data to the tab, unless it has kept them, and write their mark to the address.

    For use after the sliders: the tab answers with the values that they have in it.
    """
    sent = _sent(points)
    if st.query_params.get(OWN) != sent.mark:
        st.query_params[OWN] = sent.mark  # now, since the rest of the page may take long
    name = _name(sent, standard=standard)
    if name != sent.kept:
        data = {"keep": write_kept(points, standard=standard), "name": name}
        _component(key=keys.TAB_SENT, data=data, on_kept_change=_hear)


def _hear() -> None:
    """Note which data the tab has kept; for use in a callback."""
    tab().kept = str(sent_by(keys.TAB_SENT, "kept") or "")


def _name(sent: Tab, *, standard: bool) -> str:
    """Return what tells this copy from others: the mark of its numbers says nothing of columns."""
    named = names_of(sent.sent)
    return f"{sent.mark} {standard} {named.x!r} {named.y!r}"


def own_mark(points: Pairs | None) -> str:
    """Return the mark of own data for the address, or "" without own data."""
    return "" if points is None else _sent(points).mark


def _sent(points: Pairs) -> Tab:
    """Return what is known of the tab, with these points as the last that were sent."""
    known = tab()
    if known.sent is not points:  # the mark of thousands of rows is computed once
        known.sent, known.mark = points, mark_of(points)
    return known
