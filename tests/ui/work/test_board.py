"""The board of the process: what is over is deleted, and a database that fails is only logged."""

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from linreg.board import store
from linreg.board.refusals import BoardUnavailable
from linreg.board.store import Board
from linreg.ui.work import board as work
from linreg.ui.work.board import class_board, opened_board, remove_expired_rooms
from tests.support.boards import Clock


def test_rooms_whose_day_is_over_are_deleted_in_passing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Where there may be some; the server goes on whatever the database does."""
    clock, url = Clock(), f"sqlite:///{tmp_path}/board.sqlite"
    monkeypatch.setenv("LINREG_BOARD_URL", url)
    board = Board(url, clock)
    monkeypatch.setattr(work, "class_board", lambda: board)
    room = board.open_room()
    clock.now += 25 * 3600
    remove_expired_rooms()
    clock.now -= 25 * 3600
    assert board.kept.look(room.code, 0.0) is None

    def fails() -> None:
        raise BoardUnavailable("The database rests.")

    monkeypatch.setattr(board, "remove_expired", fails)
    remove_expired_rooms()
    assert "Rooms whose time is over were not deleted. The database rests." in caplog.text
    board.close()


def test_one_board_serves_a_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its database is the one that the environment names, which nothing has made yet."""
    monkeypatch.setenv("LINREG_BOARD_URL", f"sqlite:///{tmp_path}/board.sqlite")
    opened_board.cache_clear()
    assert class_board() is class_board()
    assert class_board().remove_expired() == 0
    monkeypatch.delenv("LINREG_BOARD_URL")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(work, "class_board", lambda: pytest.fail("There may be no room."))
    remove_expired_rooms()
    assert not list(tmp_path.iterdir())
    opened_board.cache_clear()


def test_threads_that_ask_at_once_get_one_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while it is being opened, which takes a moment: phones ask a new server at once."""
    opened_board.cache_clear()
    meeting = threading.Barrier(2)

    class SlowBoard:
        def __init__(self) -> None:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(0.2)  # a second opening would come here too

    monkeypatch.setattr(store, "Board", SlowBoard)
    with ThreadPoolExecutor(8) as threads:
        boards = [threads.submit(class_board) for _ in range(8)]
    assert len({id(board.result()) for board in boards}) == 1
    opened_board.cache_clear()
