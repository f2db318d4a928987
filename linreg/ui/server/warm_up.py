"""What is done once before the first student arrives, and what now and then while they are there.

PyTorch imports parts of itself on first use, which takes seconds. What the first page needs is used
once before it is shown; the rest, for other optimizers and for batches, a little later, in a
thread, so that it does not take the processor from the first page. Then everything in memory is
taken out of the garbage collector's sight: it is there to stay, and a collection that walks through
PyTorch stops every session for a tenth of a second. Among what comes later it looks less often than
usual, which was 4 % of what a busy server did.
"""

import gc
import itertools
import threading
from itertools import product

import streamlit as st

from linreg.analysis.theory import stability_limit
from linreg.core.experiment import Experiment
from linreg.core.training import train
from linreg.engines.replay import replayed
from linreg.settings.choices import Loss, Model, Optimizer, Schedule
from linreg.ui.parts.report import report
from linreg.ui.parts.stage import content
from linreg.ui.state.view import VIEW, Picture
from linreg.ui.work.log import LOG

LATER = 10.0  # seconds; whoever needs it sooner waits for it as long
TEN_MINUTES = 600.0  # seconds
COLLECTED_AFTER = (7_000, 10, 2)  # new objects, and collections of the younger, as in gc


def warm_up() -> None:
    """Import and run once what the first visitor would otherwise wait for."""
    picture = Picture(**{name: setting.default for name, setting in VIEW.items()})
    for model, loss in product(Model, Loss):
        experiment = Experiment(epochs=2, model=model, loss=loss)
        content(replayed(experiment), picture)
        stability_limit(experiment)
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def warm_up_the_rest() -> None:
    """Import and run once what only other settings need."""
    for optimizer in Optimizer:
        train(Experiment(epochs=2, optimizer=optimizer, schedule=Schedule.STEP, batch_size=16))
    gc.collect()
    gc.freeze()


def keep_warm(stop: threading.Event) -> None:
    """Warm up the rest a little later, then empty the caches now and then, until `stop`.

    They are bounded, but Streamlit keeps a lock for each key that was ever in one: with a busy
    class some 0.2 MB a minute for each. Charts and words of a run are made again in milliseconds,
    a long run is not.
    """
    if stop.wait(LATER):
        return
    try:
        warm_up_the_rest()
    except Exception:  # whoever sets these does the same, or is told what fails
        LOG.exception("The server could not warm up the rest")
    for minutes in itertools.count(10, step=10):
        if stop.wait(TEN_MINUTES):
            return
        if minutes % 60:
            content.clear()
            report.clear()
        else:
            st.cache_data.clear()
