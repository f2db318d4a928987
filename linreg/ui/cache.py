"""The cached training function, shared by all sessions of the server.

A class that opens the teacher's link trains once: whoever asks first trains, whoever asks meanwhile
waits for that, and the rest is read from memory. What comes back cannot be changed.
"""

import contextvars
import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.experiment import Experiment
from linreg.history import Progress
from linreg.training import Run, train

ENTRIES = 512
MEMORY = "128MB"
PATIENCE = 0.5  # seconds before a progress bar shows
GLANCE = 0.1  # seconds between two looks at another session's progress


_under_way: dict[Experiment, tuple[int, int]] = {}  # epochs done and in all, by who trains it


@st.cache_data(max_entries=ENTRIES, max_size=MEMORY, show_spinner=False)
def _trained(experiment: Experiment, _progress: Progress) -> Run:
    try:
        return train(experiment, _progress)
    finally:
        _under_way.pop(experiment, None)


def trained(experiment: Experiment, place: DeltaGenerator) -> Run:
    """Return the run of `experiment`, from memory where it is known.

    Arguments:
        experiment: what to run; equal experiments are one entry.
        place: an empty element; a run that takes longer than half a second shows its progress
            there, to all who wait for it. Each report is also the moment at which a run is
            abandoned that the session has moved on from: Streamlit raises its own rerun signal
            there, which ends the loop.
    """
    outside = contextvars.copy_context()  # inside a cached function Streamlit records elements
    start = time.monotonic()

    def show(done: int, total: int) -> None:
        if time.monotonic() - start > PATIENCE:
            outside.run(place.progress, done / total, f"Training: epoch {done:,} of {total:,}")

    def progress(done: int, total: int) -> None:
        _under_way[experiment] = done, total
        show(done, total)

    while state := _under_way.get(experiment):  # another session trains it
        show(*state)
        time.sleep(GLANCE)
    run = _trained(experiment, progress)
    place.empty()
    return run
