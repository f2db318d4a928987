"""The Playground: set a line, train, and see what was learned."""

from typing import Any

import streamlit as st

from linreg.experiment import Experiment
from linreg.training import Run
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
    _results(run)


def _results(run: Run) -> None:
    report.outcome(run)
    left, right = st.columns(2, gap="large")
    with left:
        report.parameters(run)
    with right:
        report.predictions(run)
    report.training_log(run)
    code_panel(run.experiment)
