"""Class by Streamlit's own test runner: the steps of a room, and a student's address."""

import json
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from linreg import Experiment, train
from linreg.board.database import FAILED
from linreg.board.plan_file import read_plan
from linreg.board.questions import Question
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.board.store import Board
from linreg.core.experiment import SETTINGS
from linreg.lesson.challenges import CHALLENGES
from linreg.mistakes.catalog import BUGS
from linreg.settings.choices import Loss
from linreg.ui.screens import class_board as screen
from linreg.ui.state import hosting
from linreg.ui.state.fallback import WorkError
from linreg.ui.state.session import Hosting
from linreg.ui.work.board import class_board, opened_board
from tests.support.opened import failure_of, opened, page_of_before, run, shows, text_of


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Board]:
    """The board that the pages use, with a database of its own."""
    monkeypatch.setenv("LINREG_BOARD_URL", f"sqlite:///{tmp_path / 'board.db'}")
    opened_board.cache_clear()
    yield class_board()
    class_board().close()
    opened_board.cache_clear()


def press(app: AppTest, step: str) -> AppTest:
    """Press the button of a step, by its key on the keyboard."""
    app.button(key=f"class step {step}").click()
    return run(app)


def offered(app: AppTest) -> set[str]:
    """The steps that are allowed, without those that nearly always are: pause, plan, let go."""
    keys = [button.key or "" for button in app.button if not button.disabled]
    steps = {key.removeprefix("class step ") for key in keys if key.startswith("class step ")}
    return steps - {"u", "n", "l"}


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
    shows(app, "What happens just above the limit of the learning rate?")
    press(app, "open")
    assert offered(app) == {"x"}
    for token in tokens:
        board.answer(code, token, 1, 0)
    press(app, "x")
    assert offered(app) == {"v", "s", "q"}
    press(app, "v")
    board.answer(code, tokens[0], 1, 1)
    press(press(app, "x"), "s")
    assert offered(app) == {"g", "q"}
    seen = board.host_state(code, secret)["round"]
    assert seen["result"]["votes"] == [[3, 0, 0], [0, 1, 0]]
    assert seen["result"]["right"] == 1


def test_a_question_in_ones_own_words_is_checked_before_it_is_opened(board: Board) -> None:
    """What is missing is said; a number has its range and what is true."""
    app = press(press(opened("class_board"), "o"), "q")
    assert app.button(key="class step open").disabled
    shows(app, "Write your question first.")
    app.text_input(key="class text").set_value("Which loss reacts more to an outlier?")
    app.text_area(key="class options").set_value("L1")
    run(app)
    shows(app, "A question needs 2 to 6 options, not 1.")
    app.text_area(key="class options").set_value("L1\n\n MSE ")
    run(app)
    app.selectbox(key="class right").set_value(1)
    app.segmented_control(key="class seconds").set_value(30)
    press(run(app), "open")
    asked = board.host_state(room(app).code, room(app).secret)["round"]
    assert asked["options"] == ("L1", "MSE")
    assert asked["closes_in"] is not None
    press(press(app, "x"), "q")
    assert app.text_input(key="class text").value == ""
    app.text_input(key="class text").set_value("After which epoch?")
    app.segmented_control(key="class kind").set_value("number")
    run(app)
    fields = [app.number_input(key=f"class {name}").proto.format for name in ("low", "high")]
    assert [text % 0.001 for text in fields] == ["0.001"] * 2  # as it is used
    app.number_input(key="class low").set_value(5.0)
    app.number_input(key="class high").set_value(1.0)
    run(app)
    shows(app, "A number needs a range")
    app.number_input(key="class high").set_value(9.0)
    press(run(app), "open")
    asked = board.host_state(room(app).code, room(app).secret)["round"]
    assert (asked["number"], asked["low"], asked["high"]) == (2, 5, 9)
    assert asked["closes_in"] is None  # each question has its own countdown
    press(press(app, "x"), "q")
    app.text_input(key="class text").set_value("Which rate?")
    app.segmented_control(key="class kind").set_value("lr")
    press(run(app), "open")
    asked = board.host_state(room(app).code, room(app).secret)["round"]
    assert (asked["setting"], asked["stops"]) == ("lr", SETTINGS["lr"].stops)


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


def test_a_database_that_fails_leaves_the_room_to_come_back_to(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can put another room in its place meanwhile."""
    app = press(opened("class_board"), "o")
    code = room(app).code
    with monkeypatch.context() as failing:
        failing.setattr(board, "host_state", unavailable)
        app.run()
        assert failure_of(app) == FAILED
        assert offered(app) == set()
    run(app)
    assert room(app).code == code
    assert offered(app) == {"q"}


def test_a_room_that_cannot_be_opened_is_said(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the button is still there. A step that fails changes nothing, and is said too."""
    app = opened("class_board")
    with monkeypatch.context() as failing:
        failing.setattr(board, "open_room", unavailable)
        press(app, "o")
        assert [toast.value for toast in app.toast] == [FAILED]
    press(app, "o")
    with monkeypatch.context() as failing:
        failing.setattr(board, "pause", unavailable)
        press(app, "u")
        assert [warning.value for warning in app.warning] == [FAILED]
    press(app, "u")
    assert not app.warning
    assert board.host_state(room(app).code, room(app).secret)["paused"]


def test_the_answers_are_shown_also_where_their_runs_fail(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; the page says why, and does not try again by itself."""
    app = press(press(opened("class_board"), "o"), "q")
    app.selectbox(key="class question").set_value("Choose a learning rate")
    press(run(app), "open")
    board.answer(room(app).code, board.join(room(app).code).token, 1, 0.1)
    press(app, "x")

    def fail(*_: object, **__: object) -> None:
        raise WorkError("There is no memory for it.")

    monkeypatch.setattr(screen, "swept", fail)
    press(app, "s")
    assert [warning.value for warning in app.warning] == ["There is no memory for it."]
    result = board.host_state(room(app).code, room(app).secret)["round"]["result"]
    assert (sum(result["votes"][0]), result["runs"], result["pending"]) == (1, None, False)
    assert offered(app) == {"g", "q"}


def test_the_teacher_keeps_the_room_and_ends_it(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret link is shown at each press; what is deleted is gone; what is not is still led."""
    app = press(opened("class_board"), "o")
    code, secret = room(app).code, room(app).secret
    for _ in range(2):
        [link] = [button for button in app.button if button.label == "Teacher's secret link"]
        link.click()
        run(app)
        assert [each.value for each in app.code if each.value.endswith(f"#{code}.{secret}")]
        run(app)
    [end] = [button for button in app.button if button.label == "Delete the room"]
    with monkeypatch.context() as failing:
        failing.setattr(board, "end_room", unavailable)
        end.click()
        run(app)
    assert [warning.value for warning in app.warning] == [FAILED]
    [end] = [button for button in app.button if button.label == "Delete the room"]
    end.click()
    run(app)
    assert offered(app) == {"o"}
    with pytest.raises(BoardRefusal):
        board.host_state(code, secret)


def test_a_press_on_a_page_that_is_out_of_date_changes_nothing(board: Board) -> None:
    """A second room would take the place of the first one's secret; without a room nothing is."""
    app = opened("class_board")
    with page_of_before(app) as bring_back:
        press(app, "o")
        code, secret = room(app).code, room(app).secret
        bring_back()
        press(app, "o")
    assert room(app).code == code
    with page_of_before(app) as bring_back:
        press(app, "q")
        assert room(app).is_asking
        app.session_state["linreg"].hosting = None
        for key in ("q", "u"):
            bring_back()
            press(app, key)
        assert offered(app) == {"o"}
    assert not board.host_state(code, secret)["paused"]


def test_the_room_that_the_tab_has_kept_is_led_again(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reload, once the tab has answered; what it says later changes no room."""
    kept, said = board.open_room(), [""]
    secret = f"{kept.code}.{kept.host_secret}"
    asked: list[Any] = []

    def component(*, data: Any, on_found_change: Callable[[], None], **_: object) -> None:
        asked.append(data)
        if said[0]:
            on_found_change()

    served = threading.Event()
    served.set()
    monkeypatch.setattr(hosting, "served", served)
    monkeypatch.setattr(hosting, "_component", component)
    monkeypatch.setattr(hosting, "sent_by", lambda *_: {"text": said[0]})
    app = opened("class_board")
    assert offered(app) == set()  # not even the button of a new room
    said[0] = secret
    assert room(run(app)).code == kept.code
    said[0] = "BCDFG.another"
    assert room(run(app)).code == kept.code
    assert asked == [{}, {}, {"keep": secret}]
    for nonsense in ("no room", "BCDFG.", ".secret"):
        said[0] = nonsense
        assert offered(opened("class_board")) == {"o"}


def test_the_bar_leads_back_to_the_class_and_rests_with_its_database(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page goes on without the bar; the page Class says why."""
    app = press(opened("class_board"), "o")
    run(app.switch_page("screens/loop.py"))
    with monkeypatch.context() as failing:
        failing.setattr(board, "host_state", unavailable)
        assert offered(run(app)) == set()
    assert offered(run(app)) == {"h", "k"}
    board.solve(room(app).code, board.join(room(app).code).token, CHALLENGES[0].key)
    press(app, "k")
    assert offered(app) == {"q"}
    shows(app, "1 challenge solved", f"{CHALLENGES[0].title}: **1**")


def test_a_class_beyond_this_computer_gets_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """That phones cannot open the address is said where it is true."""
    assert len(opened("class_board").info) == 1
    monkeypatch.setattr(screen, "app_address", lambda page: "https://class.example")
    assert not opened("class_board").info


def unavailable(*_: object) -> None:
    """Fail as a board whose database is away."""
    raise BoardUnavailable(FAILED)


def test_the_room_stays_in_a_students_address_and_a_wrong_code_is_said_once() -> None:
    """In any case of letters; nothing else of the page changes."""
    app = opened(room="bcdfg", lr="0.1")
    assert not app.warning
    assert app.query_params["room"] == "BCDFG"
    app.button(key="preset Model 0").click()
    run(app)
    assert app.query_params["room"] == "BCDFG"
    assert app.query_params["hide"] == "class_board-teach"  # as with the QR code's link
    wrong = opened(room="<b>x</b>")
    assert len(wrong.warning) == 1
    assert "open the teacher's link again" in wrong.warning[0].value
    assert not {"room", "hide"} & wrong.query_params.keys()


def test_the_teacher_brings_the_class_to_what_is_on_the_screen(board: Board) -> None:
    """From any page: its settings and place as a link; then pauses, and lets go."""
    app = press(opened("class_board", lr="0.1", loss="mse"), "o")
    code, token = room(app).code, board.join(room(app).code).token
    app.switch_page("screens/loop.py")
    run(app)
    app.query_params["epoch"] = "7"
    press(app, "h")
    place = board.phone_state(code, token)["bring"]
    assert place.startswith("loop?")
    assert Question(text="?", kind="setting", setting="lr", link=place).experiment == Experiment(
        lr=0.1, loss=Loss.MSE
    )
    assert "epoch=7" in place
    press(app, "u")
    assert board.phone_state(code, token)["paused"]
    press(press(app, "u"), "l")
    assert not board.phone_state(code, token)["paused"]
    assert board.phone_state(code, token)["bring"] is None
    assert app.button(key="class step l").disabled
    assert offered(app) == {"h", "k"}


def test_a_call_shows_the_same_run_behind_the_same_curtain(board: Board) -> None:
    """With a rate between two stops of the slider; the projector's large type stays with it."""
    shown = {"curtain": "true", "large": "true", "before": "true"}
    app = press(opened("class_board", exact="lr~0.0123", **shown), "o")
    code, secret = room(app).code, room(app).secret
    press(run(app.switch_page("screens/playground.py")), "h")
    place = board.phone_state(code, board.join(code).token)["bring"]
    assert "before=true" in place
    assert "large" not in place
    question = Question(text="Which?", kind="choice", options=("a", "b"), link=place)
    board.ask(code, secret, question)
    board.close_vote(code, secret)
    board.reveal(code, secret)
    other = opened("class_board")
    other.session_state["linreg"].hosting = room(app)
    press(run(other), "g")
    assert other.session_state["linreg"].exact == {"lr": 0.0123}
    assert not other.toggle(key="curtain").value  # the class has predicted
    assert other.query_params["before"] == "true"
    locked = opened("class_board", lock="before")
    locked.session_state["linreg"].hosting = room(app)
    assert "before" not in press(run(locked), "g").query_params


def test_the_address_says_that_a_tab_leads_a_room_and_not_which(board: Board) -> None:
    """So every page asks the tab after a reload; a tab that has none loses the mark."""
    app = press(opened("class_board"), "o")
    run(app.switch_page("screens/loop.py"))
    assert app.query_params["leads"] == "1"
    assert not [text for text in app.query_params.values() if room(app).secret in str(text)]
    again = opened("loop", leads="1")
    assert not again.warning
    assert again.session_state["linreg"].host_known
    assert "leads" not in again.query_params
    board.end_room(room(app).code, room(app).secret)
    run(app.switch_page("screens/class_board.py"))
    assert "leads" not in app.query_params


def test_the_run_of_a_question_is_one_step_away(board: Board) -> None:
    """After the answers, and not while the next question is chosen: its page, its settings.

    A step of the guided way, which has others, is left.
    """
    app = press(press(opened("class_board", plan="4"), "o"), "q")
    app.selectbox(key="class question").set_value("Guess an epoch")
    press(run(app), "open")
    press(press(app, "x"), "s")
    assert offered(press(app, "q")) == {"open", "q"}
    press(press(app, "q"), "g")
    assert app.title[0].value == "Train a model on a straight line"
    assert app.select_slider(key="epochs").value == 200
    assert "plan" not in app.query_params
    assert "4 of 12" not in text_of(app)
    assert board.host_state(room(app).code, room(app).secret)["round"]["result"]["right"] == 143


def test_the_class_is_the_sweep(board: Board) -> None:
    """Each chosen rate is a dot at the loss of its own run, on the curve of all rates."""
    app = press(press(opened("class_board"), "o"), "q")
    code = room(app).code
    app.selectbox(key="class question").set_value("Choose a learning rate")
    press(run(app), "open")
    for rate in (0.01, 0.01, 0.1, 5):
        board.answer(code, board.join(code).token, 1, rate)
    press(press(app, "x"), "s")
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    [dots] = [trace for trace in chart["data"] if trace.get("name") == "the class"]
    plain = [train(Experiment(lr=rate)).history.train_loss[-1] for rate in (0.01, 0.1)]
    assert values(dots["x"]) == [0.01, 0.1, 5]
    assert values(dots["y"])[:2] == pytest.approx(plain, rel=1e-6)
    assert values(dots["customdata"]) == [2, 1, 1]
    press(app, "w")  # the same runs as a swarm
    assert len(app.get("plotly_chart")) == 2
    assert offered(app) == {"w", "g", "q"}
    press(app, "q")
    assert not app.get("plotly_chart")
    press(press(press(app, "q"), "w"), "w")
    assert len(app.get("plotly_chart")) == 1


def test_a_rate_for_the_teachers_own_question_is_one_of_the_present_settings(board: Board) -> None:
    """The runs of the answers are those of the sidebar, not those of the lesson."""
    app = press(
        press(opened("class_board", loss="mse", epochs="300", exact="noise~0.123"), "o"), "q"
    )
    code = room(app).code
    app.text_input(key="class text").set_value("Which rate for these settings?")
    app.segmented_control(key="class kind").set_value("lr")
    press(run(app), "open")
    board.answer(code, board.join(code).token, 1, 0.044)
    assert board.phone_state(code, board.join(code).token)["bring"] is None
    press(press(app, "x"), "s")
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    [dots] = [trace for trace in chart["data"] if trace.get("name") == "the class"]
    expected = train(Experiment(loss=Loss.MSE, epochs=300, noise=0.123, lr=0.044))
    assert values(dots["y"])[:1] == pytest.approx([expected.history.train_loss[-1]], rel=1e-6)


def test_runs_of_chosen_rates_that_are_too_much_work_are_said_to_be(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no chart of them then."""

    def swept(*_: object, **__: object) -> None:
        raise ValueError("too many steps")

    monkeypatch.setattr(screen, "swept", swept)
    app = press(press(opened("class_board"), "o"), "q")
    app.selectbox(key="class question").set_value("Choose a learning rate")
    press(run(app), "open")
    board.answer(room(app).code, board.join(room(app).code).token, 1, 0.01)
    too_much = "The runs of these rates could not be trained here"
    assert too_much not in " ".join(each.value for each in press(app, "x").caption)
    assert too_much in " ".join(each.value for each in press(app, "s").caption)
    assert not app.get("plotly_chart")


def test_a_plan_that_is_brought_in_leaves_no_question_of_the_one_before() -> None:
    """The browser is told too: it keeps what its box shows, unless it gets another value."""
    app = press(press(opened("class_board"), "o"), "q")
    app.selectbox(key="class question").set_value("Guess an epoch")
    run(app)
    app.file_uploader(key="class plan file").set_value(("b.txt", PLAN, "text/plain"))
    run(app)
    chosen = app.selectbox(key="class question")
    assert chosen.value == "In my own words"
    assert chosen.proto.set_value


def test_a_changed_plan_drives_the_room(board: Board) -> None:
    """Each step brings the class to its page and chooses its question; a bad file is refused.

    A link with defaults is that of the page, which writes none into its address.
    """
    app = press(opened("class_board"), "o")
    code, token = room(app).code, board.join(room(app).code).token
    app.file_uploader(key="class plan file").set_value(
        ("a.txt", b"step: One\nnonsense", "text/plain")
    )
    run(app)
    shows(app, "Line 2: ")
    assert len(room(app).plan) == 0
    app.file_uploader(key="class plan file").set_value(None)
    run(app)
    app.file_uploader(key="class plan file").set_value(("l.txt", b"step: \xff", "text/plain"))
    run(app)
    shows(app, "The file is not a text in UTF-8; the plan is as it was.")
    app.file_uploader(key="class plan file").set_value(("b.txt", PLAN, "text/plain"))
    run(app)
    shows(app, "2 steps of your plan.")
    press(app, "q")
    app.text_input(key="class text").set_value("Which is")
    press(run(app), "n")  # a step without a question: what is half written stays
    first = board.phone_state(code, token)["bring"]
    app.file_uploader(key="class plan file").set_value(("c.txt", PLAN, "text/plain"))
    run(app)
    text = app.text_input(key="class text")
    text.set_value(f"{text.value} larger?")
    app.text_area(key="class options").set_value("One\nTwo")
    press(run(app), "open")
    asked = board.host_state(code, room(app).secret)["round"]
    assert asked["text"] == "Which is larger?"
    press(press(app, "x"), "n")
    assert app.text_input(key="class text").value == ""
    assert app.text_area(key="class options").value == ""
    again = board.phone_state(code, token)["bring"]
    assert {link.partition("call=")[0] for link in (first, again)} == {"loop?lr=0.1&"}
    assert again != first  # a phone follows each call once
    assert offered(app) == {"g", "q"}  # nothing acts on the question before
    shows(app, "Plan, 1 of 2. One.")
    press(app, "n")
    [says] = [text.value for text in app.text if text.value.startswith("Plan, ")]
    assert says.strip() == "Plan, 2 of 2. What is two?"
    shows(app, "What comes after one?")
    press(app, "open")
    asked = board.host_state(code, room(app).secret)["round"]
    assert (asked["text"], asked["options"]) == ("What comes after one?", ("Two", "Three"))
    press(app, "x")
    assert app.button(key="class step n").disabled
    again = opened("class_board")  # after a reload, or a new server, the tab names its room
    again.session_state["linreg"].hosting = Hosting(code=code, secret=room(app).secret)
    run(again)
    assert (room(again).plan, room(again).step) == (room(app).plan, 2)


def test_a_step_without_a_question_is_shown_to_the_teacher_too(board: Board) -> None:
    """With the settings of its link, which are there since the class was called."""
    app = press(opened("class_board", lr="0.5", shuffle="true"), "o")
    app.file_uploader(key="class plan file").set_value(("b.txt", PLAN, "text/plain"))
    press(run(app), "n")
    assert app.select_slider(key="lr").value == 0.1  # beside the question about this run
    assert not app.toggle(key="shuffle").value
    app.select_slider(key="lr").set_value(0.2)
    press(run(app), "g")
    assert app.title[0].value == "The training loop, line by line"
    assert app.select_slider(key="lr").value == 0.1
    [said] = [warning.value for warning in app.warning]
    assert said.endswith("brought back the settings of the class's run. Before: Learning rate 0.2.")
    assert not press(run(app.switch_page("screens/class_board.py")), "q").warning


def test_a_slider_moved_beside_a_question_makes_way_when_its_vote_opens(board: Board) -> None:
    """The class has come to the run of the question, and the projector shows its settings."""
    app = press(press(opened("class_board"), "o"), "n")
    rate = app.select_slider(key="lr").value
    bring = board.host_state(room(app).code, room(app).secret)["bring"]
    app.select_slider(key="lr").set_value(0.5)
    assert app.select_slider(key="lr").value == 0.5 != rate
    shows(run(app), "brings the class, and the settings here, to the run that goes with it")
    press(app, "open")
    assert app.select_slider(key="lr").value == rate
    assert board.host_state(room(app).code, room(app).secret)["bring"] == bring  # it stays
    press(press(app, "x"), "s")
    assert not press(app, "g").warning
    assert app.select_slider(key="lr").value == rate


def test_a_link_of_a_plan_that_a_page_would_correct_is_refused_with_its_line(board: Board) -> None:
    """The class would see another run, challenge or mystery than the teacher meant."""
    app = press(opened("class_board"), "o")
    for link, said in (
        (b"nosuchpage?lr=0.1", "Line 2: 'nosuchpage' is no page of a class. The pages are "),
        (b"teach", "Line 2: 'teach' is no page of a class. The pages are "),
        (b"loop?lr=0.1&epochs=abc", "Line 2: epochs="),
        (b"loop?lr=0.1&epohcs=7", "Line 2: 'epohcs' is not a known name"),
        (b"loop?lr=99&epoch=500", "Line 2: epoch=500 is after the last epoch, 99"),
        (b"challenges?challenge=easy", "Line 2: challenge='easy' is not a challenge"),
        (b"bug_hunt?bug=99", "Line 2: bug='99' is not a bug from 1 to 15"),
        (b"bug_hunt?mystery=1-0", "Line 2: mystery='1-0' is not a valid mystery"),
    ):
        file = b"step: One\nlink: " + link
        app.file_uploader(key="class plan file").set_value(None)
        run(app)
        app.file_uploader(key="class plan file").set_value(("a.txt", file, "text/plain"))
        run(app)
        shows(app, said, ". The plan is as it was.")
        assert "is used" not in room(app).plan_says
    assert len(room(app).plan) == 0
    assert board.kept_plan(room(app).code, room(app).secret) == ("", 0)


def test_the_plan_of_a_room_that_has_ended_is_that_of_the_next(board: Board) -> None:
    """From its first step; it is kept with that room, too."""
    app = press(opened("class_board"), "o")
    app.file_uploader(key="class plan file").set_value(("b.txt", PLAN, "text/plain"))
    press(run(app), "n")
    first = room(app)
    [end] = [button for button in app.button if button.label == "Delete the room"]
    shows(app, "Your plan goes on in the next room that this tab opens.")
    end.click()
    press(run(app), "o")
    assert room(app).code != first.code
    assert (room(app).plan, room(app).step) == (first.plan, 0)
    shows(app, "2 steps of your plan, from the room before.")
    text, step = board.kept_plan(room(app).code, room(app).secret)
    assert (read_plan(text), step) == (first.plan, 0)


def test_what_a_call_brings_to_no_phone_is_said(board: Board) -> None:
    """Of the links of a plan when it is brought in, of the page when the class is called to it."""
    app = press(opened("class_board", lock="lr", hide="tune"), "o")
    code, token = room(app).code, board.join(room(app).code).token
    left = ("locks", "hidden controls")
    for query, said in (("lock=lr&lr=0.1&hide=tune", left), ("hide=tune", left[1:]), ("pin=a", ())):
        file = f"step: One\nlink: ?{query}\n\nstep: Two\nlink: loop?epochs=300".encode()
        app.file_uploader(key="class plan file").set_value(None)
        run(app)
        app.file_uploader(key="class plan file").set_value(("a.txt", file, "text/plain"))
        shows(run(app), "2 steps of your plan.")
        assert tuple(what for what in left if what in room(app).plan_says) == said
    app.session_state["linreg"].points = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0))
    run(app.switch_page("screens/loop.py"))
    [toast] = press(run(app), "h").toast
    assert not re.search("lock|hide", board.phone_state(code, token)["bring"])
    assert all(what in toast.value for what in (*left, "own data"))
    assert not press(app, "l").toast


def test_the_class_is_brought_to_the_bug_that_the_teacher_shows(board: Board) -> None:
    """And out of a mystery, or from another bug, to the first; a call elsewhere leaves it."""
    app = press(opened("class_board"), "o")
    code, token = room(app).code, board.join(room(app).code).token
    run(app.switch_page("screens/bug_hunt.py"))
    for number in (6, 1):
        app.selectbox(key="mistake").set_value(list(BUGS)[number - 1])
        press(run(app), "h")
        assert ("bug=6" in board.phone_state(code, token)["bring"]) is (number == 6)
    run(app.switch_page("screens/class_board.py"))
    plan = b"step: A\nlink: bug_hunt?bug=6\n\nstep: B\nlink: tune\n\nstep: C\nlink: bug_hunt"
    app.file_uploader(key="class plan file").set_value(("p.txt", plan, "text/plain"))
    run(app)
    for number in (6, 6, 1):
        app.session_state["hunt"] = "mystery" if number == 1 else "one by one"
        press(app, "n")
        assert app.session_state["mistake"] == list(BUGS)[number - 1]
    assert app.session_state["hunt"] == "one by one"


def test_a_question_of_the_plan_brings_the_class_to_its_step(board: Board) -> None:
    """Also where the teacher chose it in the form: on a phone's own run its answer may be seen."""
    app = press(opened("class_board"), "o")
    code, token = room(app).code, board.join(room(app).code).token
    press(app, "q")
    plan = b"step: One\n\nstep: Two\nlink: loop?lr=0.1&curtain=true\nask: Which?\n- a\n+ b"
    app.file_uploader(key="class plan file").set_value(("p.txt", plan, "text/plain"))
    run(app)
    app.selectbox(key="class question").set_value("Plan 2. Two")
    run(app)
    press(app, "open")

    def place() -> str:
        link: str = board.phone_state(code, token)["bring"]
        return link.partition("&call=")[0]

    assert board.phone_state(code, token)["round"]["text"] == "Which?"
    assert place() == "loop?lr=0.1&curtain=true"
    assert offered(press(app, "x")) == {"q", "v", "s"}
    assert offered(press(app, "q")) == {"q", "open"}  # nothing acts on the earlier question
    assert offered(press(app, "q")) == {"q", "v", "s"}
    press(app, "q")
    app.selectbox(key="class question").set_value("Guess an epoch")
    run(app)
    press(app, "open")
    assert place() == "?epochs=200&curtain=true"  # so does any ready question
    press(press(app, "x"), "q")
    app.selectbox(key="class question").set_value("Plan 2. Two")
    press(run(app), "open")
    assert place() == "loop?lr=0.1&curtain=true"
    called = board.phone_state(code, token)["bring"]
    press(press(app, "x"), "q")
    press(app, "open")  # the run may be open on phones since an earlier question
    assert place() == "loop?lr=0.1&curtain=true"
    assert board.phone_state(code, token)["bring"] != called


def test_a_kept_plan_that_cannot_be_read_any_more_is_said(board: Board) -> None:
    """The lesson's plan takes its place; a room that ended meanwhile makes way."""
    app, other = opened("class_board"), board.open_room()
    board.keep_plan(other.code, other.host_secret, 3, "of an older version")
    app.session_state["linreg"].hosting = Hosting(code=other.code, secret=other.host_secret)
    run(app)
    shows(app, "Line 1: ", "The lesson's plan is used.")
    assert (room(app).plan, room(app).step) == ((), 0)
    board.end_room(other.code, other.host_secret)
    again = opened("class_board")
    again.session_state["linreg"].hosting = Hosting(code=other.code, secret=other.host_secret)
    run(again)
    assert offered(again) == {"o"}


PLAN = b"""
step: One
say: Look at the loop.
link: loop?epochs=100&lr=0.10&at=end&hide=teach

step: What is two?
ask: What comes after one?
+ Two
- Three
"""


def values(array: Any) -> list[float]:
    """The numbers of an array as Plotly writes it."""
    if isinstance(array, list):
        return array
    kinds = {"f8": "<f8", "i1": "i1", "i8": "<i8"}
    numbers: list[float] = np.frombuffer(b64decode(array["bdata"]), kinds[array["dtype"]]).tolist()
    return numbers


def test_own_data_are_said_to_stay_out_of_the_class() -> None:
    """On its page; the others use them."""
    for page, is_said in (("class_board", True), ("tune", False)):
        app = opened(page)
        app.session_state["linreg"].points = ((0.0, 1.0), (1.0, 2.0), (2.0, 2.5))
        [said] = [info.value for info in run(app).info if "Own data" in info.value]
        assert said.startswith("Own data: 3 rows in place of the line.")
        assert said.endswith(" Questions to the class are about the line.") is is_said
