"""Controls made from the declared settings: one widget for each kind of setting.

A control's key is the setting's name in the address, to which Streamlit binds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import streamlit as st

from linreg.devices import available_devices
from linreg.experiment import SETTINGS
from linreg.settings import (
    Choice,
    Number,
    NumberLadder,
    OptionalWhole,
    Setting,
    Switch,
    Whole,
    WholeLadder,
)
from linreg.ui.view import LOOP, VIEW


@cache
def offered_settings() -> Mapping[str, Setting[Any]]:
    """Return all settings that have a control: only the devices of this machine are offered."""
    table = {name: setting for name, setting in {**SETTINGS, **VIEW}.items() if setting.address}
    table["device"] = replace(table["device"], stops=available_devices())
    return MappingProxyType(table)


def control(name: str, *, disabled: bool = False) -> Any:
    """Show the control of a setting where the page now writes, and return its value."""
    setting = {**offered_settings(), **LOOP}[name]
    return _WIDGETS[type(setting)](setting, disabled)


def _help(setting: Setting[Any]) -> str:
    return f"{setting.help} Unit: {setting.unit}." if setting.unit else setting.help


def _bound(setting: Setting[Any]) -> dict[str, Any]:
    return {"key": setting.address, "bind": "query-params", "persist_state": "session"}


def _slider(setting: Setting[Any], disabled: bool) -> Any:
    return st.slider(
        setting.label,
        min_value=setting.stops[0],
        max_value=setting.stops[-1],
        value=setting.default,
        step=round(setting.stops[1] - setting.stops[0], 10),
        help=_help(setting),
        disabled=disabled,
        **_bound(setting),
    )


def _ladder(setting: Setting[Any], disabled: bool) -> Any:
    return st.select_slider(
        setting.label,
        options=setting.stops,
        value=setting.default,
        format_func=setting.format,
        help=_help(setting),
        disabled=disabled,
        **_bound(setting),
    )


def _choice(setting: Setting[Any], disabled: bool) -> Any:
    return st.segmented_control(
        setting.label,
        options=setting.stops,
        default=setting.default,
        required=True,
        format_func=setting.format,
        help=_help(setting),
        disabled=disabled,
        **_bound(setting),
    )


def _toggle(setting: Setting[Any], disabled: bool) -> Any:
    return st.toggle(
        setting.label,
        value=setting.default,
        disabled=disabled,
        **_bound(setting),  # no help: a press on its sign would turn the switch
    )


_WIDGETS: Mapping[type[Setting[Any]], Callable[[Setting[Any], bool], Any]] = MappingProxyType(
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
