"""The two scripts that the browser fetches once: plotly.js and the stage's own.

Each stands under a name that holds a hash of its content and may be kept for a year. They are
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
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One script, ready to send."""

    name: str
    plain: bytes
    packed: bytes

    def respond(self, request: Request) -> Response:
        """Return the script, packed for every browser that takes it so."""
        headers = {"Cache-Control": A_YEAR, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type="text/javascript")
        return Response(self.plain, headers=headers, media_type="text/javascript")


def _asset(stem: str, script: str) -> Asset:
    plain = script.encode()
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return Asset(name=f"{stem}-{digest}.js", plain=plain, packed=gzip.compress(plain, mtime=0))


@cache
def plotly_script() -> Asset:
    """Return plotly.js as the installed plotly package holds it."""
    return _asset("plotly", get_plotlyjs())


@cache
def stage_script() -> Asset:
    """Return the stage's own script."""
    return _asset("stage", Path(__file__).with_name("stage.js").read_text(encoding="utf-8"))


def asset_routes() -> list[Route]:
    """Return the routes of both scripts, below the server's base path."""
    return [
        Route(_path(asset), asset.respond, methods=["GET"])
        for asset in (plotly_script(), stage_script())
    ]


def asset_urls() -> dict[str, str]:
    """Return where the browser finds each script, from the root of the host."""
    return {"plotly": _path(plotly_script()), "stage": _path(stage_script())}


def _path(asset: Asset) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join(part for part in (base, FOLDER, asset.name) if part)
