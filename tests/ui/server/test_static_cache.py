"""Immutable files come from memory; the app is asked for everything else."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from linreg.ui.server import static_cache
from linreg.ui.server.static_cache import StaticCache
from tests.support.coroutines import result_of

FOREVER = (b"cache-control", b"public, immutable, max-age=31536000")
Header = tuple[bytes, bytes]


class Inner:
    """An app that answers with the number of requests so far, in two parts."""

    def __init__(self, *headers: Header, status: int = 200, breaks: bool = False) -> None:
        self.asked = 0
        self._headers, self._status, self._breaks = headers, status, breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        headers = list(self._headers)
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": b"answer ", "more_body": True})
        if not self._breaks:
            await send({"type": "http.response.body", "body": b"%d" % self.asked})


def ask(app: StaticCache, path: str = "/static/a.js", **more: Any) -> bytes:
    """The body of an answer."""
    return result_of(answer(app, path, **more))


async def answer(app: StaticCache, path: str, **more: Any) -> bytes:
    """The bodies of several simultaneous answers."""
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await app({**scope, **more}, receive, send)
    return b"".join(message.get("body", b"") for message in sent)


def test_a_file_that_never_changes_is_asked_for_once() -> None:
    """Each path has its own answer."""
    app = StaticCache(inner := Inner(FOREVER))
    assert [ask(app), ask(app), ask(app, "/static/b.js"), ask(app)] == [
        b"answer 1",
        b"answer 1",
        b"answer 2",
        b"answer 1",
    ]
    assert inner.asked == 2


def test_packed_and_plain_files_are_kept_apart() -> None:
    """A browser that does not take gzip never gets it."""
    app = StaticCache(Inner(FOREVER))
    packed: Sequence[Header] = [(b"accept-encoding", b"br, gzip")]
    assert ask(app, headers=packed) == b"answer 1"
    assert ask(app) == b"answer 2"
    assert ask(app, headers=packed) == b"answer 1"


@pytest.mark.parametrize(
    "question",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        {"query_string": b"a=1"},
        {"headers": [(b"range", b"bytes=0-3")]},
        {"headers": [(b"if-none-match", b"x")]},
    ],
    ids=["head", "post", "query", "range", "condition"],
)
def test_other_questions_pass_through(question: dict[str, Any]) -> None:
    """Among them requests for a part of a file, and conditional requests."""
    app = StaticCache(Inner(FOREVER))
    ask(app)
    assert ask(app, **question) == b"answer 2"
    assert ask(app) == b"answer 1"


@pytest.mark.parametrize(
    "inner",
    [
        Inner(),
        Inner((b"cache-control", b"no-cache")),
        Inner(FOREVER, status=404),
        Inner(FOREVER, (b"set-cookie", b"a=b")),
    ],
    ids=["no word", "no cache", "not found", "cookie"],
)
def test_other_answers_are_not_kept(inner: Inner) -> None:
    """An answer for one visitor is not kept either."""
    app = StaticCache(inner)
    assert [ask(app), ask(app)] == [b"answer 1", b"answer 2"]


def test_an_answer_that_broke_off_is_not_kept() -> None:
    """The next request reaches the app again."""
    app = StaticCache(inner := Inner(FOREVER, breaks=True))
    ask(app)
    ask(app)
    assert inner.asked == 2


def test_a_file_that_many_ask_for_at_once_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets a whole answer, and there is still room for another file."""
    monkeypatch.setattr(static_cache, "MOST_BYTES", 2 * len("answer 1"))
    app = StaticCache(Inner(FOREVER))

    async def together() -> list[bytes]:
        return await asyncio.gather(*(answer(app, "a") for _ in range(5)))

    assert {body[:7] for body in result_of(together())} == {b"answer "}
    assert ask(app, "b") == ask(app, "b")


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts the bytes of all files together."""
    monkeypatch.setattr(static_cache, "MOST_BYTES", 2 * len("answer 1"))
    app = StaticCache(Inner(FOREVER))
    for name in "abc":
        ask(app, name)
    assert [ask(app, name) for name in "abc"] == [b"answer 1", b"answer 2", b"answer 4"]
