"""What the browser does on every page: go to the top of a new page, large type, and *Present*."""

import streamlit as st

from linreg.ui.browser.assets import asset_url, served
from linreg.ui.state import keys

_SCRIPT = f"""
export default async function (component) {{
  const url = new URL("{asset_url("screen.js")}", document.baseURI).href;
  try {{
    (await import(url)).render(component);
  }} catch (error) {{
    console.warn("linreg: no large type and no Present:", error);
  }}
}}
"""

_component = st.components.v2.component("linreg_screen", js=_SCRIPT, isolate_styles=False)


def screen(page: str, *, large: bool) -> None:
    """Show the page as a whole as this visitor wants it, and the button *Present*.

    Arguments:
        page: its unique name; the browser scrolls to the top if it showed another page before.
        large: use large type.
    """
    if served.is_set():
        # Its style takes it out of the page's flow.
        _component(key=keys.SCREEN, data={"page": page, "large": large})
