"""What `browser/training.js` needs to sketch a run while a slider moves."""

from dataclasses import replace
from typing import Any

import numpy as np

from linreg.core.data import split_data
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.models import make_model

FOLLOWED = ("weight", "bias", "train_fraction", "lr", "epochs")


def packed_preview(experiment: Experiment) -> dict[str, Any] | None:
    """Return the rows, the start and the settings of a sketch, by the names that its script uses.

    None where the sketch could be wrong: the order of batches is not known in the browser.

    offsets: (rows,) y of own data, or the noise, which is added to the line.
    settings: the name of each setting that is followed, by the label of its slider.
    """
    if experiment.batch_size is not None:
        return None
    is_line = experiment.points is None
    flat = replace(experiment, weight=0.0, bias=0.0) if is_line else experiment
    data = split_data(flat)
    x, offsets = (
        np.concatenate([part.numpy().ravel() for part in parts])
        for parts in (
            (data.X_train, data.X_validation, data.X_test),
            (data.y_train, data.y_validation, data.y_test),
        )
    )
    start = make_model(experiment.model, experiment.seed).parameters()
    return {
        "x": x,
        "offsets": offsets,
        "isLine": is_line,
        "validation": experiment.validation_fraction,
        "start": [parameter.item() for parameter in start],
        "loss": experiment.loss,
        "optimizer": experiment.optimizer,
        "schedule": experiment.schedule,
        "values": {name: getattr(experiment, name) for name in FOLLOWED},
        "settings": {SETTINGS[name].label: name for name in FOLLOWED},
    }
