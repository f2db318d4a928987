"""What is put into every page, and what else of the answer changes with it."""

import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from linreg.ui.server.first_page import FirstPage, first_script, style_link
from tests.support.asgi import Answer, ask
from tests.support.coroutines import result_of

PAGE = "<!DOCTYPE html><html><head><script src=x></script></head><body>é</body></html>"
OLD = {"ETag": '"old"', "Last-Modified": "Thu, 26 Nov 2026 08:00:00 GMT"}


def page(request: Request) -> Response:
    """A page that does not change, unless something other than its ETag is asked for."""
    asked = request.headers
    if "If-Modified-Since" in asked or '"old"' in asked.get("If-None-Match", ""):
        return Response(status_code=304)
    return HTMLResponse(PAGE, headers=OLD)


def text(_request: Request) -> Response:
    """What is no page."""
    return PlainTextResponse(PAGE, headers=OLD)


def get(path: str, method: str = "GET", **headers: str) -> Answer:
    """The whole answer, by all layers that change a page."""
    layers = [Middleware(GZipMiddleware), Middleware(FirstPage)]
    app = Starlette(routes=[Route("/", page), Route("/text", text)], middleware=layers)
    named = {"Accept": "text/html,*/*;q=0.8"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    path, _, query = path.partition("?")

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "query_string": query.encode()}, receive, send)

    return result_of(ask(asked, path, method=method, headers=named))


def test_a_page_begins_with_the_script_ends_with_the_style_and_is_otherwise_as_it_was() -> None:
    """Its length and its version are those of the changed page; nothing else is changed."""
    answer = get("/")
    expected = PAGE.replace("<head>", f"<head>{first_script()}")
    assert answer.body.decode() == expected.replace("</body>", f"{style_link()}</body>")
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "last-modified" not in answer.headers
    assert answer.headers["etag"] != OLD["ETag"]
    assert get("/text").body.decode() == PAGE
    assert get("/", Accept="*/*").body.decode() == PAGE
    assert get("/", "HEAD").headers["content-type"].startswith("text/html")


def test_a_browser_that_has_the_page_gets_it_no_second_time() -> None:
    """It has it if it knows the version of the changed page, and only then."""
    version = get("/").headers["etag"]
    for known in (version, f'W/{version}, "x"'):
        again = get("/", If_None_Match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", version)
    for unknown in ('"x"', OLD["ETag"]):  # the second is Streamlit's own page
        assert get("/", If_None_Match=unknown).status == 200
    assert get("/", If_Modified_Since=OLD["Last-Modified"]).status == 200
    assert get("/", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"


def test_the_first_page_of_the_menu_is_found_by_its_name_too() -> None:
    """Its address is the app's; below a path too, and with a link that hides the first one."""
    for path, to in (
        ("/playground", "./"),
        ("/below/playground?lr=0.1&at=3", "./?lr=0.1&at=3"),
        ("/lesson?hide=playground-tune", "./?hide=playground-tune"),
        ("/lesson?hide=tune&hide=playground", "./?hide=tune&hide=playground"),
        ("/class", "./class_board"),  # as the menu calls it
        ("/below/class?room=BCDFG", "./class_board?room=BCDFG"),
    ):
        answer = get(path)
        assert (answer.status, answer.headers["location"]) == (307, to)
    for path in ("/lesson", "/class_board", "/playground?hide=playground"):
        assert get(path).status == 404  # nothing here knows it; in the app it is one of its pages


def test_the_script_is_short_and_for_browsers_of_2009() -> None:
    """No keyword, function or quote that came later; nothing in it ends the element early."""
    script = re.fullmatch(r"<script>(.*)</script>", first_script(), re.DOTALL)
    assert script
    assert "</" not in script[1]
    assert len(script[1]) < 3_200
    code = re.sub(r'"[^"\n]*"', "", script[1])
    assert not re.findall(r"=>|`|\b(?:const|let|class|async|await|of|fetch|Promise)\b", code)
