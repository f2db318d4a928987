"""Where the plan of a class stands when one of its questions is asked."""

import pytest

from linreg.board.plan_file import read_plan
from linreg.ui.parts import class_plan
from linreg.ui.parts.class_plan import bring_to_its_place
from linreg.ui.state.session import Hosting

QUESTION = "ask: Does it fall?\n+ yes\n- no\n"
PLAN = read_plan(f"step: before\n{QUESTION}\nstep: between\nsay: Look.\n\nstep: after\n{QUESTION}")


@pytest.mark.parametrize(("stands", "goes"), [(0, 1), (1, 1), (2, 3), (3, 3)])
def test_a_question_that_a_plan_asks_twice_never_takes_the_class_back(
    monkeypatch: pytest.MonkeyPatch, stands: int, goes: int
) -> None:
    """The step that asks it stays the present one; from others the class goes on, if it can."""
    hosting = Hosting(code="code", secret="secret", plan=tuple(PLAN), step=stands)

    def bring(hosting: Hosting, number: int) -> bool:
        hosting.step = number
        return True

    monkeypatch.setattr(class_plan, "_bring", bring)
    monkeypatch.setattr(class_plan, "_called", lambda _: "")
    question = PLAN[0].question
    assert question is not None
    bring_to_its_place(hosting, question)
    assert hosting.step == goes
