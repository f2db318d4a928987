"""HTTP headers of every page, and the encodings that a request takes.

One lets the browser fetch the scripts of the charts at once; otherwise it would learn of them only
after all scripts of Streamlit have run. The others forbid content from any other host, whatever
gets into a page. A request that refuses gzip ("gzip;q=0") no longer names it, since Starlette would
send it.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linreg.ui.browser.assets import PLOTLY, asset_from_page, script_names

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

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/html"):
                    headers.update(self._headers)
            await send(message)

        await self._app({**scope, "headers": asked}, receive, add_headers)
