"""Moves of controls by the app, of which the browser may not know yet.

Streamlit sends the values of all controls with any message, and uses them in the run that follows.
A message that the browser has sent before it saw a move has the old values. It may end the run that
was to show the move, or bring the old values back right after it. Then the move is made again. Then
and where such a message comes later, the browser is asked what its controls show.
"""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from linreg.ui.browser.assets import SOURCES
from linreg.ui.state import keys
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import came_by_history, only_fragments_run, sent_by

SOON = 1.5  # seconds after a move was shown; hardly anybody moves one control back so quickly
ON_ITS_WAY = 10.0  # seconds that a message needs at most between browser and server

_controls = st.components.v2.component(
    "linreg_controls", js=(SOURCES / "controls.js").read_text(encoding="utf-8")
)


def move(values: Mapping[str, Any]) -> None:
    """Give controls other values, by address; for use in a callback."""
    if not values:
        return
    state, moves = session(), session().moves
    age = time.monotonic() - moves.shown
    if age > SOON:
        moves.last = {}
    if age > ON_ITS_WAY:
        moves.before = {}
    for address, value in values.items():
        before = {st.session_state.get(address, value), moves.to.get(address, value)}
        moves.before[address] = moves.before.get(address, set()) | before
        st.session_state[address] = value
    moves.count += 1
    moves.to |= values
    moves.last |= values
    moves.shown = math.inf
    state.sent = time.monotonic()  # Streamlit writes them into the address


def make_again() -> None:
    """Make the last moves again where a message has undone them; for use before any control."""
    moves = session().moves
    undone = _undone()
    if came_by_history() or _is_a_choice(undone):
        moves.last = {a: value for a, value in moves.last.items() if a not in undone}
        undone = []
    for address in undone:
        st.session_state[address] = moves.last[address]
    if undone:
        moves.count += 1
        moves.shown = math.inf
        moves.were_made_again = True


def are_to_be_shown() -> bool:
    """Return whether no run has shown the last moves, or a message has undone them since."""
    moves, undone = session().moves, _undone()
    if math.isinf(moves.shown):
        return bool(moves.last)
    return bool(undone) and not _is_a_choice(undone)


def _undone() -> list[str]:
    """Return the addresses of the last moved controls that have values from before."""
    return [address for address in session().moves.last if is_in_doubt(address)]


def _is_a_choice(undone: Sequence[str]) -> bool:
    """Return whether a visitor has put controls back, and not a message from before the moves.

    A hand moves one control at a time.
    """
    age = time.monotonic() - session().moves.shown  # below 0: no run has shown them
    return age > (SOON if len(undone) == 1 else ON_ITS_WAY)


def note_shown() -> None:
    """Note that a run of the whole page has shown the moves; for use after all controls.

    In doubt what the browser shows of them, ask it.
    """
    moves = session().moves
    if math.isinf(moves.shown) and not only_fragments_run():
        moves.shown, moves.goes_on = time.monotonic(), True
    if moves.were_made_again or any(map(is_in_doubt, moves.before)):
        _controls(key=keys.TOLD_AGAIN, data={"moves": moves.count}, on_told_change=_believe)


def note_end() -> None:
    """Note that a run of the whole page ends, which may have taken long since it showed the moves.

    What the browser sends soon after is from before it saw them. For use at its end.
    """
    moves = session().moves
    if moves.goes_on and not only_fragments_run():
        moves.shown, moves.goes_on = time.monotonic(), False


def is_in_doubt(address: str) -> bool:
    """Return whether a control has a value from before the last move of it."""
    moves, value = session().moves, st.session_state.get(address)
    return value in moves.before.get(address, ()) and value != moves.to[address]


def _believe() -> None:
    """Take what the browser has told for what its controls show; for use in a callback.

    Not if the app has moved controls since it was asked: then it is asked again.
    """
    moves = session().moves
    if sent_by(keys.TOLD_AGAIN, "told") == moves.count:
        moves.before, moves.were_made_again = {}, False
