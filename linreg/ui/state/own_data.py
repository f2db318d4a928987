"""Own data of a session: the points, their units, and what was last said of them."""

from dataclasses import replace

import streamlit as st

from linreg.core.data import split_order
from linreg.core.experiment import Experiment
from linreg.own_data.standard_units import Standardised, standardised
from linreg.own_data.table import Pairs
from linreg.ui.state import keys
from linreg.ui.state.session import session


def use_points(points: Pairs | None) -> None:
    """Use own data in place of the line, or the line again; for use in a callback."""
    state = session()
    if state.points is not None and points != state.points:
        state.last_points = state.points
    state.points = points
    state.moved = True  # with own data the controls of the line are disabled
    say_of_data("")  # what was said was about other data


def say_of_data(message: str, error: str = "") -> None:
    """Remember what the page says of own data: a message or an error; for use in a callback."""
    session().data_message, session().data_error = message, error


def standard_units(experiment: Experiment) -> Standardised | None:
    """Return the own data in standard units for this split; None where that is not asked for."""
    state = session()
    if state.points is None or not state.standard:
        return None
    plain = replace(experiment, points=state.points)
    return standardised(state.points, plain.n_train, split_order(plain))


def show_units() -> None:
    """Give the switch of standard units the session's value; for use before it is shown."""
    st.session_state[keys.STANDARD_UNITS] = session().standard


def follow_units() -> None:
    """Use the units that the switch shows; for use in a callback."""
    session().standard = bool(st.session_state[keys.STANDARD_UNITS])


def pasted_text() -> str:
    """Return the text in the field for own data."""
    return st.session_state.get(keys.PASTED_DATA) or ""
