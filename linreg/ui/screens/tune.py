"""Tune: learning rates in one chart, several seeds, optimizers, compared runs, own data."""

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.ui.parts.comparison import exact_answer, optimizers
from linreg.ui.parts.curtain import behind_curtain
from linreg.ui.parts.own_data_form import own_data
from linreg.ui.parts.pinned_runs import pinned_runs
from linreg.ui.parts.rate_sweep import rates_section
from linreg.ui.work.cache import trained


def tune(experiment: Experiment) -> None:
    """Show comparisons that help to choose settings, starting from `experiment`."""
    waiting = st.empty()
    run = trained(experiment, waiting)
    if not behind_curtain(run, "tune"):
        rates_section(experiment, waiting)
        optimizers(experiment, waiting)
        pinned_runs(experiment, waiting)
        exact_answer(run)
    own_data(run)
