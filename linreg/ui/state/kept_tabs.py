"""Tabs of which only the open one is computed and sent; the session remembers which is open.

Streamlit itself forgets the open tab when another page is shown.
"""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.ui.state.session import session


class OpenTab(NamedTuple):
    """The tab that is open: its name, and the place of its content."""

    name: str
    place: DeltaGenerator


def kept_tabs(key: str, names: Sequence[str]) -> OpenTab:
    """Show tabs, and return the open one; opening another starts a new run of the whole page.

    Arguments:
        key: of the tabs. names: of all tabs; a new session begins with the first.
    """
    st.session_state.setdefault(key, session().open_tab or names[0])
    places = st.tabs(names, key=key, on_change="rerun")
    session().open_tab = name = str(st.session_state[key])
    return OpenTab(name, places[names.index(name)])
