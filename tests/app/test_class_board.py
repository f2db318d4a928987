"""Class by Streamlit's own test runner: the steps of a room, and a student's address."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from linreg.board.store import Board
from linreg.ui.screens import class_board as page
from tests.support.opened import opened, run, shows


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Board:
    """A board of its own, which the page uses."""
    made = Board(f"sqlite:///{tmp_path / 'board.db'}")
    monkeypatch.setattr(page, "board", lambda: made)
    return made


def press(app: AppTest, step: str) -> AppTest:
    """Press the button of a step, by its key on the keyboard."""
    app.button(key=f"class step {step}").click()
    return run(app)


def offered(app: AppTest) -> set[str]:
    """The steps that have a button."""
    keys = [button.key or "" for button in app.button]
    return {key.removeprefix("class step ") for key in keys if key.startswith("class step ")}


def room(app: AppTest) -> Any:
    """The room that the session leads."""
    return app.session_state["linreg"].hosting


def test_a_ready_question_goes_through_two_votes_to_its_answers(board: Board) -> None:
    """At each moment the page offers the steps that the board would take, and no other."""
    app = press(opened("class_board"), "o")
    code, secret = room(app).code, room(app).secret
    tokens = [board.join(code).token for _ in range(3)]
    assert offered(app) == {"q"}
    press(app, "q")
    app.selectbox(key="class question").set_value("Challenge: As fast as it goes")
    app.segmented_control(key="class seconds").set_value(60)
    run(app)
    shows(app, "What happens just above the limit?")
    press(app, "open")
    assert offered(app) == {"x"}
    for token in tokens:
        board.answer(code, token, 1, 0)
    press(app, "x")
    assert offered(app) == {"v", "s", "q"}
    press(app, "v")
    board.answer(code, tokens[0], 1, 1)
    press(press(app, "x"), "s")
    assert offered(app) == {"q"}
    seen = board.host_state(code, secret)["round"]
    assert seen["result"]["votes"] == [[3, 0, 0], [0, 1, 0]]
    assert seen["result"]["right"] == 1


def test_a_question_in_ones_own_words_is_checked_before_it_is_opened(board: Board) -> None:
    """What is missing is said; a number has its range and what is true."""
    app = press(press(opened("class_board"), "o"), "q")
    assert app.button(key="class step open").disabled
    app.text_input(key="class text").set_value("Which loss reacts more to an outlier?")
    app.text_area(key="class options").set_value("L1")
    run(app)
    shows(app, "A question needs 2 to 6 options, not 1.")
    app.text_area(key="class options").set_value("L1\n\n MSE ")
    run(app)
    app.selectbox(key="class right").set_value(1)
    press(run(app), "open")
    asked = board.host_state(room(app).code, room(app).secret)["round"]
    assert asked["options"] == ("L1", "MSE")
    press(press(app, "x"), "q")
    app.segmented_control(key="class kind").set_value("number")
    run(app)
    app.number_input(key="class low").set_value(5.0)
    app.number_input(key="class high").set_value(1.0)
    run(app)
    shows(app, "A number needs a range")
    app.number_input(key="class high").set_value(9.0)
    press(run(app), "open")
    asked = board.host_state(room(app).code, room(app).secret)["round"]
    assert (asked["number"], asked["low"], asked["high"]) == (2, 5, 9)


def test_what_another_tab_has_done_is_said_and_not_overwritten(board: Board) -> None:
    """A step that comes too late gets the board's sentence, and the page shows what is true."""
    app = press(press(opened("class_board"), "o"), "q")
    app.selectbox(key="class question").set_value("Guess an epoch")
    press(run(app), "open")
    code, secret = room(app).code, room(app).secret
    board.close_vote(code, secret)
    press(app, "x")
    assert [warning.value for warning in app.warning] == ["No vote is open."]
    assert offered(app) == {"v", "s", "q"}
    board.end_room(code, secret)
    run(app)
    assert "There is no room with this code" in app.warning[0].value
    assert offered(app) == {"o"}


def test_the_room_stays_in_a_students_address_and_a_wrong_code_is_said_once() -> None:
    """In any case of letters; nothing else of the page changes."""
    app = opened(room="bcdfg", lr="0.1")
    assert not app.warning
    assert app.query_params["room"] == "BCDFG"
    app.button(key="preset Model 0").click()
    run(app)
    assert app.query_params["room"] == "BCDFG"
    wrong = opened(room="<b>x</b>")
    assert len(wrong.warning) == 1
    assert "open the teacher's link again" in wrong.warning[0].value
    assert "room" not in wrong.query_params
