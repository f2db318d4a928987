"""Own data in the browser's tab, so that neither a reload nor a new server loses them.

A page with new own data sends them to its tab, and the address has a mark of them. A new session
that finds a mark asks the tab first of all, and waits for the answer while the last picture stays.
Otherwise nothing is sent or asked: a component costs each change of a setting its time.
"""

import time
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.own_data.browser_copy import OWN, mark_of, read_kept, read_mark, write_kept
from linreg.own_data.table import DataError, Pairs
from linreg.ui.browser.assets import SOURCES
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import give_way_to_the_next

TAB = "linreg tab"
GLANCE = 0.05  # seconds between two looks at whether the tab has answered
PATIENCE = 10.0  # seconds for the tab's answer; then the line is used
NOT_HELD = (
    "The address speaks of own data, but only the tab in which they were brought in has them: the "
    "line is used. Own data are brought in on *Tune*."
)

_component = st.components.v2.component(
    "linreg_tab",
    js=(SOURCES / "tab.js").read_text(encoding="utf-8"),
)


@dataclass
class Tab:
    """What the session knows of its tab.

    awaited: the mark of the data that the tab is asked for, or nothing; since: since when.
    points, standard: what it has brought back, and whether they are in standard units.
    sentences: what is to be said of that.
    sent, mark: the points that were sent last, and their mark; kept: the name of what the tab says
    that it keeps.
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
    """Return what is known of the tab; of a new session, what its address says."""
    if TAB not in st.session_state:
        awaited, sentences = read_mark(st.query_params.get_all(OWN))
        st.session_state[TAB] = Tab(awaited=awaited, sentences=sentences, since=time.monotonic())
    found: Tab = st.session_state[TAB]
    return found


def ask_tab(place: DeltaGenerator) -> None:
    """Where the address speaks of own data, wait for them; the answer starts the page anew.

    Arguments:
        place: an empty element, in which nothing is shown.
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
    """Take what the tab has kept, if it is what the address speaks of; for use in a callback."""
    asked, answer = tab(), st.session_state[keys.TAB_ASKED].found
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
    """Send own data to the tab, unless it has said that it keeps them, and mark the address."""
    sent = _sent(points)
    if st.query_params.get(OWN) != sent.mark:
        st.query_params[OWN] = sent.mark  # at once: what comes next on the page may take long
    name = _name(sent, standard=standard)
    if name != sent.kept:
        data = {"keep": write_kept(points, standard=standard), "name": name}
        _component(key=keys.TAB_SENT, data=data, on_kept_change=_hear)


def _hear() -> None:
    """Take note of what the tab says that it keeps; for use in a callback."""
    tab().kept = str(st.session_state[keys.TAB_SENT].kept or "")


def _name(sent: Tab, *, standard: bool) -> str:
    return f"{sent.mark} {standard}"


def own_mark(points: Pairs | None) -> str:
    """Return what the address says of own data: their mark, or nothing."""
    return "" if points is None else _sent(points).mark


def _sent(points: Pairs) -> Tab:
    """Return what is known of the tab, with these points as the last that it was sent."""
    known = tab()
    if known.sent is not points:  # thousands of rows are marked once
        known.sent, known.mark = points, mark_of(points)
    return known
