"""A server's start: it listens at once, and pages wait until it is ready."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
import streamlit as st

from linreg.ui.browser import assets
from linreg.ui.server import lifespan as life
from linreg.ui.server import warm_up
from linreg.ui.server.lifespan import lifespan, ready
from tests.support.coroutines import result_of
from tests.support.opened import opened

PATIENCE = 30  # seconds before a test that waits for ever fails
APP = cast(st.App, None)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    served = assets.served.is_set()
    yield
    ready.set()
    if not served:
        assets.served.clear()


def test_a_page_waits_until_the_server_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows a sentence meanwhile, and then the usual page."""
    said: list[str] = []

    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            said.append("waited")
            self.set()
            return True

    @contextmanager
    def spinner(text: str) -> Iterator[None]:
        said.append(text)
        yield
        said.append("ready")

    monkeypatch.setattr(st, "spinner", spinner)
    monkeypatch.setattr(life, "ready", Late())
    app = opened("playground")
    assert "PyTorch" in said[0]
    assert said[1:] == ["waited", "ready"]
    assert app.title


def test_the_server_listens_while_it_warms_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait until the server is ready; the maintenance ends with the server."""
    begun, warm, ended = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> None:
        begun.set()
        assert warm.wait(PATIENCE)

    def until(stop: threading.Event) -> None:
        assert stop.wait(PATIENCE)
        ended.set()

    monkeypatch.setattr(warm_up, "warm_up", slowly)
    monkeypatch.setattr(warm_up, "keep_warm", until)

    async def live() -> None:
        async with lifespan(APP):
            assert await asyncio.to_thread(begun.wait, PATIENCE)
            assert assets.served.is_set()
            assert not ready.is_set()
            warm.set()
            assert await asyncio.to_thread(ready.wait, PATIENCE)
            assert not ended.is_set()

    result_of(live())
    assert ended.wait(PATIENCE)


def test_a_failed_warm_up_keeps_no_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page then does the same work or shows what fails; the log has the error."""

    def fail() -> None:
        raise MemoryError

    logged: list[str] = []
    kept = threading.Event()
    monkeypatch.setattr(warm_up, "warm_up", fail)
    monkeypatch.setattr(warm_up, "keep_warm", lambda stop: kept.set())
    monkeypatch.setattr(life.LOG, "exception", logged.append)

    async def live() -> None:
        async with lifespan(APP):
            assert await asyncio.to_thread(ready.wait, PATIENCE)

    result_of(live())
    assert kept.wait(PATIENCE)
    assert len(logged) == 1


def test_a_server_without_pytorch_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens already, so it would look healthy."""
    ended = threading.Event()

    def end(status: int) -> None:
        if status == 1:
            ended.set()
        threading.Event().wait()  # as os._exit, it never returns

    logged: list[str] = []
    monkeypatch.setitem(sys.modules, "linreg.ui.server.warm_up", None)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(life.LOG, "exception", logged.append)

    async def live() -> None:
        async with lifespan(APP):
            assert await asyncio.to_thread(ended.wait, PATIENCE)
            assert not ready.is_set()

    result_of(live())
    assert logged == ["The server stops, since it could not import what every page needs"]
