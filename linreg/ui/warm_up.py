"""What is done once before the first student arrives.

PyTorch imports parts of itself on first use, which takes seconds; so one small run of each kind is
made before the server listens. Then everything that is in memory is taken out of the garbage
collector's sight: it is there to stay, and a collection that walks through PyTorch stops every
session for a tenth of a second.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product

import streamlit as st

from linreg.choices import Loss, Model, Optimizer, Schedule
from linreg.experiment import Experiment
from linreg.replay import replayed
from linreg.theory import stability_limit
from linreg.ui.stage import content, serve_components
from linreg.ui.view import VIEW, Picture


def warm_up() -> None:
    """Import and run once what the first visitor would otherwise wait for."""
    experiments = [
        Experiment(epochs=2),
        Experiment(epochs=2, model=Model.LINEAR, loss=Loss.MSE, schedule=Schedule.STEP),
        Experiment(epochs=2, optimizer=Optimizer.ADAM, loss=Loss.HUBER, batch_size=16),
    ]
    picture = Picture(**{name: setting.default for name, setting in VIEW.items()})
    for experiment in experiments:
        content(replayed(experiment), picture)
        stability_limit(experiment)
    for model, loss in product(Model, Loss):
        replayed(Experiment(epochs=2, model=model, loss=loss))
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def warmed_up(_app: st.App) -> AsyncIterator[None]:
    """Warm up, then say that the routes of the stage are being served."""
    warm_up()
    serve_components()
    yield
