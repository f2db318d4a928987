"""A server's start: it listens first, and a page waits until it is ready."""

import asyncio
import threading
from collections.abc import Iterator
from typing import cast

import pytest
import streamlit as st
from streamlit.logger import get_logger

from linreg.ui import assets, warm_up
from linreg.ui.lifespan import lifespan, ready
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


def test_pages_wait_until_the_server_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens while it warms up; what keeps it warm ends with it."""
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
    monkeypatch.setattr(warm_up, "warm_up", fail)
    monkeypatch.setattr(get_logger("linreg"), "exception", logged.append)

    async def live() -> None:
        async with lifespan(APP):
            assert await asyncio.to_thread(ready.wait, PATIENCE)

    result_of(live())
    assert logged == ["The server could not warm up"]
