"""The Playground: the visitor sets a line and sees what a model learns from it.

Each element of `playground` is a message to the browser at each change of a setting. So they are
few, and only the open tab is filled.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.ui.parts import report
from linreg.ui.parts.code_panel import code_panel
from linreg.ui.parts.curtain import curtain, mark_of, say_what_was_guessed
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.plan_bar import go_to_step
from linreg.ui.parts.stage import stage
from linreg.ui.state import keys
from linreg.ui.state.controls import control, followed_by_page, is_kept, shown_values
from linreg.ui.state.guesses import curtain_is_down, play_the_run
from linreg.ui.state.kept_tabs import OpenTab, kept_tabs
from linreg.ui.state.session import session
from linreg.ui.state.view import Picture
from linreg.ui.work.cache import trained

WELCOME = (
    "Watch a model learn a straight line from points. **What will the largest learning rate do, "
    "and the smallest?** Guess, then try it."
)
BELOW = "*Below the picture: results, state_dict, log and code.*"
PICTURE = ("scale", "shown", "window", "initial", "hand")
TABS: Mapping[str, Callable[[Run], None]] = MappingProxyType(
    {
        "Results": report.results,
        "state_dict": report.state_dict,
        "Log": report.log,
        "Code": code_panel,
    }
)
"""What each tab below the charts shows of a run."""


def view_controls() -> None:
    """Show the controls of the picture."""
    with st.container(key=keys.VIEW):
        _picture_controls()


@st.fragment(key=keys.PICTURE)
def _picture_controls() -> None:
    nothing = session().fixed.keys() >= {*PICTURE}  # to show; the button keeps its place
    with st.popover("View", icon=":material/visibility:", disabled=nothing):
        for name in PICTURE:
            control(name, on_change=followed_by_page(keys.PICTURE))


def result_tabs() -> OpenTab:
    """Show a welcome, which stands above the charts, and the tabs below them.

    Return the open tab.
    """
    if session().plan is None and session().hosting is None:
        st.html(
            "<style>:root { --linreg-welcome: 3.75rem; }</style>"
        )  # its room on an upright phone
        with st.container(key=keys.WELCOME, horizontal=True, vertical_alignment="center"):
            welcome = WELCOME.partition(" **")[0] if is_kept("lr") else WELCOME
            st.caption(f"{welcome} {BELOW}")  # the style shows the second where it has a line
            go_to_step("Guided class", "school", 1)
    return kept_tabs(keys.RESULT_TABS, tuple(TABS))


def playground(experiment: Experiment, messages: DeltaGenerator, tab: OpenTab) -> None:
    """Show charts and player of `experiment`, and what the open tab shows of its run.

    Arguments:
        messages: a place above the charts; it takes the progress bar.
    """
    run = trained(experiment, messages)
    if curtain_is_down(experiment):
        curtain(run, "Play the run", play_the_run)
        with tab.place:
            st.caption("The results are behind the curtain and appear with the run.")
        return
    if say_what_was_guessed(run, messages):
        with messages:  # on a phone it goes to the top, so that charts and player are in sight too
            live_region(keys.MESSAGES, str(mark_of(experiment)), block="start on a phone")
    stage(run, Picture(**shown_values(PICTURE)))
    report.divergence(run)
    with tab.place:
        TABS[tab.name](run)
