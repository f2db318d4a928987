"""Scrolls a newly opened page to its top; Streamlit would keep the last page's position."""

import streamlit as st

from linreg.ui.state import keys

_SCRIPT = """
export default function ({ data }) {
  const { dataset } = document.documentElement;
  const before = dataset.linregPage;
  dataset.linregPage = data.page;
  if (before !== undefined && before !== data.page) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0, behavior: "instant" });
  }
}
"""

_component = st.components.v2.component("linreg_page_top", js=_SCRIPT)


def begin_at_the_top(page: str) -> None:
    """Scroll to the top if the browser showed another page before.

    Arguments:
        page: the unique name of the page.
    """
    # Its style takes it out of the page's flow.
    _component(key=keys.PAGE_TOP, data={"page": page})
