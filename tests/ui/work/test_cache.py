"""Shared work: one session does it, and all others see its progress."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import streamlit as st

from linreg import Experiment, sweep, train
from linreg.core.record import Progress
from linreg.ui.state.fallback import MOST_KEPT, Fallback, WorkError
from linreg.ui.work import cache
from linreg.ui.work.cache import swept, trained

PATIENCE = 30  # seconds before a test that waits for ever fails
EXPERIMENT = Experiment(epochs=100)
RUN = train(EXPERIMENT)


class MovedOn(BaseException):
    """Like the exception with which Streamlit stops a script: no Exception."""


class Place:
    """An empty element that records what is shown in it."""

    def __init__(self, shows: Callable[[], object] = lambda: None) -> None:
        self.shown: list[tuple[float, str]] = []
        self.has_shown = threading.Event()
        self._shows = shows

    def progress(self, share: float, text: str) -> None:
        """Record what a progress bar would show."""
        self.shown.append((share, text))
        self._shows()
        self.has_shown.set()

    def empty(self) -> "Place":
        """Do nothing; an element would be emptied."""
        return self


def place(shows: Callable[[], object] = lambda: None) -> Any:
    """A new element; `shows` is called whenever it shows progress."""
    return Place(shows)


@pytest.fixture(autouse=True)
def new_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is empty, each request is from a session of its own, progress shows at once."""
    st.cache_data.clear()
    monkeypatch.setattr(cache, "fallback", Fallback)
    monkeypatch.setattr(cache, "PATIENCE", -1)


def test_a_session_that_waits_sees_the_progress_of_the_one_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sweep has more epochs than one run; both sessions show the same share of them."""
    reported, seen = threading.Event(), threading.Event()
    found = sweep(EXPERIMENT, [0.1])

    def work(experiment: Experiment, lrs: tuple[float, ...], progress: Progress) -> object:
        assert not reported.is_set(), "the work is done twice"
        progress(300, 400)
        reported.set()
        assert seen.wait(PATIENCE)
        return found

    monkeypatch.setattr(cache, "sweep", work)
    mine, theirs = place(), place()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(swept, EXPERIMENT, (0.1,), mine)
        assert reported.wait(PATIENCE)
        other = pool.submit(swept, EXPERIMENT, (0.1,), theirs)
        assert theirs.has_shown.wait(PATIENCE)
        seen.set()
        for each in (one, other):
            assert each.result(PATIENCE).weight.tobytes() == found.weight.tobytes()
    assert mine.shown[-1] == theirs.shown[0] == (0.75, "Training all rates: epoch 300 of 400")


def test_a_sweep_over_other_rates_is_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not get the failure of a sweep of the same experiment that is under way."""
    begun, asked = threading.Event(), threading.Event()
    found = sweep(EXPERIMENT, [0.2])

    def work(experiment: Experiment, lrs: tuple[float, ...], progress: Progress) -> object:
        if lrs == (0.1,):
            begun.set()
            assert asked.wait(PATIENCE)
            raise MemoryError
        progress(1, 100)
        return found

    monkeypatch.setattr(cache, "sweep", work)
    theirs = place()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(swept, EXPERIMENT, (0.1,), place())
        assert begun.wait(PATIENCE)
        other = pool.submit(swept, EXPERIMENT, (0.2,), theirs)
        assert theirs.has_shown.wait(PATIENCE)
        asked.set()
        with pytest.raises(WorkError):
            one.result(PATIENCE)
        assert other.result(PATIENCE).lr.tolist() == found.lr.tolist()


def test_sessions_that_wait_for_work_that_fails_get_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None of ten sessions hangs or repeats the failed work; a later request tries again."""
    began, places, tries = threading.Event(), [place() for _ in range(10)], 0

    def fail(experiment: Experiment, progress: Progress) -> None:
        nonlocal tries
        tries += 1
        began.set()
        assert all(each.has_shown.wait(PATIENCE) for each in places)
        raise MemoryError

    monkeypatch.setattr(cache, "replayed", fail)
    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(trained, EXPERIMENT, place())
        assert began.wait(PATIENCE)
        others = [pool.submit(trained, EXPERIMENT, each) for each in places]
        sentences = {str(each.exception(PATIENCE)) for each in (first, *others)}
        assert {type(each.exception()) for each in others} == {WorkError}
    assert sentences == {
        "Training ran out of memory. Use fewer epochs, fewer points or another device."
    }
    assert tries == 1
    monkeypatch.setattr(cache, "replayed", lambda experiment, progress: RUN)
    assert trained(EXPERIMENT, place()).checkpoint == RUN.checkpoint


@pytest.mark.parametrize("error", [MovedOn("its session has moved on"), ValueError("too much")])
def test_what_is_no_failure_of_the_work_passes_as_it_is(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped script, or a ValueError for which the page has its own sentence; not kept."""

    def stop(experiment: Experiment, progress: Progress) -> None:
        raise error

    monkeypatch.setattr(cache, "replayed", stop)
    with pytest.raises(type(error), match=f"^{error}$"):
        trained(EXPERIMENT, place())
    monkeypatch.setattr(cache, "replayed", lambda experiment, progress: RUN)
    assert trained(EXPERIMENT, place()).checkpoint == RUN.checkpoint


def test_a_session_keeps_no_more_than_its_share_of_results() -> None:
    """The first results that fit are kept; a large result does not replace others."""
    kept, sizes = Fallback(), (MOST_KEPT - 10, 20, 10, 1)
    experiments = [Experiment(seed=seed) for seed in range(4)]
    kept.begin("Tune", experiments[0])
    for experiment, size in zip(experiments, sizes, strict=True):
        kept.result(("Training", experiment, ()), size, lambda: "done")
    kept.end(experiments[0])
    assert [experiment.seed for _, experiment, _ in kept.kept] == [0, 2]


def test_a_session_that_moves_on_when_it_is_next_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has waited for another session's work, would do it next, and leaves before that."""

    class Leaving:
        @contextmanager
        def pause(self) -> Iterator[None]:
            yield
            raise MovedOn

    began, go_on = threading.Event(), threading.Event()

    def work(experiment: Experiment, progress: Progress) -> object:
        began.set()
        assert go_on.wait(PATIENCE)
        return RUN

    def never() -> None:
        raise AssertionError("it waits for the session that has left")

    monkeypatch.setattr(cache, "replayed", work)
    waits = place()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(trained, EXPERIMENT, place())
        assert began.wait(PATIENCE)
        monkeypatch.setattr(cache, "SLOTS", Leaving())
        second = pool.submit(trained, EXPERIMENT, waits)
        assert waits.has_shown.wait(PATIENCE)
        go_on.set()
        assert first.result(PATIENCE).checkpoint == RUN.checkpoint
        with pytest.raises(MovedOn):
            second.result(PATIENCE)
    assert trained(EXPERIMENT, place(never)).checkpoint == RUN.checkpoint
