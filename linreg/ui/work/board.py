"""The class board of this process. It costs nothing until somebody opens a room."""

from functools import cache
from typing import TYPE_CHECKING

from linreg.board.own_file import may_have_rooms
from linreg.board.refusals import BoardUnavailable
from linreg.ui.work.log import LOG

if TYPE_CHECKING:
    from linreg.board.store import Board


@cache
def class_board() -> "Board":
    """Return the board in LINREG_BOARD_URL, or in this user's private file."""
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
