"""The Playground: set a line, train, and see what was learned."""

from typing import Any

import streamlit as st

from linreg.experiment import Experiment
from linreg.ui import report
from linreg.ui.cache import trained
from linreg.ui.code_panel import code_panel
from linreg.ui.controls import control
from linreg.ui.stage import stage
from linreg.ui.view import Picture

PICTURE = ("scale", "shown", "window", "initial", "large")


def playground(experiment: Experiment) -> None:
    """Show charts, player and results of `experiment`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picture: dict[str, Any] = {name: control(name) for name in PICTURE}
        waiting = st.empty()
    run = trained(experiment, waiting)
    stage(run, Picture(**picture))
    report.outcome(run)
    report.results(run)
    code_panel(run.experiment)
