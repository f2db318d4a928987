"""The Playground: the visitor sets a line and sees what a model learns from it."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.ui.parts import report
from linreg.ui.parts.code_panel import code_panel
from linreg.ui.parts.stage import stage
from linreg.ui.state import keys
from linreg.ui.state.controls import control, followed_by_page, shown_value
from linreg.ui.state.view import Picture
from linreg.ui.work.cache import trained

WAITING = 240  # pixels, for a progress bar
PICTURE = ("scale", "shown", "window", "initial", "large")


def view_controls() -> DeltaGenerator:
    """Show the controls of the picture; return the place beside them for a progress bar."""
    with st.container(horizontal=True, vertical_alignment="center", key=keys.ABOVE_PICTURE):
        _picture_controls()
        return st.container(width=WAITING, key=keys.BESIDE_CONTROLS)


@st.fragment(key=keys.PICTURE)
def _picture_controls() -> None:
    with st.popover("View", icon=":material/visibility:"):
        for name in PICTURE:
            control(name, on_change=followed_by_page(keys.PICTURE))


def playground(experiment: Experiment, beside: DeltaGenerator) -> None:
    """Show charts, player and results of `experiment`."""
    with beside:
        waiting = st.empty()
    run = trained(experiment, waiting)
    picture: dict[str, Any] = {name: shown_value(name) for name in PICTURE}
    stage(run, Picture(**picture))
    report.outcome(run)
    report.results(run)
    code_panel(run.experiment)
