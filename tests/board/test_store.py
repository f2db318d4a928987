"""Rooms and rounds as a teacher and a class use them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from linreg.board.questions import Question
from linreg.board.refusals import BoardRefusal
from linreg.board.store import Board, Room

CHOICE = Question(text="Will the loss fall?", kind="choice", options=("Yes", "No"), right=0)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A board whose file is not there yet."""
    board = Board(f"sqlite:///{tmp_path}/new/board.sqlite")
    yield board
    board.close()


@pytest.fixture
def room(board: Board) -> Room:
    """An open room."""
    return board.open_room()


def test_nothing_is_made_before_a_room_is_opened(board: Board, tmp_path: Path) -> None:
    """Looking for a room and cleaning up leave no file."""
    assert not board.room_exists("BCDFG")
    assert board.remove_expired() == 0
    with pytest.raises(BoardRefusal) as refused:
        board.join("BCDFG")
    assert refused.value.status == 404
    assert list(tmp_path.iterdir()) == []


def test_a_whole_round_with_two_votes(board: Board, room: Room) -> None:
    """Both votes are shown at the end, and neither before."""
    code, secret = room.code, room.host_secret
    tokens = [board.join(code).token for _ in range(3)]
    number = board.ask(code, secret, CHOICE)
    for token in tokens:
        board.answer(code, token, number, 1)
    board.answer(code, tokens[0], number, 0)
    board.close_vote(code, secret)
    with pytest.raises(BoardRefusal, match="too late"):
        board.answer(code, tokens[1], number, 0)
    board.vote_again(code, secret)
    board.answer(code, tokens[1], number, 0)
    assert board.host_state(code, secret)["round"]["result"] is None
    assert "values" not in board.host_state(code, secret)["round"]
    board.close_vote(code, secret)
    board.reveal(code, secret)
    shown = board.phone_state(code, tokens[1])["round"]
    assert (shown["state"], shown["mine"]) == ("revealed", [1, 0])
    assert shown["result"]["votes"] == [[1, 2], [1, 0]]
    assert shown["result"]["right"] == 0
