"""Controls made from the declared settings, and the experiment that they ask for.

A control's key is the setting's name in the address. Streamlit binds the control to it. Controls
that exclude each other are corrected in a new run of the page.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.own_data.table import Pairs
from linreg.settings.devices import available_devices
from linreg.settings.kinds import Setting, Switch
from linreg.sharing.address import read_address, settle
from linreg.ui.state import keys, moves
from linreg.ui.state.own_data import line_with_outlier, standard_units, use_points
from linreg.ui.state.pages import TUNE
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import only_fragments_run
from linreg.ui.state.view import LESSON, LOOP, SCREEN, VIEW
from linreg.ui.state.widgets import WIDGETS

NOTHING: Mapping[str, Any] = MappingProxyType({})
MOST_PASSES = 2  # page runs to correct controls; a control may refuse a value again and again


@cache
def offered_settings() -> Mapping[str, Setting[Any]]:
    """Return all settings that have a control; devices are those of this machine."""
    table = {
        name: setting for name, setting in {**SETTINGS, **VIEW, **SCREEN}.items() if setting.address
    }
    table["device"] = replace(table["device"], stops=available_devices())
    return MappingProxyType(table)


def control(
    name: str, *, disabled: bool = False, on_change: Callable[[], None] | None = None
) -> Any:
    """Show the control of a setting at the present place of the page, and return its value.

    A control that a teacher's link hides is not shown, and one that it locks is disabled.

    Arguments:
        on_change: called before the run after a change; by default its own fragment is run.
    """
    state, setting = session(), {**offered_settings(), **LOOP, **LESSON}[name]
    if name in state.fixed:
        return state.fixed[name]
    common: dict[str, Any] = {
        "key": setting.address,
        "bind": "query-params",
        "persist_state": "session",
        "disabled": disabled or setting.address in state.locked,
        "on_change": on_change,
    }
    return WIDGETS[type(setting)](setting, common)


def followed_by_page(fragment: str) -> Callable[[], None]:
    """Return a callback that runs a control's own fragment and the page's fragment.

    Its own fragment must run too: Streamlit updates the address only for controls that are shown.
    """

    def follow() -> None:
        if only_fragments_run():  # otherwise the whole page is shown anyway
            st.rerun([fragment, keys.PAGE])

    return follow


def shown_values(names: Iterable[str]) -> dict[str, Any]:
    """Return the values of controls, by field.

    Of one that no page has shown yet, it is that of the address.
    """
    table, fixed, values = offered_settings(), session().fixed, {}
    for name in names:
        try:
            values[name] = fixed[name] if name in fixed else st.session_state[table[name].address]
        except KeyError:
            values[name] = _given_value(name, table[name])
    return values


def shown_value(name: str) -> Any:
    """Return the value of one control, as `shown_values`."""
    return shown_values((name,))[name]


def _given_value(name: str, setting: Setting[Any]) -> Any:
    given = {each: st.query_params.get_all(each) for each in st.query_params}
    return read_address(given, {name: setting}).values.get(name, setting.default)


def is_kept(name: str) -> bool:
    """Return whether a teacher's link hides or locks a setting; own data have no control."""
    state, setting = session(), offered_settings().get(name)
    return setting is not None and setting.address in (*state.hidden, *state.locked)


def correct_controls() -> None:
    """Give the controls the values that the last run wanted for them.

    For use before any control is shown.
    """
    state = session()
    moves.make_again()
    move_controls(state.wanted)
    state.moved = False


def say_controls_again() -> None:
    """Write the values of controls that every page has into the address again, if they are missing.

    For use before they are shown on another page: the browser takes along what the address has for
    controls, but forgets those that it had not drawn yet.
    """
    for name in {**SETTINGS, **SCREEN}:
        setting = offered_settings().get(name)
        if setting is None or setting.address in st.query_params:
            continue
        if st.session_state.get(setting.address, setting.default) != setting.default:
            st.session_state[setting.address] = st.session_state[setting.address]


def follow_moved_controls() -> None:
    """Start a run of the whole page here if the app has moved controls outside this fragment.

    Also where that run did not get so far, or a message has undone what it has shown.
    """
    if session().moved or (only_fragments_run() and moves.are_to_be_shown()):
        st.rerun()


def move_controls(values: Mapping[str, Any]) -> None:
    """Give controls other values, by field; for use in a callback."""
    table, state = offered_settings(), session()
    moves.move({table[name].address: table[name].nearest(value) for name, value in values.items()})
    state.exact = {n: v for n, v in state.exact.items() if n not in values} | between(values)
    state.moved = True


def between(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values, by field, at which their sliders cannot stand."""
    table = offered_settings()
    return {n: v for n, v in values.items() if table[n].nearest(v) != v}


def exact_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exact values of settings whose sliders stand at `values`, by field."""
    table = offered_settings()
    exact = {n: v for n, v in session().exact.items() if n in values}
    there = {n: v for n, v in exact.items() if table[n].nearest(v) == values[n]}
    return {**values, **there}


def agree(values: Mapping[str, Any]) -> Experiment:
    """Return the experiment for the controls' `values`, by field.

    Where values exclude each other, a new run starts here, in which the controls are corrected.
    """
    state = session()
    table, exact = offered_settings(), {**state.exact, **state.fixed}
    snapped = {
        name: value if exact.get(name) == value else table[name].nearest(value)
        for name, value in values.items()
    }
    state.exact = {
        name: value
        for name, value in state.exact.items()
        if snapped[name] == value or moves.is_in_doubt(table[name].address)
    }
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


def set_controls(experiment: Experiment, view: Mapping[str, Any] = NOTHING) -> None:
    """Give all controls the values of `experiment`, and others those of `view`; in a callback."""
    values = {name: getattr(experiment, name) for name in offered_settings() if name in SETTINGS}
    change_settings({**values, **view})
    set_points(experiment.points)
    session().standard = False


def set_points(points: Pairs | None) -> None:
    """Use other data; the page then says where own rows that were in use are kept; in a callback.

    For what brings other data along; a form for own data says itself what it does.
    """
    state, rows = session(), session().points
    use_points(points)
    if rows is None or rows in (points, line_with_outlier()):
        return
    where = f"*Use the {len(rows)} rows from before again* on *Tune* brings them back."
    if TUNE in state.hidden:
        where = "They come back on *Tune*, which the link of this page hides."
    state.told += (f"Your {len(rows)} own rows are not in use any more. {where}",)


def change_settings(values: Mapping[str, Any]) -> None:
    """Give settings other values, by field, except those that a teacher's link locks or hides.

    The page then says which of them stayed as they were. For use in a callback.
    """
    state, kept = session(), [name for name in values if is_kept(name)]
    move_controls({n: v for n, v in values.items() if n not in kept})
    state.told, state.told_for = tuple(_stays(n, values[n]) for n in kept), None
    state.told = tuple(said for said in state.told if said)


def present_values(names: Iterable[str]) -> dict[str, Any]:
    """Return the values that settings have, by field, also between two stops of their sliders."""
    return exact_values(shown_values(names))


def present_value(name: str) -> Any:
    """Return the value that one setting has, as `present_values`."""
    return present_values((name,))[name]


def value_text(name: str, value: Any) -> str:
    """Return a setting's value as text for a sentence."""
    setting = offered_settings()[name]
    if isinstance(setting, Switch):
        return "on" if value else "off"
    return setting.format(value)


def _stays(name: str, wanted: Any) -> str:
    """Return a sentence where a locked or hidden setting is not as wanted; else ""."""
    state, value = session(), present_value(name)
    if value == wanted:
        return ""
    how, label = "hides" if name in state.fixed else "locks", offered_settings()[name].label
    return f"{label} stays {value_text(name, value)}: the link of this page {how} it."


def notices(experiment: Experiment) -> tuple[str, ...]:
    """Return what was corrected for `experiment`; nothing after a setting has changed."""
    state = session()
    present = replace(experiment, points=state.points)  # in original units
    if state.noticed != present:
        state.notices = ()
    state.told_for = state.told_for or present
    if state.told_for != present:
        state.told = ()
    return (*state.notices, *state.told)


def run_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that are settings of the run, by field."""
    return {name: value for name, value in values.items() if name in SETTINGS}


def chosen_value(name: str, experiment: Experiment, values: Mapping[str, Any]) -> Any:
    """Return the experiment's value of a setting of the run, or the value of another setting."""
    return getattr(experiment, name) if name in SETTINGS else values[name]
