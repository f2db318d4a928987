"""The frame of all pages: title, navigation, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from linreg.ui.frame import PATHS, show, shown_pages
from linreg.ui.session import put_right, read_own_address
from linreg.ui.tab import ask_tab

st.set_page_config(
    page_title="linreg: a line being learned",
    page_icon="📈",
    layout="wide",
)

st.html(Path(__file__).with_name("browser") / "code.css")
pages = shown_pages()
chosen = st.navigation(
    [
        st.Page(page.file, title=page.title, icon=page.icon, default=page is pages[0])
        for page in pages
    ]
)
ask_tab(st.empty())  # these two may start the run anew, which then knows the page
read_own_address(PATHS)
put_right()
show(chosen.title)
