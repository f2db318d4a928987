"""Pinned runs of a session: pin, unpin, rename and restore them; for use in callbacks."""

from dataclasses import replace
from zlib import crc32

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.sharing.pins import MOST_PINS, Pin, free_name, plain_name, usual_name
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls
from linreg.ui.state.session import session


def pin_run(experiment: Experiment, name: str = "") -> None:
    """Pin a run; for use in a callback."""
    state = session()
    standard = state.standard and experiment.points not in (None, state.points)
    data = "own data, standard units" if standard else "own data"
    pin = Pin(
        name=free_name(name or usual_name(experiment, data), state.pins),
        experiment=experiment,
        own_units=state.points if standard else None,
    )
    if len(state.pins) < MOST_PINS and pin.experiment not in [p.experiment for p in state.pins]:
        state.pins = (*state.pins, pin)
        state.last_pinned = pin.name


def seek_pins() -> None:
    """Let the page with the pinned runs scroll to them; for use in a callback."""
    state = session()
    state.sought_pins += "1"


def restore(pin: Pin) -> None:
    """Use a pinned run's settings, and its data in their original units; in a callback."""
    set_controls(replace(pin.experiment, points=pin.own_units or pin.experiment.points))
    session().standard = pin.own_units is not None


def id_of(pin: Pin) -> str:
    """Return a short name of a pinned run for its controls; no other pin has its experiment.

    By their position, two quick presses of one button would remove two runs.
    """
    return f"{crc32(repr(pin.experiment).encode()):08x}"


def unpin(pin: Pin) -> None:
    """Remove a pinned run; for use in a callback."""
    state = session()
    state.pins = tuple(each for each in state.pins if each.experiment != pin.experiment)


def show_name(pin: Pin) -> None:
    """Give the name's text field the name of the pin; for use before the field is shown."""
    st.session_state[keys.one_of(keys.PIN_NAME, id_of(pin))] = pin.name


def rename(pin: Pin) -> None:
    """Give a pinned run the name in its text field; for use in a callback."""
    state = session()
    name = plain_name(st.session_state[keys.one_of(keys.PIN_NAME, id_of(pin))])
    if name:
        name = free_name(name, (each for each in state.pins if each.experiment != pin.experiment))
        state.pins = tuple(
            replace(each, name=name) if each.experiment == pin.experiment else each
            for each in state.pins
        )
