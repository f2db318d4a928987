"""The route of pictures that come before their page."""

import asyncio
import threading

import pytest
from starlette.applications import Starlette

from linreg import Experiment, train
from linreg.ui.parts.stage import content
from linreg.ui.server import early_pictures
from linreg.ui.server.early_pictures import AT_ONCE, MOST_WAITING, picture_routes
from tests.support.asgi import Answer, ask
from tests.support.coroutines import result_of
from tests.ui.parts.test_packing import PICTURE


def asked(*queries: str) -> list[Answer]:
    """What the route answers when it gets all of these at once."""
    app = Starlette(routes=picture_routes())

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(ask(app, "/linreg-picture", query=each) for each in queries))

    return result_of(all_of_them())


def test_it_sends_what_the_page_will_bring_and_nothing_for_what_must_wait() -> None:
    """Bytes that nobody stores, or no content."""
    picture, wrong = asked("lr=0.02&epochs=7", "lr=fast")
    (long,) = asked("lr=0.02&" + "&".join(["epochs=7"] * 250))
    expected = content(train(Experiment(lr=0.02, epochs=7)), PICTURE, early=True)
    assert (picture.status, picture.body) == (200, expected)
    assert picture.headers["cache-control"] == "no-store"
    assert [(each.status, each.body) for each in (wrong, long)] == [(204, b"")] * 2


def test_a_crowd_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is made and one waits; later there are only so many a second."""
    go_on = threading.Event()
    made: list[object] = []

    def slow(query: object) -> bytes:
        go_on.wait(10)
        made.append(query)
        return b""

    monkeypatch.setattr(early_pictures, "_content", slow)
    threading.Timer(0.2, go_on.set).start()
    at_once = asked(*["lr=0.1"] * 5)
    assert sorted(each.status for each in at_once) == [200] * MOST_WAITING + [204] * 3
    assert {each.headers.get("retry-after") for each in at_once if each.status == 204} == {"10"}
    assert len(made) == MOST_WAITING

    app = Starlette(routes=picture_routes())

    async def one_after_another() -> list[int]:
        return [(await ask(app, "/linreg-picture")).status for _ in range(AT_ONCE + 5)]

    statuses = result_of(one_after_another())
    assert statuses[:AT_ONCE] == [200] * AT_ONCE
    assert 204 in statuses[AT_ONCE:]
