"""Shared work: one session does it, all others hear how far it is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from linreg import Experiment
from linreg.ui import cache
from linreg.ui.cache import _shared, _Work

PATIENCE = 30  # seconds before a test that waits for ever fails


class Place:
    """An empty element that keeps what is shown in it."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []
        self.has_shown = threading.Event()

    def progress(self, share: float, text: str) -> None:
        """Keep what a progress bar would show."""
        self.shown.append((share, text))
        self.has_shown.set()

    def empty(self) -> None:
        """Stand for an element that is emptied."""


def test_a_session_that_waits_sees_the_progress_of_the_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of work that has more epochs than one run, as a sweep has, both show the same share."""
    monkeypatch.setattr(cache, "PATIENCE", -1)
    reported, seen = threading.Event(), threading.Event()

    def work(mine: _Work) -> str:
        def report(told: Any) -> str:
            told(300, 400)
            reported.set()
            assert seen.wait(PATIENCE)
            return "done"

        return mine.compute(report)

    def known(mine: _Work) -> str:
        return "done"

    experiment, mine, theirs = Experiment(epochs=100), Place(), Place()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(_shared, "Rates", experiment, mine, work)  # type: ignore[arg-type]
        assert reported.wait(PATIENCE)
        other = pool.submit(_shared, "Rates", experiment, theirs, known)  # type: ignore[arg-type]
        assert theirs.has_shown.wait(PATIENCE)
        seen.set()
        assert (one.result(PATIENCE), other.result(PATIENCE)) == ("done", "done")
    assert mine.shown[-1] == theirs.shown[0] == (0.75, "Rates: epoch 300 of 400")
