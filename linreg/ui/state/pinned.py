"""Pinned runs: kept in the session, and in the address as far as they fit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.lesson.challenges import write_done
from linreg.own_data.browser_copy import OWN
from linreg.settings.kinds import Setting
from linreg.sharing.address import write_address
from linreg.sharing.pins import MOST_PINS, Pin, plain_name, usual_name, write_pin
from linreg.sharing.teacher_links import HIDE, LOCK
from linreg.ui.state import keys
from linreg.ui.state.control_values import set_controls
from linreg.ui.state.own_data import use_points
from linreg.ui.state.own_data_tab import own_mark
from linreg.ui.state.session import session

LONGEST_ADDRESS = 2_000  # characters after the host; every browser and chat accepts these


def pin_button(experiment: Experiment) -> None:
    """Show the button that pins the present run."""
    pins = session().pins
    known = any(pin.experiment == experiment for pin in pins)
    st.button(
        "Pinned" if known else "Pin this run",
        key=keys.PIN_THIS_RUN,
        icon=":material/keep:",
        help=f"Keep this run to compare it with others on the Tune page; up to {MOST_PINS}.",
        disabled=known or len(pins) >= MOST_PINS,
        on_click=pin_run,
        args=(experiment,),
        width="stretch",
    )
    if pins:
        st.caption(f"{len(pins)} of {MOST_PINS} pinned; see Tune.")


def pin_run(experiment: Experiment, name: str = "") -> None:
    """Pin a run; for use in a callback."""
    state = session()
    standard = state.standard and experiment.points not in (None, state.points)
    usual = usual_name(experiment) + (", standard units" if standard else "")
    pin = Pin(
        name=plain_name(name or usual),
        experiment=experiment,
        own_units=state.points if standard else None,
    )
    if len(state.pins) < MOST_PINS and pin.experiment not in [p.experiment for p in state.pins]:
        state.pins = (*state.pins, pin)


def restore(pin: Pin) -> None:
    """Use a pinned run's settings, and its data in their original units; in a callback."""
    set_controls(pin.experiment)
    if pin.own_units is not None:
        use_points(pin.own_units)
        session().standard = True


def unpin(index: int) -> None:
    """Remove a pinned run; for use in a callback."""
    state = session()
    state.pins = (*state.pins[:index], *state.pins[index + 1 :])


def show_name(index: int) -> None:
    """Give the name's text field the name of the pin; for use before the field is shown."""
    st.session_state[keys.one_of(keys.PIN_NAME, index)] = session().pins[index].name


def rename(index: int) -> None:
    """Give a pinned run the name in its text field; for use in a callback."""
    state = session()
    name = plain_name(st.session_state[keys.one_of(keys.PIN_NAME, index)])
    if name:
        pin = replace(state.pins[index], name=name)
        state.pins = (*state.pins[:index], pin, *state.pins[index + 1 :])


def left_out() -> int:
    """Return how many pinned runs are not in the address."""
    return len(session().pins) - len(_that_fit())


def keep_in_address() -> None:
    """Write what the session keeps into the address, where that has changed."""
    state = session()
    mark = own_mark(state.points)
    _put(OWN, [mark] if mark else [])
    _put(keys.PIN_ADDRESS, _that_fit())
    _put(keys.DONE_ADDRESS, [write_done(state.done)] if state.done else [])
    _put(keys.CHALLENGE_ADDRESS, [state.challenge] if state.challenge else [])
    _put(keys.MYSTERY_ADDRESS, [state.mystery] if state.mystery else [])
    _put(HIDE, ["-".join(state.hidden)] if state.hidden else [])
    _put(LOCK, ["-".join(state.locked)] if state.locked else [])
    for address, text in write_address(state.fixed, _of(state.fixed)).items():
        _put(address, [text])  # a hidden setting has no control that writes it


def _of(values: Mapping[str, Any]) -> dict[str, Setting[Any]]:
    return {name: SETTINGS[name] for name in values}


def _put(name: str, texts: list[str]) -> None:
    if st.query_params.get_all(name) == texts:
        return
    if texts:
        st.query_params[name] = texts
    else:
        del st.query_params[name]


def _that_fit() -> list[str]:
    others = [(name, text) for name in st.query_params for text in st.query_params.get_all(name)]
    fields = [(name, text) for name, text in others if name != keys.PIN_ADDRESS]
    texts: list[str] = []
    for pin in session().pins:
        text = write_pin(pin)
        if pin.experiment.points is not None:
            continue
        if (
            len(urlencode([*fields, *((keys.PIN_ADDRESS, t) for t in (*texts, text))]))
            > LONGEST_ADDRESS
        ):
            continue  # a shorter one may fit
        texts.append(text)
    return texts
