"""What all phones of a class ask at once is answered before the middleware for pages.

A class answers at the same moment. The middleware for pages, and Streamlit's own, would take a
third of the time of each such request, and add nothing to a few hundred bytes of JSON.
"""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from linreg.ui.browser.assets import path_of
from linreg.ui.server.board_routes import FOLDER

SHORT = ("/answer", "/state")  # the others may have large answers, or endless ones


class BoardFirst:
    """Middleware that answers these requests itself; `routes` are those of the board."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self._app = app
        self._board = Starlette(routes=[each for each in routes if each.path.endswith(SHORT)])
        self._folder = path_of(FOLDER) + "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        is_short = (
            scope["type"] == "http"
            and scope["path"].startswith(self._folder)
            and scope["path"].endswith(SHORT)
        )
        await (self._board if is_short else self._app)(scope, receive, send)
