"""A student's part of a room: the panel, and the challenges that this session has solved."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linreg.board.refusals import BoardUnavailable
from linreg.board.store import Board, Room
from linreg.lesson.challenges import CHALLENGES
from linreg.ui.parts import room_panel, room_solved
from linreg.ui.state import room_token
from linreg.ui.state.hosting import follow_teacher

FIRST, SECOND, THIRD = (challenge.key for challenge in CHALLENGES[:3])


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    """The board that the session talks to."""
    board = Board(f"sqlite:///{tmp_path}/board.sqlite")
    monkeypatch.setattr(room_solved, "class_board", lambda: board)
    yield board
    board.close()


@pytest.fixture
def room(board: Board) -> Room:
    """An open room."""
    return board.open_room()


@pytest.fixture
def state(room: Room, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A session in the room that has solved a challenge."""
    state = SimpleNamespace(room=room.code, judged=(FIRST,), reported=())
    for module in (room_solved, room_panel):
        monkeypatch.setattr(module, "session", lambda: state)
    return state


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], int]:
    """Show the page to a browser that says this; return how many components asked it."""

    def say(told: object) -> int:
        asked: list[Any] = []

        def component(*, data: Any, on_token_change: Callable[[], None], **_: object) -> None:
            asked.append(data)
            on_token_change()

        monkeypatch.setattr(room_solved, "_component", component)
        monkeypatch.setattr(room_token, "sent_by", lambda *_: told)
        room_solved.count_solved()
        return len(asked)

    return say


def test_what_a_session_has_solved_counts_once_for_its_participant(
    board: Board, room: Room, state: SimpleNamespace, say: Callable[[object], int]
) -> None:
    """A browser that says nothing, or nonsense, is asked again with the next page."""
    token = board.join(room.code).token

    def solved() -> Any:
        return board.host_state(room.code, room.host_secret)["challenges"]

    for nonsense in (None, 7, "", "x" * 65):
        assert say(nonsense) == 1
    assert (solved(), state.reported) == ({}, ())
    assert say(token) == 1
    assert say(token) == 0
    assert solved() == {FIRST: 1}
    state.judged += (SECOND,)
    assert say("nobody") == 1  # the room refuses it
    state.judged += (THIRD,)
    assert say(token) == 1
    assert solved() == {FIRST: 1, SECOND: 1, THIRD: 1}
    state.room = ""
    state.judged = (FIRST,)
    assert say(token) == 0


def test_a_database_that_fails_stops_no_page(
    board: Board,
    state: SimpleNamespace,
    say: Callable[[object], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The panel of the room says what is wrong."""

    def fail(*_: object) -> None:
        raise BoardUnavailable("The database rests.")

    monkeypatch.setattr(board, "solve", fail)
    assert say("token") == 1
    assert state.reported == (FIRST,)


def test_the_panel_is_on_the_pages_of_a_room_alone(
    state: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs a server that can be asked; what it asks for leads the student to the teacher."""
    shown: list[Any] = []
    served = threading.Event()
    monkeypatch.setattr(room_panel, "served", served)
    monkeypatch.setattr(room_panel, "_component", lambda **given: shown.append(given))
    room_panel.room_panel()
    assert not shown
    served.set()
    room_panel.room_panel()
    assert shown[0]["data"] == {"room": state.room}
    assert shown[0]["on_go_change"] is follow_teacher
    state.room = ""
    room_panel.room_panel()
    assert len(shown) == 1
