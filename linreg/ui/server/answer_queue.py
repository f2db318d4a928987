"""Answers that come while others are written go into the database together.

A class answers at the same moment. One transaction for all who wait takes little longer than one
for a single answer, and each is still confirmed only when it is stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from linreg.board.exchanged import Answered, Sent
from linreg.board.refusals import BoardRefusal

Write = Callable[[str, Sequence[Sent]], Awaitable[list[Answered | BoardRefusal]]]

MOST_WAITING = 1_000  # answers in one room


class AnswerQueue:
    """For each room the answers that wait; `write` stores those of one room."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: dict[str, list[tuple[Sent, asyncio.Future[Answered]]]] = {}
        self._writing: dict[str, asyncio.Task[None]] = {}

    async def answer(self, code: str, sent: Sent) -> Answered:
        """Return what was counted once it is stored; raise what refuses it."""
        waiting = self._waiting.setdefault(code, [])
        if len(waiting) >= MOST_WAITING:
            raise BoardRefusal(503, "The server is busy. Try again in a moment.")
        counted: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        waiting.append((sent, counted))
        if code not in self._writing:
            self._writing[code] = asyncio.ensure_future(self._write_all(code))
        return await counted

    async def _write_all(self, code: str) -> None:
        try:
            while waiting := self._waiting.pop(code, None):
                await self._write_some(code, waiting)
        finally:
            del self._writing[code]

    async def _write_some(
        self, code: str, waiting: list[tuple[Sent, asyncio.Future[Answered]]]
    ) -> None:
        found: Sequence[Answered | Exception]
        try:
            found = await self._write(code, [sent for sent, _ in waiting])
        except Exception as error:  # each of them gets it
            found = [error] * len(waiting)
        for (_, counted), each in zip(waiting, found, strict=True):
            if counted.done():  # whoever sent it has gone
                continue
            if isinstance(each, Exception):
                counted.set_exception(each)
            else:
                counted.set_result(each)
