"""Controls made from the declared settings: one widget for each kind of setting.

A control's key is the setting's name in the address, to which Streamlit binds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import streamlit as st

from linreg.core.experiment import SETTINGS
from linreg.settings.devices import available_devices
from linreg.settings.kinds import (
    Choice,
    Number,
    NumberLadder,
    OptionalWhole,
    Setting,
    Switch,
    Whole,
    WholeLadder,
)
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import only_fragments_run
from linreg.ui.state.view import LOOP, VIEW

_Widget = Callable[[Setting[Any], dict[str, Any]], Any]


@cache
def offered_settings() -> Mapping[str, Setting[Any]]:
    """Return all settings that have a control: only the devices of this machine are offered."""
    table = {name: setting for name, setting in {**SETTINGS, **VIEW}.items() if setting.address}
    table["device"] = replace(table["device"], stops=available_devices())
    return MappingProxyType(table)


def control(
    name: str, *, disabled: bool = False, on_change: Callable[[], None] | None = None
) -> Any:
    """Show the control of a setting where the page now writes, and return its value.

    Arguments:
        on_change: called before the run that follows a change; by default its fragment is run.
    """
    setting = {**offered_settings(), **LOOP}[name]
    common: dict[str, Any] = {
        "key": setting.address,
        "bind": "query-params",
        "persist_state": "session",
        "disabled": disabled,
    }
    if on_change is not None:
        common["on_change"] = on_change
    return _WIDGETS[type(setting)](setting, common)


def followed_by_page(fragment: str) -> Callable[[], None]:
    """Return what a control in another fragment than the page's does when it changes.

    Both are run: its own too, since the address follows only what is shown.
    """

    def follow() -> None:
        if only_fragments_run():  # otherwise the whole page is shown anyway
            st.rerun([fragment, keys.PAGE])

    return follow


def shown_value(name: str) -> Any:
    """Return the value of a control that this or an earlier run of the page has shown."""
    return st.session_state[offered_settings()[name].address]


def _help(setting: Setting[Any]) -> str:
    return f"{setting.help} Unit: {setting.unit}." if setting.unit else setting.help


def _slider(setting: Setting[Any], common: dict[str, Any]) -> Any:
    return st.slider(
        setting.label,
        min_value=setting.stops[0],
        max_value=setting.stops[-1],
        value=setting.default,
        step=round(setting.stops[1] - setting.stops[0], 10),
        help=_help(setting),
        **common,
    )


def _ladder(setting: Setting[Any], common: dict[str, Any]) -> Any:
    return st.select_slider(
        setting.label,
        options=setting.stops,
        value=setting.default,
        format_func=setting.format,
        help=_help(setting),
        **common,
    )


def _choice(setting: Setting[Any], common: dict[str, Any]) -> Any:
    return st.segmented_control(
        setting.label,
        options=setting.stops,
        default=setting.default,
        required=True,
        format_func=setting.format,
        help=_help(setting),
        **common,
    )


def _toggle(setting: Setting[Any], common: dict[str, Any]) -> Any:
    return st.toggle(
        setting.label,
        value=setting.default,
        **common,  # no help: a press on its sign would turn the switch
    )


_WIDGETS: Mapping[type[Setting[Any]], _Widget] = MappingProxyType(
    {
        Number: _slider,
        Whole: _slider,
        NumberLadder: _ladder,
        WholeLadder: _ladder,
        OptionalWhole: _ladder,
        Choice: _choice,
        Switch: _toggle,
    }
)
