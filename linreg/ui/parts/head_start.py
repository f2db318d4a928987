"""Plotly's head start: its script runs in the browser before there is a chart to draw.

It takes a second, in which the server makes the first page, or has yet to import PyTorch.
"""

import streamlit as st

from linreg.ui.browser.assets import PLOTLY, asset_url, served
from linreg.ui.state import keys

_SCRIPT = f"""
export default async function () {{
  const url = (path) => new URL(path, document.baseURI).href;
  try {{
    const stage = await import(url("{asset_url("stage.js")}"));
    await stage.loadPlotly(url("{asset_url(PLOTLY)}"));
  }} catch {{}} // the stage will try again, and say so
}}
"""

_component = st.components.v2.component("linreg_head_start", js=_SCRIPT)


def head_start() -> None:
    """Have the browser run Plotly's script, where the server sends it."""
    if served.is_set():
        _component(key=keys.HEAD_START)  # its style takes it out of the page's flow
