"""Class: the teacher opens a room, asks questions, and shows what the class thinks.

What a student sends appears here as a number or as the length of a bar, never as text.
"""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.board.questions import Question, lacks_rates, shows_rates
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.board.results import Engines
from linreg.core.experiment import Experiment
from linreg.ui.parts.app_address import app_address, local_only
from linreg.ui.parts.class_plan import (
    bring_back_plan,
    bring_to_its_place,
    link_without_question,
    plan_file,
    plan_says,
    plan_step,
    questions_of,
    use_last_plan,
)
from linreg.ui.parts.class_rates import class_rates, class_swarm
from linreg.ui.parts.class_screen import PAGE, class_screen, is_pending, secret_link
from linreg.ui.parts.class_steps import let_go_step, look, pause_step, step, take
from linreg.ui.parts.downloads import download
from linreg.ui.parts.question_form import question_form
from linreg.ui.parts.room_solved import solved_challenges
from linreg.ui.state import keys
from linreg.ui.state.fallback import WorkError
from linreg.ui.state.hosting import forget_asked, remember_room, show_run
from linreg.ui.state.session import Hosting, session
from linreg.ui.state.streamlit_internals import give_way
from linreg.ui.work.board import class_board as board
from linreg.ui.work.cache import swept, trained
from linreg.ui.work.queue import SLOTS

WELCOME = """
Everybody answers on their own device: once before they discuss it, and once after. Then the class
sees what it thought, both times.

1. *Open a room*. A QR code appears; nobody types anything.
2. *Ask*: choose a ready question or write your own. The screen shows only how many have answered.
3. *Close* the vote. Let neighbours discuss, and *vote again*.
4. *Show* both votes together, and what is right, where the question has a right answer.

The server keeps the answers without names, until you end the room, 24 hours at most.
"""


def class_board(experiment: Experiment) -> None:
    """Show the room that this tab leads, or how to open one."""
    if not remember_room():
        return  # the tab answers at once
    hosting = session().hosting
    with SLOTS.pause():  # a database that does not answer stops no training
        seen = None if hosting is None else _look(hosting)
    if session().hosting is None:
        _welcome()
    if hosting is None or seen is None:
        return
    class_screen(hosting, seen)
    if is_pending(seen) and _finish(hosting, st.empty()):
        give_way()  # the next run shows what is right
    _steps(hosting, seen)
    if shows_rates(seen["round"]) and not hosting.is_asking:
        (class_swarm if hosting.is_watching else class_rates)(seen["round"])
    if lacks_rates(seen["round"]) and not hosting.is_asking:
        st.caption("The runs of these rates could not be trained here, so none are shown.")
    if hosting.said:
        st.warning(hosting.said)
    if hosting.is_asking:
        with st.container(key=keys.CLASS_COMPOSER):
            plan_says(hosting)
            question_form(experiment, questions_of(hosting), _ask)
    solved_challenges(seen["challenges"])
    _rest(hosting)


def _look(hosting: Hosting) -> dict[str, Any] | None:
    """Return the state of the room; None, and a sentence on the page, where nothing is known.

    A database that fails may come back with the room: only a room that is gone makes way.
    """
    try:
        bring_back_plan(hosting)
        return look(hosting)
    except BoardRefusal as refusal:
        _leave_room()
        st.warning(f"Room {hosting.code}: {refusal.sentence}")
    except BoardUnavailable as failure:
        st.error(str(failure))
        st.button("Try again", key=keys.TRY_AGAIN, icon=":material/refresh:")
    return None


def _welcome() -> None:
    st.markdown(WELCOME)
    step("Open a room", "o", "meeting_room", _open_room, primary=True)
    if local_only(app_address(PAGE)):
        st.info(local_only(app_address(PAGE)))


def _open_room() -> None:
    if session().hosting is not None:  # another room would take the place of its secret
        return
    try:
        room = board().open_room()
    except (BoardRefusal, BoardUnavailable) as failure:
        st.toast(str(failure), icon=":material/error:")
        return
    hosting = session().hosting = Hosting(code=room.code, secret=room.host_secret)
    use_last_plan(hosting)


def _steps(hosting: Hosting, seen: dict[str, Any]) -> None:
    """Show the buttons of the steps; each has a key and a place of its own.

    While the form for the next question is shown, no step acts on the question before it.
    """
    asked: Any = None if hosting.is_asking else seen["round"]
    state = asked["state"] if asked else ""
    link = asked["link"] if state == "revealed" else ""
    if asked is None:
        link = link_without_question(hosting)
    may_repeat = state == "closed" and asked["vote"] == 1
    ask = "Back to the class" if hosting.is_asking else "Ask a question"
    watch = "Back to the answers" if hosting.is_watching else "Watch the runs"
    is_open, is_closed = state == "open", state == "closed"
    is_free = not (seen["round"] and seen["round"]["state"] == "open")  # another tab may have asked
    with st.container(horizontal=True, key=keys.CLASS_STEPS):
        step(ask, "q", "help", _toggle_form, primary=not state, allowed=not is_open)
        step("Close the vote", "x", "block", _close, primary=True, allowed=is_open)
        step("Vote again", "v", "forum", _vote_again, primary=True, allowed=may_repeat)
        step("Show the answers", "s", "bar_chart", _show_answers, allowed=is_closed)
        step("Show the run", "g", "show_chart", partial(show_run, link), allowed=bool(link))
        step(watch, "w", "bubble_chart", _toggle_runs, allowed=shows_rates(asked))
        plan_step(hosting, allowed=is_free)
        let_go_step(seen)
        pause_step(seen)


def _close() -> None:
    take(lambda board, code, secret: board.close_vote(code, secret))


def _vote_again() -> None:
    take(lambda board, code, secret: board.vote_again(code, secret))


def _show_answers() -> None:
    take(lambda board, code, secret: board.reveal(code, secret))


def _finish(hosting: Hosting, place: DeltaGenerator) -> bool:
    """Compute what the real runs tell, with progress in `place`; return whether that is shown."""
    engines = Engines(train=partial(trained, place=place), sweep=partial(swept, place=place))
    try:
        return take(lambda board, code, secret: board.finish(code, secret, engines))
    except WorkError as failure:
        shown = take(lambda board, code, secret: board.finish(code, secret, None))
        hosting.said = str(failure)
        return shown


def _toggle_form() -> None:
    hosting = session().hosting
    if hosting is not None:
        hosting.is_asking, hosting.is_watching = not hosting.is_asking, False
        session().told = ()  # of the question before


def _toggle_runs() -> None:
    hosting = session().hosting
    if hosting is not None:
        hosting.is_watching, hosting.is_asking = not hosting.is_watching, False


def _ask(question: Question, seconds: int | None) -> None:
    """Open the vote on a question; for use in a callback."""
    hosting = session().hosting
    if hosting and take(lambda board, code, secret: board.ask(code, secret, question, seconds)):
        hosting.is_asking = hosting.is_watching = False
        forget_asked()
        bring_to_its_place(hosting, question)


def _rest(hosting: Hosting) -> None:
    """Offer the results, the secret link, and the end of the room."""
    with st.container(horizontal=True):
        download(
            "linreg_class.csv",
            lambda: board().results_csv(hosting.code, hosting.secret),
            "Answers as CSV",
            help="A row for each question and participant, without names. The participants have "
            "other numbers in each file.",
        )
        plan_file(hosting)
        if st.button(
            "Teacher's secret link",
            icon=":material/key:",
            help="It opens this room again, in any browser. Keep it, and do not project it.",
        ):
            _show_secret(secret_link(hosting))
        with st.popover("End the room", icon=":material/logout:"):
            plan = " Your plan goes on in the next room that this tab opens." * bool(hosting.plan)
            st.markdown(f"This deletes the room with all its answers. Download them first.{plan}")
            st.button("Delete the room", icon=":material/delete:", on_click=_end)


@st.dialog("Keep this link")
def _show_secret(link: str) -> None:
    st.markdown("It opens your room again, in any browser. Keep it where nobody else reads it.")
    st.code(link, language=None, wrap_lines=True)


def _end() -> None:
    """Delete the room; for use in a callback."""
    if take(lambda board, code, secret: board.end_room(code, secret)):
        _leave_room()


def _leave_room() -> None:
    """Forget a room that has ended, but not the teacher's plan."""
    state = session()
    if state.hosting is not None:
        state.last_plan, state.hosting = state.hosting.plan, None
