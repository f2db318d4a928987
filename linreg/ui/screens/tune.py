"""Tune: the learning rate with a picture, luck, optimizers, runs side by side, own data."""

import streamlit as st

from linreg.experiment import Experiment
from linreg.ui.cache import trained
from linreg.ui.comparison import exact_answer, optimizers, pinned_runs
from linreg.ui.own import own_data
from linreg.ui.rates import learning_rates


def tune(experiment: Experiment) -> None:
    """Show what helps to choose settings for `experiment`."""
    waiting = st.empty()
    learning_rates(experiment, waiting)
    optimizers(experiment, waiting)
    pinned_runs(experiment, waiting)
    run = trained(experiment, waiting)
    exact_answer(run)
    own_data(run)
