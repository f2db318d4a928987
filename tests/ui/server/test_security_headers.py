"""What a request says of gzip is followed, also where it says no."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message, Scope

from linreg.ui.server.security_headers import PageHeaders
from tests.support.coroutines import result_of


def _long(request: Request) -> PlainTextResponse:
    return PlainTextResponse("a" * 5_000)


async def _encoding(accepts: bytes) -> bytes | None:
    layers = [Middleware(PageHeaders), Middleware(GZipMiddleware)]
    app = Starlette(routes=[Route("/", _long)], middleware=layers)
    headers = [(b"host", b"localhost"), (b"accept-encoding", accepts)]
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app({**scope, "query_string": b"", "root_path": ""}, receive, send)
    return dict(sent[0]["headers"]).get(b"content-encoding")


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        (b"gzip", b"gzip"),
        (b"br, gzip;q=0.5", b"gzip"),
        (b"gzip;q=0", None),
        (b"br, GZip ; q=0.000, *", None),
        (b"identity", None),
    ],
)
def test_gzip_is_sent_only_where_it_is_taken(accepts: bytes, encoding: bytes | None) -> None:
    """A quality of zero refuses it."""
    assert result_of(_encoding(accepts)) == encoding
