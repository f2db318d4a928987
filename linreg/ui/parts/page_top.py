"""Scrolls to the top where a page or a part of one is opened.

Streamlit would keep the position of what was shown before.
"""

import streamlit as st

from linreg.ui.state import keys

_SCRIPT = """
export default function ({ data }) {
  const { dataset } = document.documentElement;
  const before = dataset[data.place];
  dataset[data.place] = data.shown;
  if (before !== undefined && before !== data.shown) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0, behavior: "instant" });
    if (window.matchMedia("(max-width: 768px)").matches) {
      // Some browsers leave a phone's menu open.
      document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    }
  }
}
"""

_component = st.components.v2.component("linreg_page_top", js=_SCRIPT)


def begin_at_the_top(shown: str, place: str = keys.PAGE_TOP) -> None:
    """Scroll to the top if the browser showed something else before.

    Arguments:
        shown: what is shown now.
        place: where it is shown; each place remembers what was shown there before.
    """
    # Its style takes it out of the page's flow.
    _component(key=place, data={"place": place.replace("_", ""), "shown": shown})
