"""Work before the first visitor comes, and maintenance while the server runs.

PyTorch imports parts of itself on first use, which takes seconds. The parts for the first page are
used once before it is shown. The parts for other optimizers and for batches follow a little later,
so that they do not slow the first page. Then the garbage collector ignores all present objects:
they stay, and a collection that visits all of PyTorch stops every session for a tenth of a second.
It also visits later objects less often, since that took 4 % of a busy server's time.
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
from linreg.ui.parts.report import results_text
from linreg.ui.parts.stage import content
from linreg.ui.state.view import VIEW, Picture
from linreg.ui.work.board import remove_expired_rooms
from linreg.ui.work.log import LOG

LATER = 10.0  # seconds; a page that needs these parts earlier imports them itself
TEN_MINUTES = 600.0  # seconds
COLLECTED_AFTER = (7_000, 10, 2)  # arguments of gc.set_threshold


def warm_up() -> None:
    """Import and run once what the first page needs."""
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
    """Warm up the rest a little later, then empty the caches from time to time, until `stop`.

    The caches are bounded, but Streamlit keeps a lock for each key that was ever in one: about
    0.2 MB a minute for each cache with a busy class. Charts and reports are quick to make again, so
    their caches are emptied every ten minutes, and all caches every hour. Rooms of the class board
    whose time is over are deleted at the same times.
    """
    if stop.wait(LATER):
        return
    try:
        warm_up_the_rest()
    except Exception:  # a page with these settings does the same work, or shows what fails
        LOG.exception("The server could not warm up the rest")
    for minutes in itertools.count(10, step=10):
        remove_expired_rooms()
        if stop.wait(TEN_MINUTES):
            return
        if minutes % 60:
            content.clear()
            results_text.clear()
        else:
            st.cache_data.clear()
