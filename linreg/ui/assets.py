"""The scripts that the browser fetches once: plotly.js and the stage's own.

They stand below a folder whose name is a hash of them all and may be kept for a year. They are
served by the app itself: no page calls another host.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from plotly.offline import get_plotlyjs
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = "linreg-assets"
PLOTLY = "plotly.js"
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One script, ready to send."""

    plain: bytes
    packed: bytes

    def respond(self, request: Request) -> Response:
        """Return the script, packed for every browser that takes it so."""
        headers = {"Cache-Control": A_YEAR, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type="text/javascript")
        return Response(self.plain, headers=headers, media_type="text/javascript")


@cache
def _scripts() -> dict[str, bytes]:
    """Return every script by its name: plotly.js as the installed package holds it, and our own."""
    own = sorted(Path(__file__).with_name("browser").glob("*.js"))
    return {PLOTLY: get_plotlyjs().encode()} | {path.name: path.read_bytes() for path in own}


def asset_routes() -> list[Route]:
    """Return a route for each script, below the server's base path."""
    return [
        Route(
            asset_url(name),
            Asset(plain=script, packed=gzip.compress(script, mtime=0)).respond,
            methods=["GET"],
        )
        for name, script in _scripts().items()
    ]


def asset_url(name: str) -> str:
    """Return where the browser finds a script, from the root of the host."""
    digest = hashlib.sha256(b"".join(_scripts().values())).hexdigest()[:12]
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join(part for part in (base, FOLDER, digest, name) if part)


class Preload:
    """Middleware that lets a browser fetch the scripts of the stage while it reads a page.

    Otherwise it would hear of them only when all of Streamlit's own scripts have come and run, and
    the charts of a first visit would wait for a megabyte and a half more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        first = f"<{asset_url(PLOTLY)}>; rel=preload; as=script"
        own = (name for name in _scripts() if name != PLOTLY)
        links = [first, *(f"<{asset_url(name)}>; rel=modulepreload" for name in own)]
        self._links = ", ".join(links)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the scripts in the header of every page."""

        async def name_scripts(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/html"):
                    headers.append("Link", self._links)
            await send(message)

        await self._app(scope, receive, name_scripts)
