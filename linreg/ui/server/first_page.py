"""The page that Streamlit sends, with a script and the style of this app in it.

The script comes before all others. It says what is missing where the page stays empty, and is part
of the page, since every other file may be what is missing. The style is a link at the page's end,
so that it is there before the first element, and wins over Streamlit's own rules, which stand in
the head.

The first page of the menu has the address of the app. Streamlit does not know it under its own name
too, so whoever asks for that is sent to the app's address. So is whoever asks for a page by another
name.
"""

import hashlib
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linreg.sharing.teacher_links import HIDE, read_names
from linreg.ui.browser.assets import SOURCES, STYLE, asset_from_page
from linreg.ui.state.pages import PATHS
from linreg.ui.state.streamlit_internals import PAGE_END, PAGE_HEAD

FIRST = "first.js"
OTHER_NAMES = {"class": "class_board"}  # as the menu calls a page, and its path
# The page is changed, and packed, outside; so Streamlit must send it whole.
NOT_ASKED = {b"accept-encoding", b"if-modified-since", b"if-none-match"}


def first_script() -> str:
    """Return the script as an element of HTML, without indentation and lines of comments."""
    lines = [line.strip() for line in (SOURCES / FIRST).read_text(encoding="utf-8").splitlines()]
    kept = "\n".join(line for line in lines if not line.startswith("//"))
    return f"<script>{kept}</script>"


def style_link() -> str:
    """Return the link to the style as an element of HTML."""
    return f'<link rel="stylesheet" href="{asset_from_page(STYLE)}">'


class FirstPage:
    """Middleware that adds script and style to every page; other answers pass unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._parts = {
            PAGE_HEAD: PAGE_HEAD + first_script().encode(),
            PAGE_END: style_link().encode() + PAGE_END,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the app's answer; a page with both, or 304 where the browser has it so."""
        if not _asks_for_a_page(scope):
            await self._app(scope, receive, send)
            return
        name = scope["path"].rpartition("/")[2]
        moved = {_first_of_menu(scope): "", **OTHER_NAMES}
        if name in moved:
            to = f"./{moved[name]}?{scope['query_string'].decode('latin-1')}".removesuffix("?")
            await RedirectResponse(to)(scope, receive, send)
            return
        asked = [(name, value) for name, value in scope["headers"] if name not in NOT_ASKED]
        known = Headers(scope=scope).get("If-None-Match", "")
        page: list[Message] = []

        async def add_both(message: Message) -> None:
            if not page and not _begins_a_page(message):
                await send(message)
                return
            page.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                for part in self._changed(page, known):
                    await send(part)

        await self._app({**scope, "headers": asked}, receive, add_both)

    def _changed(self, page: list[Message], known: str) -> list[Message]:
        start = page[0]
        body = b"".join(part.get("body", b"") for part in page[1:])
        for found, whole in self._parts.items():
            body = body.replace(found, whole, 1)
        headers = MutableHeaders(scope=start)
        # Pages have headers that name the scripts.
        version = hashlib.sha256(body + asset_from_page("").encode()).hexdigest()[:16]
        headers["ETag"] = f'"{version}"'
        for name in ("Last-Modified", "Content-Length"):
            if name in headers:
                del headers[name]
        if version in known:
            return [{**start, "status": 304}, {"type": "http.response.body", "body": b""}]
        headers["Content-Length"] = str(len(body))
        return [start, {"type": "http.response.body", "body": body}]


def _asks_for_a_page(scope: Scope) -> bool:
    """Return whether a browser opens an address; scripts and files are asked for as */*."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("Accept", "")


def _first_of_menu(scope: Scope) -> str:
    """Return the path of the first page that the teacher's link in the address does not hide."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    hidden = read_names(asked.get(HIDE, []), PATHS)
    return next((path for path in PATHS if path not in hidden), PATHS[0])


def _begins_a_page(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != 200:
        return False
    return Headers(raw=message["headers"]).get("Content-Type", "").startswith("text/html")
