"""The app's scripts: compressed once, and plain for a client that accepts no compression."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request
from starlette.responses import Response

from linreg.ui.browser import assets


def ask(name: str, encodings: str) -> Response:
    """Ask for a script as a browser does."""
    scope = {
        "type": "http",
        "path": assets.asset_url(name),
        "headers": [(b"accept-encoding", encodings.encode())],
        "query_string": b"",
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }
    return assets._send(Request(scope))


def test_of_many_who_ask_at_once_only_the_first_packs_a_script(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others wait for it, and each answer decompresses to the script."""
    packed: list[int] = []
    compress, together = gzip.compress, threading.Barrier(8)

    def counted(data: bytes, compresslevel: int, *, mtime: int) -> bytes:
        packed.append(len(data))
        threading.Event().wait(0.2)  # long enough for the others to come
        return compress(data, compresslevel, mtime=mtime)

    def visit() -> Response:
        together.wait(30)
        return ask("dom.js", "gzip, br")

    monkeypatch.setattr(gzip, "compress", counted)
    assets._packed.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        answers = [each.result() for each in [pool.submit(visit) for _ in range(8)]]
    assert len(packed) == 1
    for answer in answers:
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(bytes(answer.body)) == assets._scripts()["dom.js"]


def test_whoever_does_not_unpack_gets_a_script_as_it_is() -> None:
    """A browser may keep it for a year either way."""
    answer = ask("dom.js", "identity")
    assert bytes(answer.body) == assets._scripts()["dom.js"]
    assert "content-encoding" not in answer.headers
    assert "immutable" in answer.headers["cache-control"]
