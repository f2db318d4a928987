"""The stage: the charts of a page, drawn by one component that stays mounted.

`st.plotly_chart` puts up a new chart at every change of its data: a blank moment, and zoom and
legend choices lost. The stage keeps the old picture until the new one is drawn. Where its scripts
are not served or do not load, the same figures go to `st.plotly_chart`.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from linreg.ui.assets import asset_urls

KEY = "stage"
FAILED = "stage_failed"

# Sent again at every change of a setting, so it only fetches the script proper, which is cached.
_LOADER = """
export default async function (component) {
  try {
    const script = await import(new URL(component.data.stage, document.baseURI).href);
    return await script.render(component);
  } catch (error) {
    console.warn("linreg: the stage could not start:", error);
    component.setTriggerValue("failed", true);
  }
}
"""
_CSS = Path(__file__).with_name("stage.css").read_text(encoding="utf-8")

_component = st.components.v2.component("linreg_stage", js=_LOADER, css=_CSS, isolate_styles=False)
_served = threading.Event()  # set where this process serves the stage's scripts
serve_components = _served.set


def stage(figures: Mapping[str, go.Figure]) -> None:
    """Show `figures` (by name) side by side, or below each other where the page is narrow.

    Each figure's title and subtitle stand above it as text; the subtitle is its text alternative.
    """
    if not _served.is_set() or st.session_state.get(FAILED):
        _plain(figures)
        return
    data: dict[str, Any] = asset_urls() | {
        "charts": [{"name": name, "figure": figure.to_json()} for name, figure in figures.items()]
    }
    result = _component(key=KEY, data=data, on_failed_change=lambda: None)
    if result.failed:
        st.session_state[FAILED] = True
        st.rerun()


def _plain(figures: Mapping[str, go.Figure]) -> None:
    for name, figure in figures.items():
        st.plotly_chart(figure, theme=None, key=f"plain {name}")
