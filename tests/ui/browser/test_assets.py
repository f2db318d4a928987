"""The app's scripts: compressed once, and plain for a client that accepts no compression."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from linreg.ui.browser.assets import SOURCES, STYLE, asset_routes, asset_url, script_names

PATIENCE = 30  # seconds before a test that waits for ever fails


def ask(name: str, encodings: str, kind: type[Request] = Request) -> Response:
    """Ask for a script as a browser does."""
    scope = {
        "type": "http",
        "path": asset_url(name),
        "headers": [(b"accept-encoding", encodings.encode())],
        "query_string": b"",
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }
    [route] = [route for route in asset_routes() if route.path == asset_url(name)]
    answer: Response = route.endpoint(kind(scope))
    return answer


def test_of_many_who_ask_at_once_only_the_first_packs_a_script(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others wait for it, and each answer decompresses to the script."""
    name = script_names()[-1]
    content = (SOURCES / name).read_bytes()
    packed: list[int] = []
    compress, arrived = gzip.compress, threading.Semaphore(0)

    class Noted(Request):
        @property
        def headers(self) -> Headers:
            arrived.release()
            return super().headers

    def counted(data: bytes, compresslevel: int, *, mtime: int) -> bytes:
        packed.append(len(data))
        for _ in range(8):
            assert arrived.acquire(timeout=PATIENCE)
        return compress(data, compresslevel, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", counted)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, name, "gzip, br", Noted) for _ in range(8)]
        answers = [each.result(PATIENCE) for each in asked]
    assert packed == [len(content)]
    for answer in answers:
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(bytes(answer.body)) == content


def test_whoever_does_not_unpack_gets_a_script_as_it_is() -> None:
    """A browser may keep it for a year either way."""
    answer = ask("dom.js", "identity")
    assert bytes(answer.body) == (SOURCES / "dom.js").read_bytes()
    assert "content-encoding" not in answer.headers
    assert "immutable" in answer.headers["cache-control"]


def test_the_style_of_every_page_is_one_file() -> None:
    """A browser takes it as a style only if it is called one."""
    answer = ask(STYLE, "")
    assert answer.headers["content-type"].startswith("text/css")
    for name in ("code.css", "print.css"):
        assert (SOURCES / name).read_bytes() in bytes(answer.body)
