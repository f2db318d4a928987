"""Scrolls to the top where another part of a page is opened; Streamlit would keep the position."""

import streamlit as st

_SCRIPT = """
export default function ({ data }) {
  const { dataset } = document.documentElement;
  const before = dataset[data.place];
  dataset[data.place] = data.shown;
  if (before !== undefined && before !== data.shown) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0, behavior: "instant" });
  }
}
"""

_component = st.components.v2.component("linreg_page_top", js=_SCRIPT)


def begin_at_the_top(shown: str, place: str) -> None:
    """Scroll to the top if the browser showed something else before.

    Arguments:
        shown: what is shown now.
        place: a key; each place remembers what was shown there before.
    """
    # Its style takes it out of the page's flow.
    _component(key=place, data={"place": place.replace("_", ""), "shown": shown})
