"""What the browser does on every page: large type, *Present*, and code that scrolls by key."""

import streamlit as st

from linreg.ui.browser.assets import loader, served
from linreg.ui.state import keys

_component = st.components.v2.component(
    "linreg_screen", js=loader("screen.js"), isolate_styles=False
)


def screen(page: str, *, large: bool, settings: bool) -> None:
    """Show the page as a whole as this visitor wants it, and the button *Present*.

    Arguments:
        page: its unique name; the menu of a presentation closes when another page opens.
        large: use large type. settings: they have an effect on this page.
    """
    if served.is_set():
        # Its style takes it out of the page's flow.
        _component(key=keys.SCREEN, data={"page": page, "large": large, "settings": settings})
