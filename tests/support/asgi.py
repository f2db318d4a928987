"""Requests to an ASGI app without a server: the app is called as uvicorn calls it."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    cookies: list[str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


async def ask(
    app: ASGIApp,
    path: str,
    *,
    query: str = "",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | Iterable[bytes] = b"",
) -> Answer:
    """Send one request, its body in these parts; return the whole answer."""
    parts = [body] if isinstance(body, bytes) else list(body)
    arriving: list[Message] = [
        {"type": "http.request", "body": part, "more_body": i < len(parts)}
        for i, part in enumerate(parts, start=1)
    ]
    sent: list[Message] = []
    over = asyncio.Event()

    async def receive() -> Message:
        if arriving:
            return arriving.pop(0)
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"host": "class.example", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in named.items()],
    }
    await app(scope, receive, send)
    over.set()
    received = [(k.decode(), v.decode()) for k, v in sent[0]["headers"]]
    return Answer(
        status=sent[0]["status"],
        headers=dict(received),
        cookies=[value for name, value in received if name == "set-cookie"],
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )
