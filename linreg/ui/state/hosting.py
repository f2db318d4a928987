"""The room that this session leads, and its copy in the teacher's tab.

The tab keeps the room's secret, so that a reload and a new server lead back to the room.
"""

import streamlit as st

from linreg.board.names import clean_code
from linreg.ui.browser.assets import SOURCES, served
from linreg.ui.state import keys
from linreg.ui.state.session import Hosting, session

_component = st.components.v2.component(
    "linreg_host", js=(SOURCES / "class_host.js").read_text(encoding="utf-8")
)


def remember_room() -> bool:
    """Keep the room in the teacher's tab; return whether the tab has said which one it had."""
    state = session()
    if not served.is_set():
        state.host_known = True
        return True
    hosting = state.hosting
    kept = "" if hosting is None else f"{hosting.code}.{hosting.secret}"
    data = {"keep": kept} if state.host_known else {}
    # Its style takes it out of the page's flow.
    _component(key=keys.CLASS_HOST, data=data, on_found_change=_take)
    return state.host_known


def _take() -> None:
    """Lead the room that the tab has kept; for use in a callback."""
    state, answer = session(), st.session_state[keys.CLASS_HOST].found
    if not answer or state.host_known:
        return
    state.host_known = True
    code, _, secret = str(answer.get("text", "")).partition(".")
    if clean_code(code) and secret:
        state.hosting = Hosting(code=code, secret=secret)
