"""What all pages share: the sidebar, a heading, and messages about corrected settings.

Streamlit forgets the widgets of a page's script when another page is opened. So the pages are
functions that the main script calls, and their files never run as scripts. The widgets stay the
same, so settings and address survive a change of page.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from types import MappingProxyType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.ui.parts.class_bar import class_bar
from linreg.ui.parts.page_top import begin_at_the_top
from linreg.ui.parts.plan_bar import plan_bar
from linreg.ui.parts.room_panel import room_panel
from linreg.ui.parts.screen import screen
from linreg.ui.screens.bug_hunt import bug_hunt
from linreg.ui.screens.challenges import challenges
from linreg.ui.screens.class_board import class_board
from linreg.ui.screens.gpu import gpu
from linreg.ui.screens.lesson import lesson
from linreg.ui.screens.loop import loop
from linreg.ui.screens.playground import playground, result_tabs, view_controls
from linreg.ui.screens.save_and_load import save_and_load
from linreg.ui.screens.teach import teach
from linreg.ui.screens.tune import tune
from linreg.ui.sidebar import chosen_experiment, sidebar
from linreg.ui.state import keys, moves
from linreg.ui.state.address import keep_in_address
from linreg.ui.state.controls import (
    follow_moved_controls,
    notices,
    say_controls_again,
    shown_value,
)
from linreg.ui.state.fallback import WorkError, failure_sentence, fallback
from linreg.ui.state.hosting import go_on
from linreg.ui.state.kept_tabs import OpenTab
from linreg.ui.state.pages import Page
from linreg.ui.state.session import session
from linreg.ui.state.streamlit_internals import (
    INTERVAL,
    LostPlaceError,
    give_way,
    give_way_to_the_next,
)
from linreg.ui.work.log import log_failure
from linreg.ui.work.queue import SLOTS

SCREENS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        "playground": playground,
        "lesson": lesson,
        "loop": loop,
        "tune": tune,
        "bug_hunt": bug_hunt,
        "challenges": challenges,
        "save_and_load": save_and_load,
        "gpu": gpu,
        "class_board": class_board,
        "teach": teach,
    }
)
"""Shows each page, by path; takes the experiment.

A page in BELOW also takes the place of messages, for its progress bar, and its open tab.
"""

ABOVE: Mapping[str, Callable[[], None]] = MappingProxyType({"playground": view_controls})
"""Shows what stays when a setting changes, above the page's fragment."""

BELOW: Mapping[str, Callable[[], OpenTab]] = MappingProxyType({"playground": result_tabs})
"""Shows tabs below the page's fragment; returns the open one, which the fragment fills."""

UNSEEN = ("playground", "lesson", "loop", "bug_hunt", "challenges", "class_board")
"""Pages whose heading is only for screen readers, so that the window shows more of the rest."""

WITHOUT_SETTINGS = ("gpu", "class_board")
"""Pages whose picture no setting changes, so a phone shows none."""


def show(page: Page) -> None:
    """Show a page: heading, the part above its fragment, the fragment, and the tabs below it."""
    go_on(page.path)
    begin_at_the_top(page.title)
    if session().opened != page.path:
        say_controls_again()
    above = ABOVE.get(page.path)
    with st.container(key=keys.UNSEEN_HEADING) if page.path in UNSEEN else nullcontext():
        st.title(page.heading)
    plan_bar()
    class_bar(page)
    if above:
        above()
    place, controls = st.container(), sidebar()
    session().opened = page.path
    settings = page.path not in WITHOUT_SETTINGS
    screen(page.title, large=shown_value("large"), settings=settings)
    room_panel()
    below = BELOW.get(page.path)
    tab = below() if below else None
    with place:
        _show(page, controls, tab)


@st.fragment(key=keys.PAGE, run_every=INTERVAL)
def _show(page: Page, controls: DeltaGenerator, tab: OpenTab | None) -> None:
    """Show what depends on the settings, in one fragment: quick changes become one training."""
    follow_moved_controls()
    try:
        with SLOTS.hold(waiting=give_way_to_the_next):
            _follow_settings(page, controls, tab)
    except LostPlaceError:  # the page around the fragment was left or not finished
        st.rerun()


def _follow_settings(page: Page, controls: DeltaGenerator, tab: OpenTab | None) -> None:
    experiment = chosen_experiment(controls, page.path)
    # With or without a message, the elements below keep their place.
    place = st.container(key=keys.MESSAGES)
    for sentence in notices(experiment):
        place.warning(sentence, icon=":material/link:")
    session().mystery = session().challenge = session().bug = None  # the page sets what it shows
    _body(page, experiment, place, tab)
    keep_in_address()
    moves.note_end()


def _body(page: Page, experiment: Experiment, place: DeltaGenerator, tab: OpenTab | None) -> None:
    """Show the page of `experiment`; where that fails, the reason and the last complete page."""
    last = fallback()
    shown = last.begin(page.title, experiment)
    try:
        SCREENS[page.path](shown, *((place, tab) if tab else ()))
    except LostPlaceError:
        raise
    except WorkError as error:
        failure = str(error)
    except Exception as error:  # a traceback does not help a student
        log_failure(page.title, shown)
        failure = failure_sentence("This page", error)
    else:
        last.end(shown)
        if last.failure:
            _tell(place, f"{last.failure} The page shows the last settings that worked.")
        return
    if last.fail(failure):
        give_way()
    _tell(place, f"{last.failure or failure} Change a setting, or try again.")


def _tell(place: DeltaGenerator, sentence: str) -> None:
    """Show what failed, and a button to try it again."""
    with place:
        st.error(sentence, icon=":material/error:")
        st.button(
            "Try again",
            key=keys.TRY_AGAIN,
            icon=":material/refresh:",
            on_click=fallback().try_again,
        )
