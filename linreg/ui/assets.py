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
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = "linreg-assets"
PLOTLY = "plotly.js"
SENT_WITH_PAGES = {"tab.js"}  # small, and wanted by few
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
    scripts = Path(__file__).with_name("browser").glob("*.js")
    own = sorted(path for path in scripts if path.name not in SENT_WITH_PAGES)
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


def script_names() -> list[str]:
    """Return the names of the stage's own scripts, without plotly.js."""
    return [name for name in _scripts() if name != PLOTLY]
