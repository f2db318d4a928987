"""The frame of all pages: title, navigation, and the page that was asked for."""

import streamlit as st

from linreg.ui.session import read_own_address

st.set_page_config(
    page_title="linreg: a line being learned",
    page_icon="📈",
    layout="wide",
)

read_own_address()
pages = [
    st.Page("pages/playground.py", title="Playground", icon=":material/show_chart:", default=True),
]
st.navigation(pages).run()
