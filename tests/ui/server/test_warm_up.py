"""The server's maintenance while it runs."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import streamlit as st

from linreg.ui.server import warm_up
from linreg.ui.server.warm_up import keep_warm


class Stop(threading.Event):
    """An event that is set after some waits; waiting takes no time."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.left = waits

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once; true after the last wait."""
        assert timeout in (warm_up.LATER, warm_up.TEN_MINUTES)
        self.left -= 1
        return self.left < 0


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the calls, in order."""
    done: list[str] = []

    def note(what: str) -> Callable[[], None]:
        return lambda: done.append(what)

    for name in ("content", "results_text"):
        monkeypatch.setattr(warm_up, name, SimpleNamespace(clear=note(name)))
    monkeypatch.setattr(st.cache_data, "clear", note("all"))
    monkeypatch.setattr(warm_up, "warm_up_the_rest", note("rest"))
    monkeypatch.setattr(warm_up, "remove_expired_rooms", note("rooms"))
    return done


def test_charts_are_forgotten_every_ten_minutes_and_all_every_hour(done: list[str]) -> None:
    """First the rest is warmed up. Old rooms are deleted at the start and every ten minutes."""
    keep_warm(Stop(1 + 12))
    assert done.count("rooms") == 1 + 12
    others = [name for name in done if name != "rooms"]
    assert others == ["rest", *(["content", "results_text"] * 5 + ["all"]) * 2]


def test_a_server_that_ends_at_once_warms_nothing_up(done: list[str]) -> None:
    """And no cache is emptied."""
    stop = Stop(0)
    keep_warm(stop)
    assert done == []


def test_what_could_not_be_warmed_up_keeps_nothing_in_memory(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caches are emptied nevertheless."""

    def fail() -> None:
        raise MemoryError

    monkeypatch.setattr(warm_up, "warm_up_the_rest", fail)
    keep_warm(Stop(1 + 1))
    assert done == ["rooms", "content", "results_text", "rooms"]
