"""The sidebar: every control of the experiment, the same on each page."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.choices import Loss
from linreg.experiment import Experiment
from linreg.presets import PRESETS
from linreg.theory import is_plain_descent, stability_limit
from linreg.ui.controls import control, offered_settings
from linreg.ui.pinned import pin_button
from linreg.ui.session import agree, put_right, session, set_controls, use_points

FIRST = ("weight", "bias", "train_fraction", "lr", "epochs", "device")
MORE = (
    "noise",
    "model",
    "loss",
    "optimizer",
    "schedule",
    "batch_size",
    "seed",
    "validation_fraction",
    "shuffle",
    "start",
    "stop",
    "step",
)

OF_THE_LINE = ("weight", "bias", "noise", "start", "stop", "step")  # of no use with own data


def chosen_experiment() -> Experiment:
    """Show all controls in the sidebar and return the experiment that they ask for."""
    put_right()
    values: dict[str, Any] = {}
    with st.sidebar:
        _presets()
        own = st.container()
        for name in FIRST:
            values[name] = _control(name)
            if name == "lr":
                limit = st.empty()
        with st.expander("More settings"):
            for name in MORE:
                values[name] = _control(name)
    experiment = agree(values)
    _limit(limit, experiment)
    with own:
        _own_data()
    with st.sidebar:
        pin_button(experiment)
    return experiment


def _control(name: str) -> Any:
    """Show a control, unless a teacher's link hides it, and return the setting's value."""
    state = session()
    if name in state.fixed:
        return state.fixed[name]
    idle = name in OF_THE_LINE and state.points is not None
    return control(name, disabled=idle or offered_settings()[name].address in state.locked)


def _own_data() -> None:
    points = session().points
    if points is not None:
        st.info(f"Own data: {len(points)} rows in place of the line.")
        st.button("Back to the line", key="line again", on_click=use_points, args=(None,))


def _presets() -> None:
    st.caption("Settings of the lesson")
    with st.container(horizontal=True):
        for preset in PRESETS:
            st.button(
                preset.title,
                key=preset.title,
                help=preset.help,
                on_click=set_controls,
                args=(preset.experiment,),
                width="stretch",
            )


def _limit(place: DeltaGenerator, experiment: Experiment) -> None:
    if experiment.loss is not Loss.MSE or not is_plain_descent(experiment):
        place.empty()
        return
    limit = stability_limit(experiment)
    verdict = ":orange[**above it: will diverge**]" if experiment.lr > limit else "below it: stable"
    place.caption(
        f"MSE with plain SGD diverges above 2/λₘₐₓ = {limit:.4f} for these training rows; "
        f"{experiment.lr:g} is {verdict}."
    )
