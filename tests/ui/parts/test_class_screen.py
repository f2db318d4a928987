"""What the live display of a room is given, and where it is missing."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linreg.board.questions import Question
from linreg.board.store import Board, Room
from linreg.ui.parts import class_screen as screen
from linreg.ui.parts.app_address import qr_image
from linreg.ui.state.session import Hosting

RATE = Question(text="Which learning rate?", kind="setting", setting="lr", link="?epochs=5")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A board with a database of its own."""
    board = Board(f"sqlite:///{tmp_path}/board.sqlite")
    yield board
    board.close()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the component got, call by call."""
    calls: list[dict[str, Any]] = []
    served = threading.Event()
    served.set()
    monkeypatch.setattr(screen, "served", served)
    monkeypatch.setattr(screen, "_screen", lambda *, data, **_: calls.append(data))
    return calls


def stages(board: Board, room: Room) -> Iterator[dict[str, Any]]:
    """The room at each stage of a round about learning rates, as its host sees it."""
    host = room.code, room.host_secret
    token = board.join(room.code).token
    yield board.host_state(*host)
    number = board.ask(*host, RATE)
    yield board.host_state(*host)
    board.answer(room.code, token, number, 0.1)
    board.close_vote(*host)
    yield board.host_state(*host)
    board.reveal(*host)
    yield board.host_state(*host)
    board.finish(*host)
    board.solve(room.code, token, "printed")
    yield board.host_state(*host)


def test_the_display_is_told_where_the_class_is_as_its_script_says_it(
    board: Board, given: list[dict[str, Any]]
) -> None:
    """And the link of the QR code, of which it shows what a teacher can read aloud."""
    room = board.open_room()
    hosting = Hosting(code=room.code, secret=room.host_secret)
    for seen in stages(board, room):
        screen.class_screen(hosting, seen)
    told = [data["stage"] for data in given]
    assert told == ["0", "1 1 open 0", "1 1 closed 0", "1 1 pending 0", "1 1 revealed 1"]
    link = screen.join_link(room.code)
    assert given[0]["qr"] == qr_image(link)
    assert link == f"{given[0]['link']}&hide=class_board-teach"
    assert given[0]["link"].endswith(f"/?room={room.code}")
    assert screen.secret_link(hosting).endswith(f"/class_board#{room.code}.{room.host_secret}")


def test_the_round_makes_way_for_the_form_and_for_runs_that_there_are(
    board: Board, given: list[dict[str, Any]]
) -> None:
    """Only once the class has chosen rates, and their runs are there."""
    room = board.open_room()
    hosting = Hosting(code=room.code, secret=room.host_secret, is_watching=True)
    *before, last = stages(board, room)
    for seen in (*before, last):
        screen.class_screen(hosting, seen)
    hosting.is_watching, hosting.is_asking = False, True
    screen.class_screen(hosting, last)
    assert [data["instead"] for data in given] == ["", "", "", "", "watching", "asking"]


def test_without_a_server_there_is_no_display(
    board: Board, given: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that runs alone has nobody who would send it."""
    monkeypatch.setattr(screen, "served", threading.Event())
    room = board.open_room()
    seen = board.host_state(room.code, room.host_secret)
    screen.class_screen(Hosting(code=room.code, secret=room.host_secret), seen)
    assert not given
