"""The cached training function, shared by all sessions of the server.

A class that opens the teacher's link trains once: the first session trains, sessions that ask
meanwhile wait for its result, and later ones read it from memory. Results are immutable. The
number of sessions that compute at the same time is the number of slots.
"""

import contextvars
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.sweeps import Sweep, sweep
from linreg.core.experiment import Experiment
from linreg.core.record import Progress
from linreg.core.training import Run
from linreg.engines.replay import replayed
from linreg.mistakes.run import Trial, run_mistake
from linreg.settings.choices import Mistake
from linreg.ui.state.fallback import Key, WorkError, failure_sentence, fallback
from linreg.ui.state.streamlit_internals import LostPlaceError, give_way_to_the_next
from linreg.ui.work.log import log_failure, log_work
from linreg.ui.work.queue import GLANCE, SLOTS, Job
from linreg.walkthrough.resume import Bookmark, bookmarks

ENTRIES = 512
MEMORY = "128MB"
EPOCHS_OF_A_POINT = 4  # one point of own data costs as much memory as four epochs of history
PATIENCE = 0.5  # seconds before a progress bar shows

# How Streamlit compares arguments. By default it hashes a settings object value by value.
BY_SETTINGS: dict[str | type, Callable[[Any], Any]] = {
    Experiment: repr,
    Run: lambda run: repr(run.experiment),  # its experiment decides everything else in it
}

T = TypeVar("T")


@dataclass
class _Work:
    """Work of one session: its progress, where to show it, and why it failed."""

    show: Progress
    total: int
    done: int = 0
    computed: bool = False
    failure: str = ""

    def compute(self, job: Job[T]) -> T:
        """Return the result of `job`, computed while this session holds a slot."""
        self.computed = True
        return SLOTS.compute(job, self.progress, self.total)

    def progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self.show(done, total)


class _AtOnce(_Work):
    """Work outside the queue: a session with a slot may be waiting for its result."""

    def compute(self, job: Job[T]) -> T:
        self.computed = True
        return job(self.show)


_under_way: dict[Key, _Work] = {}


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _trained(experiment: Experiment, _work: _Work) -> Run:
    return _work.compute(partial(replayed, experiment))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _bookmarked(experiment: Experiment, _work: _Work) -> tuple[Bookmark, ...]:
    return _work.compute(partial(bookmarks, experiment))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _swept(experiment: Experiment, lrs: tuple[float, ...], _work: _Work) -> Sweep:
    return _work.compute(partial(sweep, experiment, lrs))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _tried(experiment: Experiment, mistake: Mistake, _work: _Work) -> Trial:
    return _work.compute(partial(run_mistake, experiment, mistake))


def trained(experiment: Experiment, place: DeltaGenerator) -> Run:
    """Return the run of `experiment`, from the cache where it is there.

    Arguments:
        experiment: what to run; equal experiments share one entry.
        place: an empty element, or a container; a run of more than half a second shows its
            progress there, in each session that waits for it. A session that has moved on stops at
            such a report.

    Raises:
        WorkError: it has failed, here or in the session that was waited for; with a sentence.
    """
    return _asked("Training", experiment, place, partial(_trained, experiment))


def trained_at_once(experiment: Experiment) -> Run:
    """Return the run of a short experiment, without a place in the queue or a progress bar.

    A page that asks for the same run meanwhile waits for it.
    """
    start, work = time.monotonic(), _AtOnce(lambda _done, _total: None, experiment.epochs)
    run = _trained(experiment, work)
    if work.computed:
        log_work("Training", experiment, time.monotonic() - start, computed=True)
    return run


def bookmarked(experiment: Experiment, place: DeltaGenerator) -> tuple[Bookmark, ...]:
    """Return the bookmarks of a run, in the same way."""
    return _asked("Placing bookmarks", experiment, place, partial(_bookmarked, experiment))


def swept(experiment: Experiment, lrs: tuple[float, ...], place: DeltaGenerator) -> Sweep:
    """Return the sweep of an experiment over learning rates, in the same way."""
    job = partial(_swept, experiment, lrs)
    return _asked("Training all rates", experiment, place, job, rates=lrs)


def tried(experiment: Experiment, mistake: Mistake, place: DeltaGenerator) -> Trial:
    """Return what happens when the experiment's code has a mistake, in the same way.

    Raises:
        ValueError: the mistake cannot be made with these settings.
    """
    with_it = replace(experiment, mistake=mistake)
    return _asked("Training wrong code", with_it, place, partial(_tried, experiment, mistake))


def _asked(
    name: str,
    experiment: Experiment,
    place: DeltaGenerator,
    job: Callable[[_Work], T],
    *,
    rates: tuple[float, ...] = (),
) -> T:
    """Return the result of `job`; the session keeps it for a page on which work fails."""
    own = len(experiment.points or ())
    return fallback().result(
        (name, experiment, rates),
        max(1, len(rates)) * experiment.epochs + EPOCHS_OF_A_POINT * own,
        lambda: _shared(name, experiment, place, job, rates),
    )


def _shared(
    name: str,
    experiment: Experiment,
    place: DeltaGenerator,
    job: Callable[[_Work], T],
    rates: tuple[float, ...] = (),
) -> T:
    """Return the result of `job`; where another session does the same work, wait for that.

    Arguments:
        name: of the work, for the progress bar.
        rates: those of a sweep. Work with the same name, experiment and rates is the same.

    Raises:
        WorkError: it failed; all who waited get the same sentence, and the log the traceback.
        ValueError: the job refused it.
    """
    outside = contextvars.copy_context()  # inside a cached function Streamlit would record elements
    start = time.monotonic()
    bar: DeltaGenerator | None = None

    def show(done: int, total: int) -> None:
        nonlocal bar
        outside.run(give_way_to_the_next)
        if time.monotonic() - start > PATIENCE:
            bar = bar or outside.run(place.empty)
            outside.run(bar.progress, done / total, f"{name}: epoch {done:,} of {total:,}")

    mine = _Work(show, experiment.epochs)
    key = name, experiment, rates
    try:
        work = _under_way.setdefault(key, mine)
        if work is not mine:  # another session does this work
            mine.failure = _wait_for(work, key, mine)
        result = _done(name, experiment, job, mine)
    except WorkError:
        _remove(bar)
        raise
    finally:
        if _under_way.get(key) is mine:
            del _under_way[key]
    _remove(bar)
    log_work(name, experiment, time.monotonic() - start, mine.computed)
    return result


def _remove(bar: DeltaGenerator | None) -> None:
    """Remove a progress bar, if one was shown; its place takes no message otherwise."""
    if bar is not None:
        bar.empty()


def _wait_for(work: _Work, key: Key, mine: _Work) -> str:
    """Wait until no other session does this work; return why the other's failed, or ""."""
    with SLOTS.pause():
        while (now := _under_way.setdefault(key, mine)) is not mine:
            work = now
            mine.show(work.done, work.total)
            time.sleep(GLANCE)
    return work.failure


def _done(name: str, experiment: Experiment, job: Callable[[_Work], T], mine: _Work) -> T:
    """Return the result of `job`; where it failed, here or elsewhere, raise WorkError."""
    if mine.failure:
        raise WorkError(mine.failure)
    try:
        return job(mine)
    except (ValueError, LostPlaceError):
        raise
    except Exception as error:
        log_failure(name, experiment)
        mine.failure = failure_sentence(name, error)
        raise WorkError(mine.failure) from None
