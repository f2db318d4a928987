"""A server's start: it listens first, and a page waits until it is ready."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from typing import cast

import pytest
import streamlit as st

from linreg.ui import assets, warm_up
from linreg.ui import lifespan as life
from linreg.ui.lifespan import lifespan, ready
from tests.app.opened import opened
from tests.coroutines import result_of

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
    """It says so meanwhile, and is then as always."""

    class Late(threading.Event):
        waits = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.waits += 1
            self.set()
            return True

    late = Late()
    monkeypatch.setattr(life, "ready", late)
    app = opened("playground")
    assert late.waits == 1
    assert app.title[0].value == "A straight line, learned"
    app.run()
    assert late.waits == 1


def test_the_server_listens_while_it_warms_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is ready, pages wait; what keeps it warm ends with it."""
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
    """The first page then does what was to be done before, or says what fails; the log has it."""

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
    assert logged == ["The server could not warm up"]


def test_a_server_without_pytorch_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens already, and would be taken for a healthy one."""
    ended: list[tuple[int, int]] = []
    logged: list[str] = []
    monkeypatch.setattr(life, "KEEPER", "linreg.ui.nowhere")
    monkeypatch.setattr(os, "kill", lambda *call: ended.append(call))
    monkeypatch.setattr(life.LOG, "exception", logged.append)
    life._prepare(threading.Event())
    assert ended == [(os.getpid(), signal.SIGTERM)]
    assert logged == ["The server ends, since it could not import what every page needs"]
