"""The sidebar: every control of the experiment, the same on each page.

The controls that move most often belong to the page's fragment. Each control under *More settings*
is a fragment of its own, so a change of one does not send the others again.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.theory import has_limit, limit_text, side_of_limit
from linreg.core.experiment import Experiment
from linreg.lesson.glossary import WORDS, explained
from linreg.lesson.presets import PRESETS
from linreg.sharing.pins import MOST_PINS
from linreg.ui.parts import class_screen
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.own_table import offer_units
from linreg.ui.state import keys, moves
from linreg.ui.state.controls import (
    agree,
    control,
    exact_values,
    followed_by_page,
    offered_settings,
    present_values,
    set_controls,
)
from linreg.ui.state.guesses import curtain_is_down, is_open, shown_challenge
from linreg.ui.state.own_data import keep_in_tab, use_points
from linreg.ui.state.pages import TUNE
from linreg.ui.state.pinned import pin_run, seek_pins
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import go_to_page

FIRST = ("weight", "bias", "train_fraction", "epochs", "lr")  # the limit stands below lr
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
    "device",
)

CHALLENGES_PAGE = "challenges"

SIDES = {
    "below": "below it: stable",
    "at": "at it: each step ends as high on the other side of the valley",
    "above": ":orange[**above it: will diverge**]",
}

OF_THE_LINE = ("weight", "bias", "noise", "start", "stop", "step")  # without effect on own data


def sidebar() -> DeltaGenerator:
    """Show the part of the sidebar outside the page's fragment; return the place of the rest."""
    with st.sidebar:
        _presets()
        first = st.container(key=keys.FIRST_SETTINGS)
        with st.expander("More settings"):
            for name in MORE:
                st.fragment(_control, key=name)(name, on_change=followed_by_page(name))
        control("large")
        control("curtain")
        with st.popover("Words", icon=":material/dictionary:", key=keys.GLOSSARY):
            st.markdown("\n\n".join(map(explained, WORDS)))
        return first


def chosen_experiment(place: DeltaGenerator, page: str) -> Experiment:
    """Show the controls that move most often, and return the experiment of all controls.

    On the challenges' `page` the limit of the learning rate follows the prediction. Each element
    here is a message at each change of a setting, so none is empty.
    """
    values = present_values(MORE)
    with place:
        units = _own_data(page)
        for name in FIRST:
            values[name] = _control(name)
        experiment = agree(values)
        on_challenges = page == CHALLENGES_PAGE
        hidden = is_open(shown_challenge()) if on_challenges else curtain_is_down(experiment)
        until = "after your prediction" if on_challenges else "when the curtain is up"
        _limit(experiment, hidden_until=until if hidden else "")
        _no_validation(experiment)
        if units is not None:
            with units:
                offer_units(experiment, "sidebar")
        _pin_button(experiment)
        points = session().points
        if points is not None:
            keep_in_tab(points, standard=session().standard)
        moves.note_shown()
    return experiment


def _control(name: str, on_change: Callable[[], None] | None = None) -> Any:
    """Show a control and, where its slider cannot stand at the exact value, that value.

    Return the exact value.
    """
    without_effect = name in OF_THE_LINE and session().points is not None
    shown = control(name, disabled=without_effect, on_change=on_change)
    exact = exact_values({name: shown})[name]
    if exact != shown:
        used = offered_settings()[name].format(exact)
        place = st.container()  # tells it from what follows, for the style of a presented page
        place.caption(f"**{used}** is used; the slider has no such stop.")
    return exact


def _own_data(page: str) -> DeltaGenerator | None:
    """Say that own data are used; return the place of what is said about their units."""
    points, standard = session().points, session().standard
    if points is None:
        return None
    units = ", in standard units" if standard else ""
    class_has = " Questions to the class are about the line." if page == class_screen.PAGE else ""
    st.info(f"Own data: {len(points)} rows in place of the line{units}.{class_has}")
    place = st.container()
    st.button("Back to the line", key=keys.BACK_TO_LINE, on_click=use_points, args=(None,))
    return place


def _no_validation(experiment: Experiment) -> None:
    """Say so where the validation share is above 0, but too small for a row."""
    share = experiment.validation_fraction
    if share and not experiment.n_validation:
        st.caption(
            f"A validation share of {share:g} gives none of these {experiment.n_points} rows."
        )


def _pin_button(experiment: Experiment) -> None:
    """Show the button that pins the present run, unless the page that compares is hidden."""
    if TUNE in session().hidden:
        return
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
        with st.container(key=keys.PINNED):
            _pinned(len(pins))
            live_region(keys.PINNED, session().last_pinned)


def _pinned(count: int) -> None:
    """Say where the pinned runs are, with a button that goes there."""
    st.caption(f"{count} of {MOST_PINS} pinned, under *Runs compared* on Tune.")
    if st.button(
        "Compare pinned runs",
        key=keys.COMPARE_PINS,
        icon=":material/compare_arrows:",
        on_click=seek_pins,
        width="stretch",
    ):
        go_to_page(TUNE)


def _presets() -> None:
    st.caption("Settings of the lesson")
    with st.container(horizontal=True):
        for preset in PRESETS:
            st.button(
                preset.title,
                key=keys.one_of(keys.PRESET, preset.title),
                help=preset.help,
                on_click=set_controls,
                args=(preset.experiment,),
                width="stretch",
            )


def _limit(experiment: Experiment, *, hidden_until: str) -> None:
    if not has_limit(experiment):
        return
    if hidden_until:
        st.caption(f"The limit of the learning rate appears {hidden_until}.")
        return
    st.caption(
        f"MSE with plain SGD diverges above 2/λₘₐₓ = {limit_text(experiment)} for these training "
        "rows. λₘₐₓ says how sharply the loss surface curves across its valley: the sharper, the "
        "shorter the steps that do not climb out of it. "
        f"{experiment.lr:g} is {SIDES[side_of_limit(experiment)]}."
    )
