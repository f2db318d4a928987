"""The class plan in a session: go to one of its steps, with all that its link would bring."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from linreg.lesson.class_plan import LESSONS, Lesson
from linreg.mistakes.puzzles import open_token
from linreg.settings.kinds import Setting
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls
from linreg.ui.state.guesses import forget_guesses
from linreg.ui.state.session import session
from linreg.ui.state.view import SCREEN, VIEW


def plan_step() -> Lesson | None:
    """Return the step of the class plan that the session shows, or None."""
    number = session().plan
    return None if number is None else LESSONS[number - 1]


def take_step(number: int) -> None:
    """Use a step's settings, picture and mystery, as its link does, and go to its page.

    For use in a callback.
    """
    lesson = LESSONS[number - 1]
    view = dict(lesson.view)
    session().plan = number
    forget_guesses(question_name(number))
    shown = {**VIEW, "curtain": SCREEN["curtain"]}
    picture = {name: _value(setting, view) for name, setting in shown.items()}
    set_controls(lesson.experiment, picture)
    session().lifted = None
    if keys.MYSTERY_ADDRESS in view:
        _, seed = open_token(view[keys.MYSTERY_ADDRESS])
        st.session_state[keys.HUNT], st.session_state[keys.MYSTERY_NUMBER] = "mystery", seed
    session().going_to = f"{lesson.page}?{urlencode(_opening(lesson))}"


def leave_plan() -> None:
    """Show no step of the plan any more; for use in a callback."""
    session().plan = None


def question_name(number: int) -> str:
    """Return the name of a step's question."""
    return f"plan {number}"


def _opening(lesson: Lesson) -> dict[str, str]:
    """Return the parameters of a step's link that go to its page: start epoch and picture."""
    return {name: text for name, text in lesson.view if name != keys.MYSTERY_ADDRESS}


def _value(setting: Setting[Any], view: dict[str, str]) -> Any:
    return setting.parse(view[setting.address]) if setting.address in view else setting.default
