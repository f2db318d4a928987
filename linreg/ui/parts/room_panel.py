"""The panel of the class's room on a student's pages; no room, no panel.

Its script talks to the server by itself, so it works while the page's connection is lost.
"""

import streamlit as st

from linreg.ui.browser.assets import SOURCES, loader, served
from linreg.ui.state import keys
from linreg.ui.state.hosting import follow_teacher
from linreg.ui.state.session import session

_MISSING = (
    "A script of the app did not arrive, so you cannot answer here. Reload the page, or tell your "
    "teacher."
)
CSS = "\n".join(
    (SOURCES / name).read_text(encoding="utf-8")
    for name in ("stage.css", "class_votes.css", "class_panel.css")
)

_component = st.components.v2.component(
    "linreg_room",
    js=loader("class_panel.js", _MISSING, css_class="linreg-room"),
    css=CSS,
    isolate_styles=False,
)


def room_panel() -> None:
    """Show the panel of the room that the address names."""
    room = session().room
    if room and served.is_set():
        # Its style takes it out of the page's flow.
        _component(key=keys.ROOM_PANEL, data={"room": room}, on_go_change=follow_teacher)
