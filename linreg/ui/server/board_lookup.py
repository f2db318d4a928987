"""The board for its routes: rooms from memory, on the event loop, and all else in a thread.

The database is asked only after a change by this process, and twice a second for those of others.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from linreg.board.refusals import BoardRefusal
from linreg.ui.server.rate_limit import RateLimit

if TYPE_CHECKING:
    from linreg.board.store import Board

T = TypeVar("T")

FRESH_FOR = 0.5  # seconds that a room is shown without asking the database
GONE_FOR = 5.0  # the same, that there is none
MOST_WAITING = 600  # requests for the database
THREADS = 4
BUSY = "Too many requests. Wait a moment."


@cache
def _import_board() -> "Callable[[], Board]":
    from linreg.ui.work.board import class_board  # noqa: PLC0415, it imports PyTorch

    return class_board


def _open_board() -> "Board":
    return _import_board()()


class BoardLookup:
    """The board, with the threads that ask its database."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="board")
        self._board: Board | None = None
        self._waiting = 0
        self._looking: dict[str, asyncio.Future[Any]] = {}
        self._guesses = RateLimit(rate=50, burst=200)

    async def find(self, code: str) -> "Board":
        """Return the board, once it knows the room well enough to answer from memory."""
        if self._board is None:
            self._board = await self.in_thread(_open_board)
        board = self._board
        is_known = board.kept.known(code) is not None
        max_age = FRESH_FOR if is_known else GONE_FOR
        if not board.kept.is_fresh(code, max_age):
            if code not in self._looking:
                if not is_known:
                    limit(self._guesses, "")  # nobody tries all codes
                self._looking[code] = asyncio.ensure_future(
                    self.in_thread(board.kept.look, code, max_age)
                )
                self._looking[code].add_done_callback(lambda _: self._looking.pop(code, None))
            await asyncio.shield(self._looking[code])
        return board

    async def knowing(self, code: str) -> "Board":
        """Return the board, once it has seen the room: no answer waits for a look at the others."""
        known = self._board and self._board.kept.known(code)
        return self._board if self._board and known else await self.find(code)

    async def in_thread(
        self, work: Callable[..., T], *args: object, threads: ThreadPoolExecutor | None = None
    ) -> T:
        """Return what `work` returns; refuse if too many wait."""
        if self._waiting >= MOST_WAITING:
            raise BoardRefusal(503, "The server is busy. Try again in a moment.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(threads or self._threads, work, *args)
        finally:
            self._waiting -= 1


def limit(of: RateLimit, key: str) -> None:
    """Count a request, or refuse it."""
    if not of.allows(key):
        raise BoardRefusal(429, BUSY)
