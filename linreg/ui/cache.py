"""The cached training function, shared by all sessions of the server.

A class that opens the teacher's link trains once: whoever asks first trains, whoever asks meanwhile
waits for that, and the rest is read from memory. What comes back cannot be changed.
"""

import contextvars
import time
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from linreg.experiment import Experiment
from linreg.history import Progress
from linreg.training import Run, train

ENTRIES = 512
MEMORY = "128MB"
PATIENCE = 0.5  # seconds before a progress bar shows
GLANCE = 0.05  # seconds between two looks at another session's progress


@dataclass
class _Training:
    """How far a run is that some session is training or looking up."""

    done: int = 0


_under_way: dict[Experiment, _Training] = {}


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False)
def _trained(experiment: Experiment, _progress: Progress) -> Run:
    return train(experiment, _progress)


def trained(experiment: Experiment, place: DeltaGenerator) -> Run:
    """Return the run of `experiment`, from memory where it is known.

    Arguments:
        experiment: what to run; equal experiments are one entry.
        place: an empty element; a run that takes longer than half a second shows its progress
            there, to all who wait for it. Each report is also the moment at which a run is
            abandoned that the session has moved on from.
    """
    outside = contextvars.copy_context()  # inside a cached function Streamlit records elements
    start = time.monotonic()

    def show(done: int, total: int) -> None:
        if _has_moved_on():
            outside.run(_give_way)
        if time.monotonic() - start > PATIENCE:
            outside.run(place.progress, done / total, f"Training: epoch {done:,} of {total:,}")

    mine = _Training()

    def progress(done: int, total: int) -> None:
        mine.done = done
        show(done, total)

    while (training := _under_way.setdefault(experiment, mine)) is not mine:
        show(training.done, experiment.epochs)  # another session trains it
        time.sleep(GLANCE)
    try:
        run = _trained(experiment, progress)
    finally:
        del _under_way[experiment]
    place.empty()
    return run


def _has_moved_on() -> bool:
    """Say whether this session has already asked for another run of the page.

    A fragment never gives way by itself to a change inside it, so Streamlit is asked for the
    pending request, for which it has no public name.
    """
    context = get_script_run_ctx()
    requests = None if context is None else context.script_requests
    return requests is not None and requests._state is ScriptRequestType.RERUN


def _give_way() -> None:
    """Start the pending run now; what is on the page stays until then."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the page itself is being run, not only a fragment of it
        st.rerun()
