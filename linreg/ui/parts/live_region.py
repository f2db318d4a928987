"""Makes a container a live region: screen readers say its text whenever that changes."""

import streamlit as st

from linreg.ui.state import keys

_SCRIPT = """
export default function ({ parentElement }) {
  const region = parentElement.closest('[data-testid="stVerticalBlock"]');
  region.setAttribute("aria-live", "polite");
  region.setAttribute("aria-atomic", "true");
}
"""

_component = st.components.v2.component("linreg_live_region", js=_SCRIPT, isolate_styles=False)


def live_region(key: str) -> None:
    """Make the container around this place a live region.

    Arguments:
        key: names the container, so that the region stays the same element.
    """
    _component(key=keys.one_of(keys.LIVE_REGION, key))
