"""Shared work: one session does it, and all others see its progress."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from linreg import Experiment
from linreg.ui.state.fallback import MOST_KEPT, Fallback, WorkError
from linreg.ui.work import cache
from linreg.ui.work.cache import _shared, _Work

PATIENCE = 30  # seconds before a test that waits for ever fails


class Place:
    """An empty element that records what is shown in it."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, str]] = []
        self.has_shown = threading.Event()

    def progress(self, share: float, text: str) -> None:
        """Record what a progress bar would show."""
        self.shown.append((share, text))
        self.has_shown.set()

    def empty(self) -> "Place":
        """Do nothing; an element would be emptied."""
        return self


def test_a_session_that_waits_sees_the_progress_of_the_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sweep has more epochs than one run; both sessions show the same share of them."""
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


def test_sessions_that_wait_for_work_that_fails_get_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None of ten sessions hangs or repeats the failed work; a later request tries again."""
    monkeypatch.setattr(cache, "PATIENCE", -1)
    began, waiting = threading.Event(), threading.Semaphore(0)
    tries: list[_Work] = []

    class Waiting(Place):
        def progress(self, share: float, text: str) -> None:
            if not self.shown:
                waiting.release()
            super().progress(share, text)

    def fail(mine: _Work) -> str:
        tries.append(mine)
        began.set()
        for _ in range(10):
            assert waiting.acquire(timeout=PATIENCE)
        raise MemoryError

    def work(mine: _Work) -> str:
        tries.append(mine)
        return "done"

    experiment, place = Experiment(epochs=100), Place()
    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(_shared, "Training", experiment, place, fail)  # type: ignore[arg-type]
        assert began.wait(PATIENCE)
        others = [
            pool.submit(_shared, "Training", experiment, Waiting(), work)  # type: ignore[arg-type]
            for _ in range(10)
        ]
        sentences = {str(each.exception(PATIENCE)) for each in (first, *others)}
        assert {type(each.exception()) for each in others} == {WorkError}
    assert sentences == {
        "Training ran out of memory. Use fewer epochs, fewer points or another device."
    }
    assert len(tries) == 1
    assert _shared("Training", experiment, place, work) == "done"  # type: ignore[arg-type]


def test_what_stops_a_script_is_no_failure() -> None:
    """Streamlit stops a run with a BaseException; the next session then does the work."""

    class Stop(BaseException):
        pass

    def stop(mine: _Work) -> str:
        raise Stop

    with pytest.raises(Stop):
        _shared("Training", Experiment(), Place(), stop)  # type: ignore[arg-type]
    assert _shared("Training", Experiment(), Place(), lambda mine: "done") == "done"  # type: ignore[arg-type]


def test_what_is_refused_passes_as_it_is() -> None:
    """A ValueError says what is too much; the page shows its own sentence for that."""

    def refuse(mine: _Work) -> str:
        raise ValueError("too much")

    with pytest.raises(ValueError, match=r"^too much$"):
        _shared("Training", Experiment(), Place(), refuse)  # type: ignore[arg-type]


def test_a_session_keeps_no_more_than_its_share_of_results() -> None:
    """The first results that fit are kept; a large result does not replace others."""
    kept, sizes = Fallback(), (MOST_KEPT - 10, 20, 10, 1)
    experiments = [Experiment(seed=seed) for seed in range(4)]
    kept.begin("Tune", experiments[0])
    for experiment, size in zip(experiments, sizes, strict=True):
        kept.result(("Training", experiment), size, lambda: "done")
    kept.end(experiments[0])
    assert [experiment.seed for _, experiment in kept.kept] == [0, 2]


def test_a_session_that_moves_on_when_it_is_next_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has waited for another session's work, would do it next, and leaves before that."""

    class MovedOn(BaseException):
        """Like the exception of a stopped script, no Exception."""

    class Leaving:
        @contextmanager
        def pause(self) -> Iterator[None]:
            yield
            raise MovedOn

    def never(mine: _Work) -> str:
        raise AssertionError("it had left")

    monkeypatch.setattr(cache, "PATIENCE", -1)
    monkeypatch.setattr(cache, "SLOTS", Leaving())
    experiment, place = Experiment(epochs=100), Place()
    key = "Rates", experiment
    cache._under_way[key] = _Work(lambda done, total: None, 100)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_shared, key[0], experiment, place, never)  # type: ignore[arg-type]
        assert place.has_shown.wait(PATIENCE)
        del cache._under_way[key]
        with pytest.raises(MovedOn):
            waiting.result(PATIENCE)
    assert key not in cache._under_way
