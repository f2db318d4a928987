"""What all pages share: the sidebar, a heading, and messages about corrected settings.

Streamlit forgets a widget when the script that shows it is left. So the pages are functions that
the main script calls, and their files are never run as scripts. Settings and address survive a
change of page because the widgets stay the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.ui.parts.page_top import begin_at_the_top
from linreg.ui.screens.bug_hunt import bug_hunt
from linreg.ui.screens.challenges import challenges
from linreg.ui.screens.gpu import gpu
from linreg.ui.screens.lesson import lesson
from linreg.ui.screens.loop import loop
from linreg.ui.screens.playground import playground, view_controls
from linreg.ui.screens.save_and_load import save_and_load
from linreg.ui.screens.teach import teach
from linreg.ui.screens.tune import tune
from linreg.ui.state import keys
from linreg.ui.state.control_values import follow_moved_controls, notices
from linreg.ui.state.fallback import WorkError, failure_sentence, fallback
from linreg.ui.state.opening import hidden_names
from linreg.ui.state.pinned import keep_in_address
from linreg.ui.state.session import session
from linreg.ui.state.sidebar import Sidebar, chosen_experiment, sidebar
from linreg.ui.state.streamlit_internals import (
    INTERVAL,
    LostPlaceError,
    give_way,
    give_way_to_the_next,
)
from linreg.ui.work.log import log_failure
from linreg.ui.work.queue import SLOTS


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its file, its name in the menu and in the address, and what it shows.

    above: shows the part above the page's fragment, which stays when a setting changes, and
    returns a place beside it. body: shows the rest for an experiment, and gets that place, if any.
    """

    file: str
    title: str
    icon: str
    heading: str
    body: Callable[..., None]
    above: Callable[[], DeltaGenerator] | None = None

    @property
    def path(self) -> str:
        """Its name in the address."""
        return Path(self.file).stem


PAGES = (
    Page(
        file="screens/playground.py",
        title="Playground",
        icon=":material/show_chart:",
        heading="A straight line, learned",
        body=playground,
        above=view_controls,
    ),
    Page(
        file="screens/lesson.py",
        title="Lesson",
        icon=":material/menu_book:",
        heading="The PyTorch workflow, step by step",
        body=lesson,
    ),
    Page(
        file="screens/loop.py",
        title="Loop",
        icon=":material/frame_inspect:",
        heading="The loop under the microscope",
        body=loop,
    ),
    Page(
        file="screens/tune.py",
        title="Tune",
        icon=":material/tune:",
        heading="Choose settings, compare runs",
        body=tune,
    ),
    Page(
        file="screens/bug_hunt.py",
        title="Bug hunt",
        icon=":material/bug_report:",
        heading="Find the mistake",
        body=bug_hunt,
    ),
    Page(
        file="screens/challenges.py",
        title="Challenges",
        icon=":material/flag:",
        heading="Predict, run, compare",
        body=challenges,
    ),
    Page(
        file="screens/save_and_load.py",
        title="Save & load",
        icon=":material/save:",
        heading="There and back again",
        body=save_and_load,
    ),
    Page(
        file="screens/gpu.py",
        title="CPU or GPU",
        icon=":material/speed:",
        heading="Is a GPU faster here?",
        body=gpu,
    ),
    Page(
        file="screens/teach.py",
        title="Teach",
        icon=":material/school:",
        heading="For the class",
        body=teach,
    ),
)


PATHS = tuple(page.path for page in PAGES)


def shown_pages() -> tuple[Page, ...]:
    """Return the pages that a teacher's link does not hide; all pages if it hides every one."""
    hidden = hidden_names(PATHS)
    return tuple(page for page in PAGES if page.path not in hidden) or PAGES


def show(title: str) -> None:
    """Show a page: the part that a change of a setting keeps, and the page's fragment."""
    page = _page(title)
    begin_at_the_top(title)
    st.title(page.heading)
    beside = () if page.above is None else (page.above(),)
    _show(title, sidebar(), *beside)


def _page(title: str) -> Page:
    return next(page for page in PAGES if page.title == title)


@st.fragment(key=keys.PAGE, run_every=INTERVAL)
def _show(title: str, places: Sidebar, *beside: DeltaGenerator) -> None:
    """Show what depends on the settings, in one fragment: quick changes become one training."""
    follow_moved_controls()
    try:
        with SLOTS.hold(waiting=give_way_to_the_next):
            _follow_settings(_page(title), places, *beside)
    except LostPlaceError:  # the page around the fragment was left or not finished
        st.rerun()


def _follow_settings(page: Page, places: Sidebar, *beside: DeltaGenerator) -> None:
    experiment = chosen_experiment(places)
    place = st.container()  # with or without a message, the elements below keep their place
    for sentence in notices(experiment):
        place.warning(sentence, icon=":material/link:")
    session().mystery = session().challenge = None  # the page sets what it shows
    _body(page, experiment, place, *beside)
    keep_in_address()


def _body(
    page: Page, experiment: Experiment, place: DeltaGenerator, *beside: DeltaGenerator
) -> None:
    """Show the page of `experiment`; where that fails, the reason and the last complete page."""
    last = fallback()
    shown = last.begin(page.title, experiment)
    try:
        page.body(shown, *beside)
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
