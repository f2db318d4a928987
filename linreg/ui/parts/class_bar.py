"""The conductor's bar: the teacher brings the class to the page that the bar stands on."""

from functools import partial

import streamlit as st

from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.parts.class_screen import PAGE
from linreg.ui.parts.class_steps import let_go_step, look, pause_step, step, take
from linreg.ui.state import keys
from linreg.ui.state.hosting import (
    as_call,
    ask_place,
    comes_without,
    place_of,
    remember_room,
    told_epoch,
)
from linreg.ui.state.pages import FOR_TEACHERS, Page
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import go_to_page


def class_bar(page: Page) -> None:
    """Show the bar on a page of a session that leads a room; the page Class has its own steps."""
    if page.path == PAGE:
        return
    if session().leads or session().hosting is not None:
        remember_room(partial(_told, page.path))  # also after a reload, or a new server
    hosting = session().hosting
    if hosting is None:
        return
    try:
        seen = look(hosting, max_age=1.0)
    except (BoardRefusal, BoardUnavailable):
        return  # the page Class says so
    st.html("<style>:root { --linreg-conductor: 3.5rem; }</style>")  # the stage leaves room for it
    with st.container(key=keys.CLASS_BAR, horizontal=True, vertical_alignment="center"):
        allowed = page.path not in FOR_TEACHERS
        bring = partial(_bring, page.path)
        step("Bring everybody here", "h", "groups", bring, primary=True, allowed=allowed)
        let_go_step(seen)
        pause_step(seen)
        if step("Back to the class", "k", "arrow_back", lambda: None):
            go_to_page(PAGE)
        st.markdown(hosting.said or f"Room **{hosting.code}**")


def _bring(path: str) -> None:
    """Bring the class to a page as it is shown now; for use in a callback."""
    hosting = session().hosting
    if hosting is None or ask_place(hosting):
        return
    _call(place_of(path))


def _told(path: str) -> None:
    """Bring the class there, since the tab has told its player's epoch; for use in a callback."""
    hosting = session().hosting
    if hosting is not None and (at := told_epoch(hosting)) is not None:
        _call(place_of(path, at))


def _call(link: str) -> None:
    place = as_call(link)
    is_taken = take(lambda board, code, secret: board.bring(code, secret, place))
    if is_taken and (said := comes_without()):
        st.toast(said, icon=":material/info:")
