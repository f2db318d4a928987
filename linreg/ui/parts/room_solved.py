"""The challenges that a class has solved: counted for its students, and shown to its teacher.

What counts are runs that this session has judged; an address that says so does not. The browser
only adds which participant of the room it is.
"""

from collections.abc import Mapping

import streamlit as st

from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.formatting import counted
from linreg.lesson.challenges import CHALLENGES
from linreg.ui.state import keys
from linreg.ui.state.room_token import told_token
from linreg.ui.state.session import session
from linreg.ui.work.board import class_board

_SCRIPT = """
export default function ({ data, setTriggerValue }) {
  try {
    const token = localStorage.getItem(`linreg room ${data.room}`); // class_phone.js keeps it
    if (token) setTriggerValue("token", token);
  } catch {
    return; // the browser keeps nothing, and does not say who it is
  }
}
"""

_component = st.components.v2.component("linreg_room_solved", js=_SCRIPT)


def count_solved() -> None:
    """In a room, count the challenges that this session has solved, once after each of them."""
    state = session()
    if state.room and state.judged != state.reported:
        _component(key=keys.ROOM_SOLVED, data={"room": state.room}, on_token_change=_count)


def _count() -> None:
    """Count them for the participant that the browser names; for use in a callback."""
    state, token = session(), told_token()
    if not token:
        return
    state.reported = state.judged  # what fails now is counted with the next one
    try:
        for challenge in state.judged:
            class_board().solve(state.room, token, challenge)
    except (BoardRefusal, BoardUnavailable):
        return  # the panel of the room says what is wrong


def solved_challenges(solved: Mapping[str, int]) -> None:
    """Show the teacher how many have solved which challenge, if anybody has."""
    lines = [f"- {each.title}: **{solved[each.key]}**" for each in CHALLENGES if each.key in solved]
    if lines:
        st.markdown("\n".join([f"**{counted(len(lines), 'challenge')} solved**", "", *lines]))
