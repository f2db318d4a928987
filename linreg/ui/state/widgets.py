"""One widget of Streamlit for each kind of setting."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st

from linreg.settings.kinds import Choice, Number, OptionalWhole, Setting, Switch, Whole

Widget = Callable[[Setting[Any], dict[str, Any]], Any]


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


WIDGETS: Mapping[type[Setting[Any]], Widget] = MappingProxyType(
    {Number: _number, Whole: _number, OptionalWhole: _ladder, Choice: _choice, Switch: _toggle}
)
"""Shows the widget of a setting of this kind, with the arguments that all kinds have."""
