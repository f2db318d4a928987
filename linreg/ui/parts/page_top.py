"""A page opened from another begins at its top; Streamlit would leave it scrolled as that was."""

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
    """Scroll to the top where the browser showed another page before.

    Arguments:
        page: names the page, and no other.
    """
    # Its style takes it out of the page's flow.
    _component(key=keys.PAGE_TOP, data={"page": page})
