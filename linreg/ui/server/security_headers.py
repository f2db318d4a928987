"""HTTP headers of every page, the encodings that a request takes, and a cookie inside frames.

One lets the browser fetch the scripts of the charts at once; otherwise it would learn of them only
after all scripts of Streamlit have run. The others forbid content from any other host, whatever
gets into a page. A request that refuses gzip ("gzip;q=0") no longer names it, since Starlette would
send it. Over HTTPS, Streamlit's cookie for uploads is also for the app inside another site's page.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linreg.ui.browser.assets import PLOTLY, asset_from_page, script_names
from linreg.ui.state.streamlit_internals import UPLOAD_COOKIE

# Streamlit's pages have inline scripts and styles; scripts of components are blobs.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)

# Browsers keep such a cookie apart for each site whose page shows the app.
IN_FRAMES = (b"SameSite=Lax", b"SameSite=None; Secure; Partitioned")

REFUSED = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


class PageHeaders:
    """Middleware that adds headers to every page, and forgets an encoding that is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        plotly = f"<{asset_from_page(PLOTLY)}>; rel=preload; as=script"
        own = [f"<{asset_from_page(name)}>; rel=modulepreload" for name in script_names()]
        self._headers = {
            "Link": ", ".join([plotly, *own]),
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the app's answer with the headers."""
        if scope["type"] != "http":  # a websocket carries thousands of messages
            await self._app(scope, receive, send)
            return
        asked = [
            (name, value)
            for name, value in scope["headers"]
            if name != b"accept-encoding" or not REFUSED.search(value)
        ]

        is_encrypted = _is_encrypted(scope)

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_encrypted:
                    message["headers"] = [_also_in_frames(*each) for each in message["headers"]]
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/html"):
                    headers.update(self._headers)
            await send(message)

        await self._app({**scope, "headers": asked}, receive, add_headers)


def _is_encrypted(scope: Scope) -> bool:
    """Return whether the browser uses HTTPS, as far as the server or a proxy says so."""
    said = Headers(scope=scope).get("X-Forwarded-Proto", "")  # the browser's, then each proxy's
    return "https" in (scope.get("scheme"), said.split(",")[0].strip().lower())


def _also_in_frames(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_cookie = name.lower() == b"set-cookie" and value.startswith(UPLOAD_COOKIE.encode() + b"=")
    return name, value.replace(*IN_FRAMES) if is_cookie else value
