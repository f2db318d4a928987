"""The class board of this process. It costs nothing until somebody opens a room."""

import threading
from functools import cache
from typing import TYPE_CHECKING

from linreg.board.own_file import may_have_rooms
from linreg.board.refusals import BoardUnavailable
from linreg.ui.work.log import LOG

if TYPE_CHECKING:
    from linreg.board.store import Board


_opening = threading.Lock()


def class_board() -> "Board":
    """Return the board in LINREG_BOARD_URL, or in this user's private file.

    It is one for all threads: another would not know the rooms that this one has seen.
    """
    with _opening:
        return opened_board()


@cache
def opened_board() -> "Board":
    """Open the board; to be called by `class_board` only."""
    from linreg.board.store import Board  # noqa: PLC0415, no start waits for SQLAlchemy

    return Board()


def remove_expired_rooms() -> None:
    """Delete the rooms whose day is over, if there is a database."""
    if not may_have_rooms():
        return
    try:
        class_board().remove_expired()
    except BoardUnavailable as failure:
        LOG.warning("Rooms whose time is over were not deleted. %s", failure)
