"""What all phones ask at once passes by the middleware for pages, and stays the same."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linreg.board.questions import Question
from linreg.board.store import Board
from linreg.ui.server import board_lookup, board_routes
from linreg.ui.server.board_first import BoardFirst
from tests.support.asgi import Answer, ask
from tests.support.coroutines import result_of

HERE = "linreg-board"


class Slow:
    """Middleware that notes what passes."""

    passed: list[str] = []  # noqa: RUF012, emptied by the test

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the path."""
        self.passed.append(scope["path"])
        await self._app(scope, receive, send)


@pytest.mark.parametrize("base", ["", "/below/a/path"])
def test_answers_and_polls_pass_by_the_middleware(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They reach the endpoints of all other requests: the same rooms, limits and refusals."""
    board = Board(f"sqlite:///{tmp_path}/board.sqlite")
    room = board.open_room()
    question = Question(text="Will it fall?", kind="choice", options=("Yes", "No"))
    number = board.ask(room.code, room.host_secret, question)
    monkeypatch.setattr(board_lookup, "_import_board", lambda: lambda: board)
    monkeypatch.setattr("linreg.ui.browser.assets.st.get_option", lambda name: base)
    Slow.passed.clear()
    routes = board_routes.board_routes()
    app = Starlette(routes=routes, middleware=[Middleware(BoardFirst, routes), Middleware(Slow)])

    async def send(name: str, method: str = "POST", body: bytes = b"", token: str = "") -> Answer:
        path, headers = f"{base}/{HERE}/{name}", {"X-Linreg-Participant": token}
        return await ask(app, path, method=method, headers=headers, body=body)

    async def visit() -> None:
        joined = await send(f"{room.code}/join", body=b"{}")
        token = joined.json["token"]
        body = b'{"round": %d, "value": 1}' % number
        counted = await send(f"{room.code}/answer", body=body, token=token)
        assert (counted.status, counted.json["value"]) == (200, 1)
        state = await send(f"{room.code}/state", "GET", token=token)
        assert state.json["round"]["mine"] == [1, None]
        assert (await send(f"{room.code}/state", "GET", token="x")).status == 403
        assert (await send(f"{room.code}/answer", "GET", token=token)).status == 405
        assert (await send(f"{room.code}/away/state", "GET")).status == 404

    result_of(visit())
    assert Slow.passed == [f"{base}/{HERE}/{room.code}/join"]
    board.close()


def test_all_else_is_passed_on() -> None:
    """Pages, files and the connections of pages are none of its business."""
    passed: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope.get("path", scope["type"]))

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        del message

    async def visit() -> None:
        app = BoardFirst(inner, board_routes.board_routes())
        for path in ("/", "/state", f"/{HERE}/BCDFG/events", f"/{HERE}er/BCDFG/state"):
            await app({"type": "http", "path": path}, receive, send)
        await app({"type": "websocket", "path": f"/{HERE}/BCDFG/state"}, receive, send)
        await app({"type": "lifespan"}, receive, send)

    result_of(visit())
    assert len(passed) == 6
