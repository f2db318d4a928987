"""The curtain: the data in place of the run, until somebody has predicted or played it."""

from collections.abc import Callable
from functools import partial
from zlib import crc32

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import data_figure
from linreg.lesson.class_plan import HIDDEN, Lesson, tell
from linreg.lesson.plan_answers import COURSE, course_of_the_loss
from linreg.ui.parts.question import ask, told
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.guesses import curtain_is_down, guesses, open_challenge, raise_curtain
from linreg.ui.state.plan import plan_step, question_name
from linreg.ui.state.session import session

HINT = "How long is one step, and which way does it go once the line is nearly right?"
IN_A_CLASS = "If the teacher asks a question, answer it first, in the panel at the lower edge."
Raise = Callable[[Experiment], None]


def behind_curtain(run: Run, page: str, *, asks: bool = True) -> bool:
    """Show the curtain in place of a page's results if it is down, and return whether it is.

    The page on which it was raised then shows what came of the guess, if there was one.

    Arguments:
        asks: the curtain asks about the run; a page about other code has a question of its own.
    """

    def lift(experiment: Experiment) -> None:
        session().raised_on = page
        raise_curtain(experiment)

    if curtain_is_down(run.experiment):
        st.caption("The curtain is down: it hides what this run does.")
        curtain(run, "Lift the curtain", lift, asks=asks)
        return True
    if asks and session().raised_on == page:
        say_what_was_guessed(run, st.container())
    return False


def curtain(run: Run, button: str, lift: Raise, *, asks: bool = True) -> None:
    """Show the data of `run`, the question to answer first, and the button that raises the curtain.

    Arguments:
        lift: raises it; called in a callback, also after the guess.
        asks: there is a question about the run.
    """
    experiment = run.experiment
    left, right = st.columns([2, 3], gap="large")
    with right:
        hidden_run(experiment)
    with left, st.container(key=keys.CURTAIN):
        if session().room:
            st.markdown(IN_A_CLASS)
        lesson = _step_of(run)
        if lesson is not None and not lesson.options:
            st.markdown(f"**{lesson.question}**")
        elif lesson is None and not asks:
            pass
        elif lesson is None and (challenge := open_challenge(experiment)):
            st.markdown(f"**{challenge.title}** asks about this run first, on *Challenges*.")
        elif lesson is None and course_of_the_loss(run).right is None:
            st.markdown(course_of_the_loss(run).says)
        else:
            after = partial(lift, experiment)
            ask(*_question(run, lesson), **_answer(run, lesson), after=after)
        st.button(button, icon=":material/play_arrow:", on_click=lift, args=(experiment,))


def hidden_run(experiment: Experiment) -> None:
    """Show the data of a run whose result is still hidden."""
    charts("curtain", {"data": data_figure.drawing(experiment)})


def say_what_was_guessed(run: Run, place: DeltaGenerator) -> bool:
    """Show in `place` what came of a guess about this run; return whether there was one.

    The run is shown, so the answer is told even if a try was left.
    """
    lesson = _step_of(run)
    if lesson is not None and not (lesson.options and set(HIDDEN) & set(lesson.view)):
        return False  # the bar of the plan asks, or nobody does
    if not guesses(_name(run, lesson)):  # before the course of the loss is computed
        return False
    name, _, _, right = _question(run, lesson)
    told(place, name, right, tells=_answer(run, lesson)["tells"])
    return True


def _step_of(run: Run) -> Lesson | None:
    """Return the plan's step that asks about this run, or None."""
    lesson = plan_step()
    return lesson if lesson is not None and lesson.experiment == run.experiment else None


def _question(run: Run, lesson: Lesson | None) -> tuple[str, str, tuple[str, ...], str]:
    """Return the name of the question, its text, its options and the right one of them."""
    name = _name(run, lesson)
    if lesson is None:
        right = COURSE[course_of_the_loss(run).right or 0]
        return name, "**Predict first.** What will the training loss do?", COURSE, right
    right = lesson.options[tell(lesson).right or 0]
    return name, f"**Predict first.** {lesson.question}", lesson.options, right


def _name(run: Run, lesson: Lesson | None) -> str:
    """Return the name of the question about a run."""
    number = session().plan
    if lesson is None or number is None:
        return f"course {mark_of(run.experiment)}"
    return question_name(number)


def mark_of(experiment: Experiment) -> int:
    """Return a short number that another experiment hardly has."""
    return crc32(repr(experiment).encode())


def _answer(run: Run, lesson: Lesson | None) -> dict[str, str]:
    if lesson is None:
        return {"hint": HINT, "tells": course_of_the_loss(run).says}
    return {"hint": lesson.hint, "tells": tell(lesson).says}
