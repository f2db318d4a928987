"""What the server does now and then while it runs."""

import threading

import pytest
import streamlit as st

from linreg.ui import warm_up
from linreg.ui.warm_up import keep_warm

PATIENCE = 30  # seconds before a test that waits for ever fails


def test_the_caches_are_emptied_now_and_then_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what Streamlit keeps of each key that was ever asked for."""
    monkeypatch.setattr(warm_up, "LATER", 0.0)
    monkeypatch.setattr(warm_up, "TEN_MINUTES", 0.01)
    computed: list[int] = []
    forgotten = threading.Event()

    @st.cache_data(show_spinner=False)
    def square(number: int) -> int:
        computed.append(number)
        if computed.count(7) > 1:
            forgotten.set()
        return number * number

    stop = threading.Event()
    forgetting = threading.Thread(target=keep_warm, args=(stop,))
    forgetting.start()
    for _ in range(100 * PATIENCE):
        assert square(7) == 49
        if forgotten.wait(0.01):
            break
    assert forgotten.is_set()
    stop.set()
    forgetting.join(PATIENCE)
    assert not forgetting.is_alive()
