"""Sends the picture of a run before its page: see linreg/ui/parts/early_picture.py.

One thread makes these pictures. In a crowd most are refused, since their pages bring them anyway.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from linreg.ui.browser.assets import path_of
from linreg.ui.server.rate_limit import RateLimit

PATH = "linreg-picture"
MOST_WAITING = 2
LONGEST = 2_000  # characters of a question; the browser's has some hundred
CROWD = {"Retry-After": "10"}  # seconds; browsers log a status that says so as an error
A_SECOND, AT_ONCE = 10, 30  # pictures of all visitors together
NO_STORE = {"Cache-Control": "no-store"}


def picture_routes() -> list[Route]:
    """Return the route of the pictures, below the server's base path."""
    return [Route(path_of(PATH), EarlyPictures().send, methods=["GET"])]


class EarlyPictures:
    """The endpoint, with the thread that makes the pictures."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="picture")
        self._waiting = 0
        self._sent = RateLimit(rate=A_SECOND, burst=AT_ONCE)

    async def send(self, request: Request) -> Response:
        """Send the content of a stage; nothing where the page has to bring it, as in a crowd."""
        if self._waiting >= MOST_WAITING or not self._sent.allows(""):
            return Response(status_code=204, headers=NO_STORE | CROWD)
        if len(request.url.query) > LONGEST:
            return Response(status_code=204, headers=NO_STORE)
        asked = parse_qs(request.url.query, keep_blank_values=True)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self._thread, _content, asked)
        finally:
            self._waiting -= 1
        if content is None:
            return Response(status_code=204, headers=NO_STORE)
        return Response(content, headers=NO_STORE, media_type="application/octet-stream")


def _content(asked: dict[str, list[str]]) -> bytes | None:
    from linreg.ui.parts.stage import early_content  # noqa: PLC0415, it imports PyTorch

    return early_content(asked)
