"""The cached training function, shared by all sessions of the server.

A class that opens the teacher's link trains once: whoever asks first trains, whoever asks meanwhile
waits for that, and the rest is read from memory. What comes back cannot be changed. Only as many
compute at the same time as there are turns.
"""

import contextvars
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from linreg.ui.state.fallback import WorkError, failure_sentence, fallback
from linreg.ui.state.streamlit_internals import LostPlaceError, give_way_to_the_next
from linreg.ui.work.log import log_failure, log_work
from linreg.ui.work.queue import GLANCE, SLOTS, Job
from linreg.walkthrough.resume import Bookmark, bookmarks

ENTRIES = 512
MEMORY = "128MB"
EPOCHS_OF_A_POINT = 4  # as many take the memory of one own point in a result's experiment
PATIENCE = 0.5  # seconds before a progress bar shows

# How Streamlit tells what is equal. Its own way takes a settings object apart, value by value.
BY_SETTINGS: dict[str | type, Callable[[Any], Any]] = {
    Experiment: repr,
    Run: lambda run: repr(run.experiment),  # which decides everything else in it
}

T = TypeVar("T")


@dataclass
class _Job:
    """What some session is computing or looking up: how far it is, whom to tell, why it failed."""

    show: Progress
    total: int
    done: int = 0
    computed: bool = False
    failure: str = ""

    def compute(self, job: Job[T]) -> T:
        """Return what `job` gives, when it is this session's turn."""
        self.computed = True
        return SLOTS.compute(job, self.progress, self.total)

    def progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self.show(done, total)


_under_way: dict[tuple[str, Experiment], _Job] = {}


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _trained(experiment: Experiment, _work: _Job) -> Run:
    return _work.compute(lambda told: replayed(experiment, told))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _bookmarked(experiment: Experiment, _work: _Job) -> tuple[Bookmark, ...]:
    return _work.compute(lambda told: bookmarks(experiment, told))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _swept(experiment: Experiment, lrs: tuple[float, ...], _work: _Job) -> Sweep:
    return _work.compute(lambda told: sweep(experiment, lrs, told))


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False, hash_funcs=BY_SETTINGS)
def _tried(experiment: Experiment, mistake: Mistake, _work: _Job) -> Trial:
    return _work.compute(lambda told: run_mistake(experiment, mistake, told))


def trained(experiment: Experiment, place: DeltaGenerator) -> Run:
    """Return the run of `experiment`, from memory where it is known.

    Arguments:
        experiment: what to run; equal experiments are one entry.
        place: an empty element; a run that takes longer than half a second shows its progress
            there, to all who wait for it. Each report is also the moment at which a run is
            abandoned that the session has moved on from.

    Raises:
        WorkError: it has failed, here or in the session that did the same; with a sentence.
    """
    return _asked("Training", experiment, place, lambda work: _trained(experiment, work))


def bookmarked(experiment: Experiment, place: DeltaGenerator) -> tuple[Bookmark, ...]:
    """Return the bookmarks of a run, in the same way."""
    return _asked(
        "Placing bookmarks", experiment, place, lambda work: _bookmarked(experiment, work)
    )


def swept(experiment: Experiment, lrs: tuple[float, ...], place: DeltaGenerator) -> Sweep:
    """Return the sweep of an experiment over learning rates, in the same way."""
    return _asked(
        "Training all rates",
        experiment,
        place,
        lambda work: _swept(experiment, lrs, work),
        models=len(lrs),
    )


def tried(experiment: Experiment, mistake: Mistake, place: DeltaGenerator) -> Trial:
    """Return what the experiment's code does with a mistake in it, in the same way.

    Raises:
        ValueError: the mistake cannot be made with these settings.
    """
    with_it = replace(experiment, mistake=mistake)
    return _asked(
        "Training wrong code", with_it, place, lambda work: _tried(experiment, mistake, work)
    )


def _asked(
    name: str,
    experiment: Experiment,
    place: DeltaGenerator,
    job: Callable[[_Job], T],
    *,
    models: int = 1,
) -> T:
    """Return what `job` gives; the session keeps it, for when it can't be had again."""
    own = len(experiment.points or ())
    return fallback().result(
        (name, experiment),
        models * experiment.epochs + EPOCHS_OF_A_POINT * own,
        lambda: _shared(name, experiment, place, job),
    )


def _shared(
    name: str, experiment: Experiment, place: DeltaGenerator, job: Callable[[_Job], T]
) -> T:
    """Return what `job` gives; while another session does the same, wait for that one.

    Arguments:
        name: what is being done, for the progress bar. experiment: with what; both together say
            what is the same.

    Raises:
        WorkError: it failed; all who waited get the same sentence, and the log the traceback.
        ValueError: it was refused, as the job says.
    """
    outside = contextvars.copy_context()  # inside a cached function Streamlit records elements
    start = time.monotonic()

    def show(done: int, total: int) -> None:
        outside.run(give_way_to_the_next)
        if time.monotonic() - start > PATIENCE:
            outside.run(place.progress, done / total, f"{name}: epoch {done:,} of {total:,}")

    mine = _Job(show, experiment.epochs)
    key = name, experiment
    try:
        work = _under_way.setdefault(key, mine)
        if work is not mine:  # another session does it
            mine.failure = _wait_for(work, key, mine)
        result = _done(name, experiment, job, mine)
    except WorkError:
        place.empty()
        raise
    finally:
        if _under_way.get(key) is mine:
            del _under_way[key]
    place.empty()
    log_work(name, experiment, time.monotonic() - start, mine.computed)
    return result


def _wait_for(work: _Job, key: tuple[str, Experiment], mine: _Job) -> str:
    """Wait until nobody else does the same, so that `mine` is next; return why theirs failed."""
    with SLOTS.pause():
        while (now := _under_way.setdefault(key, mine)) is not mine:
            work = now
            mine.show(work.done, work.total)
            time.sleep(GLANCE)
    return work.failure


def _done(name: str, experiment: Experiment, job: Callable[[_Job], T], mine: _Job) -> T:
    """Return what `job` gives; where it fails, here or where it was waited for, say why."""
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
