"""The values that the app gives to controls, and the experiment that the controls ask for.

Controls that exclude each other are corrected in a new run of the page.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.sharing.address import settle
from linreg.ui.state.controls import offered_settings
from linreg.ui.state.own_data import standard_units, use_points
from linreg.ui.state.session import session

MOST_PASSES = 2  # so a control that refuses a value cannot rerun the page for ever


def correct_controls() -> None:
    """Give the controls the values that the last run wanted for them.

    For use before any control is shown.
    """
    state = session()
    move_controls(state.wanted)
    state.moved = False


def follow_moved_controls() -> None:
    """Start a run of the whole page here if the app has moved controls outside this fragment."""
    if session().moved:
        st.rerun()


def move_controls(values: Mapping[str, Any]) -> None:
    """Give controls other values, by field; for use in a callback."""
    for name, value in values.items():
        st.session_state[offered_settings()[name].address] = value
    session().moved = True


def agree(values: Mapping[str, Any]) -> Experiment:
    """Return the experiment for the controls' `values`, by field.

    Where values exclude each other, a new run starts here, in which the controls are corrected.
    """
    state = session()
    snapped = {name: offered_settings()[name].nearest(value) for name, value in values.items()}
    experiment, sentences = settle({**run_settings(snapped), "points": state.points})
    if sentences:
        state.notices, state.noticed = sentences, experiment
    chosen = {name: chosen_value(name, experiment, snapped) for name in values}
    state.wanted = {name: value for name, value in chosen.items() if value != values[name]}
    if state.wanted and state.passes < MOST_PASSES:
        state.passes += 1
        st.rerun()
    state.wanted, state.passes = {}, 0
    units = standard_units(experiment)
    return experiment if units is None else replace(experiment, points=units.points)


def set_controls(experiment: Experiment) -> None:
    """Give all controls the values of `experiment`; for use in a callback."""
    state = session()
    free = {
        name: setting
        for name, setting in offered_settings().items()
        if name in SETTINGS and setting.address not in (*state.hidden, *state.locked)
    }
    move_controls({name: s.nearest(getattr(experiment, name)) for name, s in free.items()})
    use_points(experiment.points)
    state.standard = False


def notices(experiment: Experiment) -> tuple[str, ...]:
    """Return what was corrected for `experiment`; nothing after a setting has changed."""
    state = session()
    if state.noticed != replace(experiment, points=state.points):  # in original units
        state.notices = ()
    return state.notices


def run_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that are settings of the run, by field."""
    return {name: value for name, value in values.items() if name in SETTINGS}


def chosen_value(name: str, experiment: Experiment, values: Mapping[str, Any]) -> Any:
    """Return the experiment's value of a setting of the run, or the value of another setting."""
    return getattr(experiment, name) if name in SETTINGS else values[name]
