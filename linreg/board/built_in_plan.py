"""The plan of the lesson as a plan of the class board, which a teacher may change."""

import threading
from functools import cache

from linreg.board.plan_file import Step
from linreg.board.questions import Question
from linreg.lesson.class_plan import LESSONS, Lesson, tell
from linreg.sharing.teacher_links import write_link

_computing = threading.Lock()


def built_in_plan() -> tuple[Step, ...]:
    """Return the steps of the lesson's plan; what is right comes from their own runs.

    It is computed once, in seconds; whoever asks meanwhile waits for it.
    """
    with _computing:
        return _steps()


@cache
def _steps() -> tuple[Step, ...]:
    return tuple(_step(lesson) for lesson in LESSONS)


def _step(lesson: Lesson) -> Step:
    told = tell(lesson)
    question, says = None, lesson.says
    if lesson.options:
        question = Question(
            text=lesson.question, kind="choice", options=lesson.options, right=told.right
        )
    else:
        says = f"{says} {lesson.question}"
    link = write_link("", lesson.experiment, page=lesson.page, view=dict(lesson.view))
    return Step(title=lesson.title, says=says, question=question, link=link, note=told.says)
