"""The class plan in a session: go to one of its steps, with all that its link would bring."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from linreg.core.experiment import SETTINGS
from linreg.lesson.class_plan import LESSONS, Lesson
from linreg.mistakes.puzzles import open_token
from linreg.settings.kinds import Setting
from linreg.ui.state import keys
from linreg.ui.state.controls import (
    change_settings,
    offered_settings,
    present_values,
    set_controls,
    set_points,
)
from linreg.ui.state.guesses import forget_guesses
from linreg.ui.state.session import Replaced, session
from linreg.ui.state.view import SCREEN, VIEW

PICTURE: Mapping[str, Setting[Any]] = MappingProxyType({**VIEW, "curtain": SCREEN["curtain"]})
"""What each step sets beside the settings of the run."""


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
    if session().plan is None:
        session().before_plan = _present()
    session().plan = number
    forget_guesses(question_name(number))
    picture = {name: _value(setting, view) for name, setting in PICTURE.items()}
    set_controls(lesson.experiment, picture)
    session().lifted = None
    if keys.MYSTERY_ADDRESS in view:
        _, seed = open_token(view[keys.MYSTERY_ADDRESS])
        st.session_state[keys.HUNT], st.session_state[keys.MYSTERY_NUMBER] = "mystery", seed
    session().going_to = f"{lesson.page}?{urlencode(_opening(lesson))}"


def leave_plan() -> None:
    """Show no step of the plan any more, and bring back what the plan replaced; in a callback."""
    state = session()
    before, state.plan, state.before_plan = state.before_plan, None, None
    if before is not None:
        change_settings(before.values)
        set_points(before.points)
        state.standard = before.standard
        if state.last_own == (before.points, before.standard):  # else entered during the plan
            state.last_own = before.last_own


def question_name(number: int) -> str:
    """Return the name of a step's question."""
    return f"plan {number}"


def _opening(lesson: Lesson) -> dict[str, str]:
    """Return the parameters of a step's link that go to its page: start epoch and picture."""
    return {name: text for name, text in lesson.view if name != keys.MYSTERY_ADDRESS}


def _present() -> Replaced:
    """Return what a step of the plan is going to replace."""
    state, replaced = session(), SETTINGS.keys() | PICTURE.keys()
    return Replaced(
        values=present_values(name for name in offered_settings() if name in replaced),
        points=state.points,
        standard=state.standard,
        last_own=state.last_own,
    )


def _value(setting: Setting[Any], view: dict[str, str]) -> Any:
    return setting.parse(view[setting.address]) if setting.address in view else setting.default
