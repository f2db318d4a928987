"""What the board's routes accept, and how they answer: JSON, a status, a sentence."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from linreg.board.names import LONGEST_TOKEN
from linreg.board.refusals import BoardRefusal, BoardUnavailable

MOST_BYTES = 1024  # of a request's body
BODY_WAIT = 10.0  # seconds
NO_STORE = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]


def as_route(work: Endpoint) -> Endpoint:
    """Return an endpoint that answers what `work` refuses with a status and a sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            _check_origin(request)
            return await work(request)
        except BoardRefusal as refusal:
            return json_response({"error": refusal.sentence}, status=refusal.status)
        except BoardUnavailable as failure:
            return json_response({"error": str(failure)}, status=503)

    return endpoint


def json_response(content: Any, status: int = 200, **headers: str) -> Response:
    """Return JSON that nobody stores."""
    return Response(json_text(content), status, NO_STORE | headers, "application/json")


def json_text(content: Any) -> str:
    """Return JSON without spaces and line breaks."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def token_of(request: Request, header: str) -> str:
    """Return the token or the secret in a header."""
    token = request.headers.get(header, "")
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise BoardRefusal(403, f"The header {header} is missing or wrong.")
    return token


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object in a request; it is short, and comes soon."""
    try:
        async with asyncio.timeout(BODY_WAIT):
            found = json.loads(await _read(request))
    except (ValueError, RecursionError):
        raise BoardRefusal(400, "The request is not JSON.") from None
    except (TimeoutError, ClientDisconnect):
        raise BoardRefusal(400, "The request did not arrive.") from None
    if not isinstance(found, dict):
        raise BoardRefusal(400, "The request is not a JSON object.")
    return found


async def _read(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise BoardRefusal(413, f"A request has {MOST_BYTES:,} bytes at most.")
    return body


def _check_origin(request: Request) -> None:
    """Refuse a request from a page of another site.

    Where a browser says how its page relates to this site, that counts, since a proxy may have
    changed the host. A program that is no browser says nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        origin = request.headers.get("Origin")
        is_other = origin is not None and origin.partition("://")[2] != request.headers.get("Host")
    else:
        is_other = site not in ("same-origin", "none")
    if is_other:
        raise BoardRefusal(403, "Another site's page may not do this.")
