"""The plan of a class in a room: step by step, and as a file that the teacher changes."""

import threading
from collections.abc import Mapping
from functools import cache

import streamlit as st

from linreg.board.built_in_plan import built_in_plan
from linreg.board.plan_file import PlanError, Step, plan_text, read_plan
from linreg.board.questions import Question
from linreg.board.ready_questions import ready_questions
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.formatting import counted
from linreg.lesson.class_plan import LESSONS
from linreg.ui.parts.class_steps import look, step, take
from linreg.ui.parts.downloads import download
from linreg.ui.state import keys
from linreg.ui.state.brought_plan import take_plan
from linreg.ui.state.hosting import IN_OWN_WORDS, as_call, choose_question, take_settings
from linreg.ui.state.session import Hosting, session
from linreg.ui.work.board import class_board
from linreg.ui.work.queue import SLOTS


def plan_of(hosting: Hosting) -> tuple[Step, ...]:
    """Return the room's plan: the teacher's own, or that of the lesson, computed when needed."""
    return hosting.plan or built_in_plan()


def _count(hosting: Hosting) -> int:
    return len(hosting.plan or LESSONS)


def questions_of(hosting: Hosting) -> Mapping[str, Question]:
    """Return the questions that are ready to be asked, by title; first those of the plan."""
    with st.spinner("The answers of the plan are computed."), SLOTS.pause():  # once for all rooms
        steps = enumerate(plan_of(hosting), start=1)
    planned = {_title(n, each): each.question for n, each in steps if each.question is not None}
    return {**planned, **ready_questions()}


@cache
def _prepare() -> None:
    """Compute the lesson's plan behind the teacher's first steps in a room; takes seconds, once."""
    threading.Thread(target=built_in_plan, name="plan", daemon=True).start()


def plan_step(hosting: Hosting, *, allowed: bool) -> None:
    """Show the button of the plan's next step: the class comes along, its question is chosen."""
    _prepare()
    label = "Next of the plan" if hosting.step else "Begin the plan"
    allowed = allowed and hosting.step < _count(hosting)
    step(label, "n", "skip_next", lambda: _next(hosting), allowed=allowed)


def _next(hosting: Hosting) -> None:
    """Go on to the next step; for use in a callback."""
    present = plan_of(hosting)[hosting.step]
    if _bring(hosting, hosting.step + 1):
        hosting.waits_at = _called(hosting)
        hosting.is_asking = True  # the form says what the step shows
        has_question = present.question is not None
        choose_question(_title(hosting.step, present) if has_question else IN_OWN_WORDS)


def bring_to_its_place(hosting: Hosting, question: Question) -> None:
    """Bring the class to the run that a ready question is about; for use in a callback.

    On a page of their own the answer might be in sight, and after another question there too. Only
    a class that has just come to its step of the plan stays, and one that is asked in the
    teacher's own words. The settings here are those of the run in any case.
    """
    waits, hosting.waits_at = hosting.waits_at == _called(hosting) != "", ""
    asking = [n for n, step in enumerate(plan_of(hosting), start=1) if step.question == question]
    if asking and not (waits and hosting.step in asking):
        later = [number for number in asking if number >= hosting.step]
        _bring(hosting, (later or asking)[0])
    elif asking:
        take_settings(plan_of(hosting)[hosting.step - 1].link)
    elif question in ready_questions().values():
        _call(question.link)


def _called(hosting: Hosting) -> str:
    """Return the call that holds for the class; "" if there is none, or if it is not known."""
    try:
        return str(look(hosting)["bring"] or "")
    except (BoardRefusal, BoardUnavailable):
        return ""  # the page says so


def _bring(hosting: Hosting, number: int) -> bool:
    """Bring the class to a step of the plan; return whether that was not refused."""
    if not _call(plan_of(hosting)[number - 1].link):
        return False
    hosting.step = number
    _keep(hosting)
    return True


def _call(link: str) -> bool:
    """Call the class to a link, and take its settings here too; return whether it was not refused.

    So the settings beside the question are those of the run that it is about.
    """
    called = as_call(link)
    is_taken = take(lambda board, code, secret: board.bring(code, secret, called))
    if is_taken:
        take_settings(called)
    return is_taken


def _keep(hosting: Hosting, text: str | None = None) -> None:
    """Keep the step of the plan, or a new plan, with the room; for use in a callback."""
    take(lambda board, code, secret: board.keep_plan(code, secret, hosting.step, text))


def bring_back_plan(hosting: Hosting) -> None:
    """After a reload or a new server, go on with the plan that was kept with the room.

    Raises:
        BoardRefusal: there is no such room any more. BoardUnavailable: the database fails.
    """
    if hosting.is_plan_known:
        return
    text, step = class_board().kept_plan(hosting.code, hosting.secret)
    hosting.is_plan_known = True
    try:
        hosting.plan = read_plan(text) if text else ()
    except PlanError as error:  # of an older version of the app
        hosting.plan_says = f"{error} The lesson's plan is used."
    else:
        hosting.step = step


def use_last_plan(hosting: Hosting) -> None:
    """Go on with the plan of the room before, from its first step; for use in a callback."""
    if plan := session().last_plan:
        hosting.plan, hosting.is_plan_known = plan, True
        hosting.plan_says = f"{counted(len(plan), 'step')} of your plan, from the room before."
        _keep(hosting, plan_text(plan))


def plan_says(hosting: Hosting) -> None:
    """Show the present step of the plan, without its note, which is for the teacher alone."""
    if hosting.step:
        present = plan_of(hosting)[hosting.step - 1]
        count = f"{hosting.step} of {_count(hosting)}"
        title = f"{present.title}{'' if present.title.endswith(('.', '?', '!')) else '.'}"
        st.text(f"Plan, {count}. {title} {present.says}")


def link_without_question(hosting: Hosting) -> str:
    """Return the link of the present step of the plan if the step asks nothing; else ""."""
    present = plan_of(hosting)[hosting.step - 1] if hosting.step else None
    return "" if present is None or present.question else as_call(present.link)


def plan_file(hosting: Hosting) -> None:
    """Offer the plan as a file, and take a changed one."""
    with st.popover("Plan", icon=":material/list_alt:"):
        st.markdown(
            "Download the plan, change it with any text editor, and bring it in again. Each step "
            "has a title; a sentence, a question with its options, and a link may follow. "
            "A step without a link shows the Playground with the lesson's settings."
        )
        label = f"The plan ({counted(_count(hosting), 'step')})"
        download("linreg_plan.txt", lambda: plan_text(plan_of(hosting)), label)
        st.file_uploader(
            "A changed plan",
            key=keys.CLASS_PLAN_FILE,
            type="txt",
            on_change=take_plan,
            args=(lambda text: _keep(hosting, text),),
        )
        if hosting.plan_says:
            st.text(hosting.plan_says)


def _title(number: int, each: Step) -> str:
    return f"Plan {number}. {each.title}"
