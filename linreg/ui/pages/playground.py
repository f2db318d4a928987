"""The Playground: set a line, train, and see what was learned."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.choices import Loss
from linreg.experiment import SETTINGS, Experiment
from linreg.presets import PRESETS, Preset
from linreg.theory import is_plain_descent, stability_limit
from linreg.training import Run
from linreg.ui import report
from linreg.ui.cache import trained
from linreg.ui.controls import control, offered_settings
from linreg.ui.session import agree, notices, put_right
from linreg.ui.stage import stage
from linreg.ui.view import Picture

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


PICTURE = ("scale", "shown", "window", "initial", "large")


@st.fragment
def playground() -> None:
    """Show controls, charts and results, in one fragment: quick changes become one training."""
    put_right()
    values: dict[str, Any] = {}
    with st.sidebar:
        _presets()
        for name in FIRST:
            values[name] = control(name)
            if name == "lr":
                limit = st.empty()
        with st.expander("More settings"):
            for name in MORE:
                values[name] = control(name)
    st.title("A straight line, learned")
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values |= {name: control(name) for name in PICTURE}
        waiting = st.empty()
    experiment = agree(values)
    _limit(limit, experiment)
    with top:
        for sentence in notices(experiment):
            st.warning(sentence, icon=":material/link:")
    run = trained(experiment, waiting)
    stage(run, Picture(**{name: values[name] for name in PICTURE}))
    _results(run)


def _presets() -> None:
    st.caption("Settings of the lesson")
    with st.container(horizontal=True):
        for preset in PRESETS:
            st.button(
                preset.title,
                key=preset.title,
                help=preset.help,
                on_click=_choose,
                args=(preset,),
                width="stretch",
            )


def _choose(preset: Preset) -> None:
    for name in SETTINGS:
        if name in offered_settings():
            address = offered_settings()[name].address
            st.session_state[address] = getattr(preset.experiment, name)


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


def _results(run: Run) -> None:
    report.outcome(run)
    left, right = st.columns(2, gap="large")
    with left:
        report.parameters(run)
    with right:
        report.test_predictions(run)
    report.training_log(run)


playground()
