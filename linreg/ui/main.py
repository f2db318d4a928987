"""The main script of each run: the window's title, the menu and the chosen page."""

import streamlit as st

from linreg.ui.parts.head_start import head_start
from linreg.ui.server.lifespan import ready

st.set_page_config(
    page_title="linreg: watch PyTorch learn a straight line",
    page_icon="📈",
    layout="wide",
)
head_start()

with st.empty():  # with or without a wait, the elements below keep their place
    if not ready.is_set():
        with st.spinner("The server has just started and is loading PyTorch."):
            ready.wait()
# The next imports load PyTorch.
from linreg.ui.frame import show  # noqa: E402
from linreg.ui.state.address import read_own_address, shown_pages  # noqa: E402
from linreg.ui.state.controls import correct_controls  # noqa: E402
from linreg.ui.state.own_data import ask_tab  # noqa: E402

pages = shown_pages()
chosen = st.navigation(
    [
        st.Page(
            f"screens/{page.path}.py", title=page.title, icon=page.icon, default=page is pages[0]
        )
        for page in pages
    ],
    position="top",
)
ask_tab(st.empty())  # these two may start a new run, which then knows the page
read_own_address()
correct_controls()
show(next(page for page in pages if page.title == chosen.title))
