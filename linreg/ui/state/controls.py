"""Controls made from the declared settings: one widget for each kind of setting.

A control's key is the setting's name in the address. Streamlit binds the control to it.
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
    OptionalWhole,
    Setting,
    Switch,
    Whole,
)
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import only_fragments_run
from linreg.ui.state.view import LOOP, VIEW

_Widget = Callable[[Setting[Any], dict[str, Any]], Any]


@cache
def offered_settings() -> Mapping[str, Setting[Any]]:
    """Return all settings that have a control; devices are those of this machine."""
    table = {name: setting for name, setting in {**SETTINGS, **VIEW}.items() if setting.address}
    table["device"] = replace(table["device"], stops=available_devices())
    return MappingProxyType(table)


def control(
    name: str, *, disabled: bool = False, on_change: Callable[[], None] | None = None
) -> Any:
    """Show the control of a setting at the present place of the page, and return its value.

    Arguments:
        on_change: called before the run after a change; by default its own fragment is run.
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
    """Return a callback that runs a control's own fragment and the page's fragment.

    Its own fragment must run too: Streamlit updates the address only for controls that are shown.
    """

    def follow() -> None:
        if only_fragments_run():  # otherwise the whole page is shown anyway
            st.rerun([fragment, keys.PAGE])

    return follow


def shown_value(name: str) -> Any:
    """Return the value of a control that has been shown in this or an earlier run."""
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


def _number(setting: Any, common: dict[str, Any]) -> Any:
    return _slider(setting, common) if setting.evenly_spaced else _ladder(setting, common)


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
        **common,  # no help: a click on its icon would turn the switch
    )


_WIDGETS: Mapping[type[Setting[Any]], _Widget] = MappingProxyType(
    {
        Number: _number,
        Whole: _number,
        OptionalWhole: _ladder,
        Choice: _choice,
        Switch: _toggle,
    }
)
