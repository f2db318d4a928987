"""Hypothesis strategies for experiments."""

import math
from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment


@st.composite
def experiments(draw: st.DrawFn, most_epochs: int = 30, most_steps: int = 240) -> Experiment:
    """Draw any experiment that can be set in the app, with few epochs and few steps in all.

    An experiment whose first epoch alone takes more steps has one epoch.
    """
    values = {
        name: draw(st.sampled_from(SETTINGS[name].stops))
        for name in ("weight", "bias", "start", "noise", "lr", "seed")
    }
    step = draw(st.sampled_from((0.01, 0.02, 0.05, 0.1, 0.25)))
    rows = draw(st.integers(2, 120))
    train_fraction = draw(st.sampled_from(SETTINGS["train_fraction"].stops))
    most_validation = min(0.5, round(1 - train_fraction, 2))
    batch_size = draw(st.sampled_from((None, None, 1, 2, 8, 16, 64)))
    n_train = round(train_fraction * rows)
    assume(n_train >= 2)
    n_batches = 1 if batch_size is None else math.ceil(n_train / batch_size)
    start = min(values.pop("start"), 3.0)
    stop = min(round(start + rows * step, 4), 5.0)
    try:
        return Experiment(
            **values,
            start=start,
            stop=stop,
            step=step,
            train_fraction=train_fraction,
            validation_fraction=draw(st.sampled_from((0.0, most_validation))),
            shuffle=draw(st.booleans()),
            model=draw(st.sampled_from(SETTINGS["model"].stops)),
            loss=draw(st.sampled_from(SETTINGS["loss"].stops)),
            optimizer=draw(st.sampled_from(SETTINGS["optimizer"].stops)),
            schedule=draw(st.sampled_from(SETTINGS["schedule"].stops)),
            batch_size=batch_size,
            epochs=draw(st.integers(1, max(1, min(most_epochs, most_steps // n_batches)))),
        )
    except ValueError as error:
        assume("training rows" not in str(error))
        raise


@st.composite
def experiments_on_points(draw: st.DrawFn) -> Experiment:
    """Draw an experiment on own points, of any size that a float32 can hold."""
    number = st.floats(-5, 5) | st.floats(-1e30, 1e30)
    points = draw(st.lists(st.tuples(number, number), min_size=2, max_size=40))
    experiment = draw(experiments())
    assume(round(experiment.train_fraction * len(points)) >= 2)
    return replace(experiment, points=tuple(points))
