"""The class board over HTTP: what phones and the projector ask for, outside the runs of pages.

A phone asks every two seconds whether anything is new. That is answered from memory.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from linreg.board.exchanged import Answered, Sent
from linreg.board.names import LONGEST_TOKEN, clean_code, digest
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.browser.assets import path_of
from linreg.ui.server.answer_queue import AnswerQueue
from linreg.ui.server.board_lookup import FRESH_FOR, BoardLookup, limit
from linreg.ui.server.board_requests import (
    NO_STORE,
    as_route,
    body_of,
    json_response,
    json_text,
    token_of,
)
from linreg.ui.server.presence import Presence
from linreg.ui.server.rate_limit import RateLimit

if TYPE_CHECKING:
    from linreg.board.questions import Question
    from linreg.board.store import Board

FOLDER = "linreg-board"
PARTICIPANT, HOST = "X-Linreg-Participant", "X-Linreg-Host"
STREAM_FOR = 5.0  # seconds; the projector asks again, and a server that stops waits no longer
MOST_STREAMS = 8  # of one room


def board_routes() -> list[Route]:
    """Return the routes of the board, below the server's base path."""
    requests = BoardRequests()
    found = {"join": "POST", "answer": "POST", "state": "GET", "events": "GET", "swarm": "GET"}
    return [
        Route(path_of(FOLDER, "{code}", name), as_route(getattr(requests, name)), methods=[method])
        for name, method in found.items()
    ]


def _swarm(question: "Question", rates: list[float]) -> bytes:
    from linreg.ui.parts.class_rates import swarm_in_turn  # noqa: PLC0415, it imports PyTorch

    return swarm_in_turn(question.experiment, tuple(rates))


class BoardRequests:
    """The endpoints, with what they remember between requests."""

    def __init__(self) -> None:
        self._lookup = BoardLookup()
        self._presence = Presence(self._lookup)
        self._training = ThreadPoolExecutor(1, thread_name_prefix="swarm")  # a class asks at once
        self._queue = AnswerQueue(self._write_answers)
        self._streams: dict[str, int] = {}
        self._polls = RateLimit(rate=4, burst=20)
        self._answers = RateLimit(rate=2, burst=10)
        self._joins = RateLimit(rate=20, burst=600)

    async def join(self, request: Request) -> Response:
        """Give a device its token and nickname; with a token that the room knows, the same ones."""
        code, body = _code(request), await body_of(request)
        token = body.get("token")
        if token is not None and not (isinstance(token, str) and len(token) <= LONGEST_TOKEN):
            raise BoardRefusal(400, "The token is not one.")
        board = await self._lookup.knowing(code)
        limit(self._joins, code)
        joined = await self._lookup.in_thread(board.join, code, token)
        return json_response({"token": joined.token, "nickname": joined.nickname})

    async def answer(self, request: Request) -> Response:
        """Count an answer; the reply has what was counted, and the state if it is known."""
        code, token = _code(request), token_of(request, PARTICIPANT)
        body = await body_of(request)
        number, vote = body.get("round"), body.get("vote")
        if type(number) is not int or (vote is not None and type(vote) is not int):
            raise BoardRefusal(400, "The number of the question is missing, or the vote is none.")
        board = await self._lookup.knowing(code)
        limit(self._answers, digest(token))
        sent = Sent(token=token, number=number, value=body.get("value"), vote=vote)
        counted = await self._queue.answer(code, sent)
        reply = {"round": counted.round, "vote": counted.vote, "value": counted.value}
        if not board.kept.is_fresh(code, FRESH_FOR):  # others have changed the room too
            return json_response(reply)
        state = board.kept.phone_view(code, token)
        return json_response(reply | {"state": state}, ETag=_tag(state))

    async def state(self, request: Request) -> Response:
        """Send a phone what it may see, or 304 if it has that already."""
        code, token = _code(request), token_of(request, PARTICIPANT)
        limit(self._polls, digest(token))
        board = await self._find(code)
        state = board.kept.phone_view(code, token)
        self._presence.hear_of(board, code, token)
        tag = _tag(state)
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
        limit(self._polls, digest(token))
        board = await self._find(code)
        question, rates = board.kept.chosen_rates(code, token)
        content = await self._lookup.in_thread(_swarm, question, rates, threads=self._training)
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
                    self._presence.hear_of(board, code, None)
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
        """Return the board, once it knows the room; keep nothing of one that has ended."""
        board = await self._lookup.find(code)
        if board.kept.known(code) is None:
            self._presence.forget(code)
        return board

    async def _write_answers(
        self, code: str, sent: Sequence[Sent]
    ) -> list[Answered | BoardRefusal]:
        board = await self._lookup.knowing(code)
        return await self._lookup.in_thread(board.answer_all, code, sent)


def _code(request: Request) -> str:
    """Return the room's code in the path; refuse what cannot be one without asking anybody."""
    code = clean_code(request.path_params["code"])
    if not code:
        raise BoardRefusal(404, "A room's code has five letters.")
    return code


def _tag(state: dict[str, Any]) -> str:
    return f'"{state["version"]}"'


def _event(name: str, content: Any) -> str:
    return f"event: {name}\ndata: {json_text(content)}\n\n"
