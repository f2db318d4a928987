"""An early start of Plotly's script in the browser, before there is a chart to draw.

The script needs a second. Meanwhile the server imports PyTorch or makes the first page.
"""

import streamlit as st

from linreg.ui.browser.assets import PLOTLY, asset_from_page, served
from linreg.ui.state import keys

_SCRIPT = f"""
export default async function () {{
  const url = (path) => new URL(path, document.baseURI).href;
  try {{
    const stage = await import(url("{asset_from_page("stage.js")}"));
    await stage.loadPlotly(url("{asset_from_page(PLOTLY)}"));
  }} catch {{}} // the stage tries again, and logs a failure
}}
"""

_component = st.components.v2.component("linreg_head_start", js=_SCRIPT)


def head_start() -> None:
    """Let the browser load and run Plotly's script, if this server sends it."""
    if served.is_set():
        _component(key=keys.HEAD_START)  # its style takes it out of the page's flow
