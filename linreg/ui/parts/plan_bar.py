"""The bar above a page that shows a step of the class plan: what it shows, back, and next."""

import streamlit as st

from linreg.formatting import literal
from linreg.lesson.class_plan import LESSONS, Lesson, tell
from linreg.ui.parts.question import ask
from linreg.ui.state import keys
from linreg.ui.state.guesses import curtain_is_down
from linreg.ui.state.pages import PAGES
from linreg.ui.state.plan import leave_plan, question_name, take_step
from linreg.ui.state.session import session


def plan_bar() -> None:
    """Show the present step of the plan, if the visitor follows it."""
    number = session().plan
    if number is None:
        return
    lesson = LESSONS[number - 1]
    with st.container(key=keys.PLAN_BAR, horizontal=True, vertical_alignment="center"):
        _go("Back", "arrow_back", range(number - 1, 0, -1))
        _go("Next", "arrow_forward", range(number + 1, len(LESSONS) + 1))
        st.markdown(f"**{number} of {len(LESSONS)}. {lesson.title}.** {lesson.says}")
        if lesson.page and lesson.options and not curtain_is_down(lesson.experiment):
            with st.popover("Predict first", icon=":material/help:"):
                _question(number, lesson)
        st.button(
            "Leave the plan",
            icon=":material/close:",
            help="Your settings from before the plan come back."
            if session().before_plan
            else "The settings stay as they are now.",
            on_click=leave_plan,
            type="tertiary",
        )


def go_to_step(label: str, icon: str, number: int) -> None:
    """Show a button that goes to a step: its page, settings, picture and start epoch."""
    st.button(
        label,
        key=keys.one_of(keys.PLAN_STEP, label, number),
        icon=f":material/{icon}:",
        on_click=take_step,
        args=(number,),
    )


def _go(label: str, icon: str, steps: range) -> None:
    """Show the button to the first of `steps` whose page is not hidden; none, if all are."""
    hidden = session().hidden
    open_ = [n for n in steps if (LESSONS[n - 1].page or PAGES[0].path) not in hidden]
    if open_:
        go_to_step(label, icon, open_[0])


def _question(number: int, lesson: Lesson) -> None:
    right, says = tell(lesson)
    ask(
        question_name(number),
        lesson.question,
        lesson.options,
        lesson.options[right or 0],
        hint=lesson.hint,
        tells=f"With the settings of this step: {literal(says)}",  # others may be set by now
        place=keys.PLAN_ANSWER,
    )
