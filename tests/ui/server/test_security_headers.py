"""What a request says of gzip is followed; over HTTPS a cookie is for frames of other sites too."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Scope

from linreg.ui.server.security_headers import PageHeaders
from tests.support.asgi import ask
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


def _with_cookies(request: Request) -> Response:
    answer = Response()
    for name in ("_streamlit_xsrf", "other"):
        answer.headers.append("Set-Cookie", f"{name}=2|ab|cd; Path=/; SameSite=Lax")
    return answer


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "SameSite=Lax"),
        ({"X-Forwarded-Proto": "http"}, "SameSite=Lax"),
        ({"X-Forwarded-Proto": "http, https"}, "SameSite=Lax"),
        ({"X-Forwarded-Proto": "https"}, "SameSite=None; Secure; Partitioned"),
        ({"X-Forwarded-Proto": "https,http"}, "SameSite=None; Secure; Partitioned"),
    ],
)
def test_the_cookie_for_uploads_is_kept_in_frames_where_that_is_possible(
    headers: dict[str, str], expected: str
) -> None:
    """Browsers take such a cookie over HTTPS only; other cookies stay as they are."""
    app = Starlette(routes=[Route("/", _with_cookies)], middleware=[Middleware(PageHeaders)])
    sent = result_of(ask(app, "/", headers=headers)).cookies
    assert sent == [
        f"_streamlit_xsrf=2|ab|cd; Path=/; {expected}",
        "other=2|ab|cd; Path=/; SameSite=Lax",
    ]
