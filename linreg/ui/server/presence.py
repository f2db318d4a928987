"""Who is in a room: the phones that ask, told to the database all at once from time to time."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from linreg.board.exchanged import HEARD_EVERY
from linreg.board.names import digest
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.server.board_lookup import BoardLookup

if TYPE_CHECKING:
    from linreg.board.store import Board

SILENCE = 10.0  # seconds without a sign from a room, after which the server was away
FORGOTTEN = 60.0  # seconds after which such a note of a room is too old


class Presence:
    """For each room the hashes of those who have asked, and since when they are noted."""

    def __init__(self, lookup: BoardLookup) -> None:
        self._lookup = lookup
        self._heard: dict[str, tuple[float, set[str]]] = {}
        self._signs: dict[str, float] = {}  # when anybody of a room last asked
        self._tasks: set[asyncio.Task[None]] = set()

    def hear_of(self, board: "Board", code: str, token: str | None) -> None:
        """Note that a phone or, without a token, the projector is there."""
        now = asyncio.get_running_loop().time()
        if now - self._signs.get(code, -SILENCE) >= SILENCE:
            self._tell(board.welcome_back, code)
        self._signs[code] = now
        since, hashes = self._heard.setdefault(code, (now, set()))
        if token is not None:
            hashes.add(digest(token))
        if now - since >= HEARD_EVERY:
            left = self._heard.items()  # without rooms that nobody asks for any more
            self._heard = {at: of for at, of in left if at != code and now - of[0] < FORGOTTEN}
            self._signs = {at: sign for at, sign in self._signs.items() if now - sign < FORGOTTEN}
            self._tell(board.hear_of, code, hashes)

    def forget(self, code: str) -> None:
        """Keep nothing of a room that has ended."""
        self._heard.pop(code, None)
        self._signs.pop(code, None)

    def _tell(self, work: Callable[..., None], *args: object) -> None:
        task = asyncio.ensure_future(self._told(work, *args))
        self._tasks.add(task)  # or it might be collected before it is done
        task.add_done_callback(self._tasks.discard)

    async def _told(self, work: Callable[..., None], *args: object) -> None:
        try:
            await self._lookup.in_thread(work, *args)
        except (BoardRefusal, BoardUnavailable):
            return  # the next request says so
