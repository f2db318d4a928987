"""Files that never change, compressed once and then sent from memory.

A visitor's first page needs about sixty files of Streamlit, each with a hash of its content in its
name. Reading and compressing them again for each of a hundred students who arrive together would
slow all sessions.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = "immutable"  # in Cache-Control, for files with a hash in their name
PARTS = {"if-none-match", "if-modified-since", "range"}  # they ask for less than the file
MOST_BYTES = 32_000_000  # of all files together; Streamlit's are 10 MB uncompressed


class StaticCache:
    """Middleware that keeps complete answers with immutable content, and sends them again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, bool], list[Message]] = {}
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where that is possible."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key = scope["path"], "gzip" in headers.get("Accept-Encoding", "")
        if PARTS & set(headers.keys()) or scope["query_string"]:
            await self._app(scope, receive, send)
        elif key in self._kept:
            for message in self._kept[key]:
                await send(message)
        else:
            await self._answer_and_keep(key, scope, receive, send)

    async def _answer_and_keep(
        self, key: tuple[str, bool], scope: Scope, receive: Receive, send: Send
    ) -> None:
        messages: list[Message] = []

        async def listen(message: Message) -> None:
            if not messages or _may_be_kept(messages[0]):
                messages.append(message)
            await send(message)

        await self._app(scope, receive, listen)
        size = sum(len(message.get("body", b"")) for message in messages)
        is_new = key not in self._kept  # several requests may have come at once
        if is_new and _is_whole(messages) and self._size + size <= MOST_BYTES:
            self._kept[key] = messages
            self._size += size


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=start.get("headers", []))
    forever = FOREVER in headers.get("Cache-Control", "")
    return (
        start["type"] == "http.response.start"
        and start["status"] == 200
        and forever
        and "Set-Cookie" not in headers
    )


def _is_whole(messages: list[Message]) -> bool:
    return (
        len(messages) > 1
        and _may_be_kept(messages[0])
        and all(message["type"] == "http.response.body" for message in messages[1:])
        and not messages[-1].get("more_body", False)
    )
