"""The class board of this process. It costs nothing until somebody opens a room."""

from functools import cache

from linreg.board.store import Board


@cache
def class_board() -> Board:
    """Return the board in LINREG_BOARD_URL, or in this user's private file."""
    return Board()
