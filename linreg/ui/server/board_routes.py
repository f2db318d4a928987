"""The class board over HTTP: what phones and the projector ask for, outside the runs of pages.

A phone asks every two seconds whether anything is new. That is answered from memory, on the event
loop; the database is asked only after a change by this process, and twice a second for those of
others, in a thread.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from linreg.board.exchanged import Answered, Sent
from linreg.board.names import LONGEST_TOKEN, clean_code, digest
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.browser.assets import path_of
from linreg.ui.server.answer_queue import AnswerQueue
from linreg.ui.server.board_requests import (
    NO_STORE,
    as_route,
    body_of,
    json_response,
    json_text,
    token_of,
)
from linreg.ui.server.rate_limit import RateLimit

if TYPE_CHECKING:
    from linreg.board.questions import Question
    from linreg.board.store import Board

T = TypeVar("T")

FOLDER = "linreg-board"
PARTICIPANT, HOST = "X-Linreg-Participant", "X-Linreg-Host"
FRESH_FOR = 0.5  # seconds that a room is shown without asking the database
GONE_FOR = 5.0  # the same, that there is none
HEARD_EVERY = 5.0  # seconds between two notes of who is there
FORGOTTEN = 60.0  # seconds after which such a note of a room is too old
STREAM_FOR = 5.0  # seconds; the projector asks again, and a server that stops waits no longer
MOST_STREAMS = 8  # of one room
MOST_WAITING = 600  # requests for the database
THREADS = 4
BUSY = "Too many requests. Wait a moment."


def board_routes() -> list[Route]:
    """Return the routes of the board, below the server's base path."""
    requests = BoardRequests()
    found = {"join": "POST", "answer": "POST", "state": "GET", "events": "GET", "swarm": "GET"}
    return [
        Route(path_of(FOLDER, "{code}", name), as_route(getattr(requests, name)), methods=[method])
        for name, method in found.items()
    ]


@cache
def _import_board() -> "Callable[[], Board]":
    from linreg.ui.work.board import class_board  # noqa: PLC0415, it imports PyTorch

    return class_board


def _swarm(question: "Question", rates: list[float]) -> bytes:
    from linreg.ui.parts.class_rates import swarm_in_turn  # noqa: PLC0415, it imports PyTorch

    return swarm_in_turn(question.experiment, tuple(rates))


class BoardRequests:
    """The endpoints, with what they remember between requests."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="board")
        self._training = ThreadPoolExecutor(1, thread_name_prefix="swarm")  # a class asks at once
        self._board: Board | None = None
        self._waiting = 0
        self._queue = AnswerQueue(self._write_answers)
        self._looking: dict[str, asyncio.Future[Any]] = {}
        self._heard: dict[str, tuple[float, set[str]]] = {}
        self._streams: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._guesses = RateLimit(rate=50, burst=200)
        self._polls = RateLimit(rate=4, burst=20)
        self._answers = RateLimit(rate=2, burst=10)
        self._joins = RateLimit(rate=20, burst=600)

    async def join(self, request: Request) -> Response:
        """Give a device its token and nickname; with a token that the room knows, the same ones."""
        code, body = _code(request), await body_of(request)
        token = body.get("token")
        if token is not None and not (isinstance(token, str) and len(token) <= LONGEST_TOKEN):
            raise BoardRefusal(400, "The token is not one.")
        board = await self._knowing(code)
        _limit(self._joins, code)
        joined = await self._in_thread(board.join, code, token)
        return json_response({"token": joined.token, "nickname": joined.nickname})

    async def answer(self, request: Request) -> Response:
        """Count an answer; the reply has what was counted."""
        code, token = _code(request), token_of(request, PARTICIPANT)
        body = await body_of(request)
        number, vote = body.get("round"), body.get("vote")
        if type(number) is not int or (vote is not None and type(vote) is not int):
            raise BoardRefusal(400, "The number of the question is missing, or the vote is none.")
        await self._knowing(code)
        _limit(self._answers, digest(token))
        sent = Sent(token=token, number=number, value=body.get("value"), vote=vote)
        counted = await self._queue.answer(code, sent)
        return json_response({"round": counted.round, "vote": counted.vote, "value": counted.value})

    async def state(self, request: Request) -> Response:
        """Send a phone what it may see, or 304 if it has that already."""
        code, token = _code(request), token_of(request, PARTICIPANT)
        _limit(self._polls, digest(token))
        board = await self._find(code)
        state = board.kept.phone_view(code, token)
        self._hear_of(board, code, token)
        tag = f'"{state["version"]}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers=NO_STORE | {"ETag": tag})
        return json_response(state, ETag=tag)

    async def events(self, request: Request) -> Response:
        """Send the projector each change, at most two a second."""
        code, secret = _code(request), token_of(request, HOST)
        board = await self._find(code)
        board.kept.host_view(code, secret)
        if self._streams.get(code, 0) >= MOST_STREAMS:
            raise BoardRefusal(429, f"A room has {MOST_STREAMS} projectors at most.")
        headers = NO_STORE | {"X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._changes(board, code, secret), headers=headers, media_type="text/event-stream"
        )

    async def swarm(self, request: Request) -> Response:
        """Send a phone the runs that the class chose, as its script draws them."""
        code, token = _code(request), token_of(request, PARTICIPANT)
        _limit(self._polls, digest(token))
        board = await self._find(code)
        question, rates = board.kept.chosen_rates(code, token)
        content = await self._in_thread(_swarm, question, rates, threads=self._training)
        return Response(content, headers=NO_STORE, media_type="application/octet-stream")

    async def _changes(self, board: "Board", code: str, secret: str) -> AsyncIterator[str]:
        self._streams[code] = self._streams.get(code, 0) + 1
        loop, sent = asyncio.get_running_loop(), None
        end = loop.time() + STREAM_FOR
        try:
            while loop.time() < end:
                try:
                    await self._find(code)
                    state = board.kept.host_view(code, secret)
                    self._hear_of(board, code, None)
                except BoardRefusal as refusal:
                    yield _event("refused", {"error": refusal.sentence, "status": refusal.status})
                    return
                except BoardUnavailable as failure:
                    yield _event("unavailable", {"error": str(failure)})
                    return
                if state["version"] != sent:
                    sent = state["version"]
                    yield _event("state", state)
                await asyncio.sleep(FRESH_FOR)
        finally:
            self._streams[code] -= 1
            if not self._streams[code]:
                del self._streams[code]

    async def _find(self, code: str) -> "Board":
        """Return the board, once it knows the room well enough to answer from memory."""
        board = self._board = self._board or (await self._in_thread(_import_board))()
        is_known = board.kept.known(code) is not None
        max_age = FRESH_FOR if is_known else GONE_FOR
        if not board.kept.is_fresh(code, max_age):
            if code not in self._looking:
                if not is_known:
                    _limit(self._guesses, "")  # nobody tries all codes
                self._looking[code] = asyncio.ensure_future(
                    self._in_thread(board.kept.look, code, max_age)
                )
                self._looking[code].add_done_callback(lambda _: self._looking.pop(code, None))
            await asyncio.shield(self._looking[code])
            if board.kept.known(code) is None:
                self._heard.pop(code, None)  # the room has ended
        return board

    async def _knowing(self, code: str) -> "Board":
        """Return the board, once it has seen the room: no answer waits for a look at the others."""
        known = self._board and self._board.kept.known(code)
        return self._board if self._board and known else await self._find(code)

    def _hear_of(self, board: "Board", code: str, token: str | None) -> None:
        """Note that a phone is there; from time to time the database is told of all at once."""
        now = asyncio.get_running_loop().time()
        since, hashes = self._heard.setdefault(code, (now, set()))
        if token is not None:
            hashes.add(digest(token))
        if now - since >= HEARD_EVERY:
            left = self._heard.items()  # without rooms that nobody asks for any more
            self._heard = {at: of for at, of in left if at != code and now - of[0] < FORGOTTEN}
            task = asyncio.ensure_future(self._tell(board, code, hashes))
            self._tasks.add(task)  # or it might be collected before it is done
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, board: "Board", code: str, hashes: set[str]) -> None:
        try:
            await self._in_thread(board.hear_of, code, hashes)
        except (BoardRefusal, BoardUnavailable):
            return  # the next request says so

    async def _write_answers(
        self, code: str, sent: Sequence[Sent]
    ) -> list[Answered | BoardRefusal]:
        board = await self._knowing(code)
        return await self._in_thread(board.answer_all, code, sent)

    async def _in_thread(
        self, work: Callable[..., T], *args: object, threads: ThreadPoolExecutor | None = None
    ) -> T:
        if self._waiting >= MOST_WAITING:
            raise BoardRefusal(503, "The server is busy. Try again in a moment.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(threads or self._threads, work, *args)
        finally:
            self._waiting -= 1


def _code(request: Request) -> str:
    """Return the room's code in the path; refuse what cannot be one without asking anybody."""
    code = clean_code(request.path_params["code"])
    if not code:
        raise BoardRefusal(404, "A room's code has five letters.")
    return code


def _limit(limit: RateLimit, key: str) -> None:
    if not limit.allows(key):
        raise BoardRefusal(429, BUSY)


def _event(name: str, content: Any) -> str:
    return f"event: {name}\ndata: {json_text(content)}\n\n"
