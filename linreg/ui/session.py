"""What one visitor's session holds besides its controls: what was wrong, and what to put right.

The address is read, checked and put right once, before any control exists, because Streamlit itself
drops what it cannot use without a word. Later, controls that exclude each other are put right in
a new run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from linreg.address import read_address, settle, write_address
from linreg.experiment import SETTINGS, Experiment
from linreg.ui.controls import offered_settings
from linreg.ui.view import OPENING

STATE = "linreg"
MOST_PASSES = 2  # a control that will not take a value must not hold up the page


@dataclass
class State:
    """What a session remembers from one run of a page to the next.

    notices: sentences about the experiment `noticed`, shown as long as that is set.
    wanted: values, by field, that the controls must take on; passes: runs made for that.
    """

    notices: tuple[str, ...]
    noticed: Experiment
    wanted: Mapping[str, Any]
    passes: int = 0


def read_own_address() -> None:
    """Read the address where the session is new; put it right, in a new run, where it is wrong."""
    if STATE in st.session_state:
        return
    parameters = {name: st.query_params.get_all(name) for name in st.query_params}
    table = {**offered_settings(), **OPENING}
    reading = read_address(parameters, table)
    experiment, sentences = settle(_of_the_run(reading.values))
    notices = [*reading.sentences, *sentences]
    at = reading.values.get("at")
    if at is not None and at > experiment.epochs:
        notices.append(
            f"at={at} is after the last of {experiment.epochs} epochs; the end is shown."
        )
        reading.values["at"] = None
    st.session_state[STATE] = State(notices=tuple(notices), noticed=experiment, wanted={})
    defaults = {name: setting.default for name, setting in table.items()}
    values = {name: _chosen(name, experiment, defaults | reading.values) for name in table}
    written = write_address(values, table)
    if notices or any(parameters.get(name) != [text] for name, text in written.items()):
        st.query_params.from_dict(written)
        st.rerun()


def put_right() -> None:
    """Give the controls the values that the last run found they should have had."""
    for name, value in _state().wanted.items():
        st.session_state[offered_settings()[name].address] = value


def agree(values: Mapping[str, Any]) -> Experiment:
    """Return the experiment that the controls' `values` ask for.

    Where they exclude each other, the controls are changed too, in a new run that starts here.
    """
    state = _state()
    snapped = {name: offered_settings()[name].nearest(value) for name, value in values.items()}
    experiment, sentences = settle(_of_the_run(snapped))
    if sentences:
        state.notices, state.noticed = sentences, experiment
    chosen = {name: _chosen(name, experiment, snapped) for name in values}
    state.wanted = {name: value for name, value in chosen.items() if value != values[name]}
    if state.wanted and state.passes < MOST_PASSES:
        state.passes += 1
        st.rerun()
    state.wanted, state.passes = {}, 0
    return experiment


def notices(experiment: Experiment) -> tuple[str, ...]:
    """Return what had to be put right for `experiment`; nothing once the user has moved on."""
    state = _state()
    if state.noticed != experiment:
        state.notices = ()
    return state.notices


def _state() -> State:
    state: State = st.session_state[STATE]
    return state


def _of_the_run(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in SETTINGS}


def _chosen(name: str, experiment: Experiment, values: Mapping[str, Any]) -> Any:
    return getattr(experiment, name) if name in SETTINGS else values[name]
