"""Says where the scale of own data keeps gradient descent from a useful picture."""

import numpy as np
import numpy.typing as npt

from linreg.analysis.theory import has_limit, stability_limit
from linreg.core.data import split_data
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.models import make_model
from linreg.formatting import apart, significant
from linreg.own_data.standard_units import condition_number
from linreg.settings.choices import Loss

Floats = npt.NDArray[np.float64]

RATE_OF_STANDARD_UNITS = 0.1  # the three losses are near their minimum within 100 epochs
NARROW = 100  # condition number above which the best line is learned very slowly
FAR = 1000  # steps of the lesson's rate from the first line to y; a run has 100 at first
FLAT = 0.02  # spread of y below which the steps of the lesson's rate are as large


def scale_problem(experiment: Experiment) -> str:
    """Return what is wrong with the scale of own data, as a sentence without its dot, or "".

    The start of the model and the rates on offer suit numbers around 1. It is about the training
    rows: whether the squared error diverges at every rate on offer, how many steps y is away from
    the first line, how narrow the valley of the loss is, and whether y differ less than by a step.
    """
    data = split_data(experiment)
    x, y = (rows.numpy().astype(np.float64).ravel() for rows in (data.X_train, data.y_train))
    smallest = SETTINGS["lr"].stops[0]
    if has_limit(experiment):
        limit = stability_limit(experiment)
        if limit < smallest:
            two = apart(limit, smallest, lambda rate: significant(rate, 2))
            return (
                "For the training rows the squared error diverges above the rate "
                f"{two[0]}, and the smallest rate on offer is {two[1]}"
            )
    rate = SETTINGS["lr"].default
    away = float(np.abs(y - _first_line(experiment, x)).mean())
    step = rate * (1 + np.abs(x).mean() ** 2)  # of the line on average, whatever the errors' signs
    if experiment.loss is not Loss.MSE and away > FAR * step:  # else steps far away are longer
        return (
            f"The model's first line is {significant(away, 3)} away from the training y on "
            f"average, and a step of plain SGD with the lesson's learning rate, {rate:g}, moves it "
            f"by at most {significant(step, 2)} on average"
        )
    narrow = condition_number(x)
    if NARROW < narrow < np.inf:
        return (
            "For the training x the surface of the mean squared error is a narrow valley, "
            f"{significant(narrow, 3)} times as curved across it as along it (the condition "
            "number), and the other losses have this valley too: training gets along it slowly"
        )
    if experiment.loss is Loss.L1 and y.std() < FLAT and np.ptp(y):
        return (
            "The training y differ so little that a few steps of the lesson's learning rate, "
            f"{rate:g}, are as large"
        )
    return ""


def _first_line(experiment: Experiment, x: Floats) -> Floats:
    """Return what the model predicts before training, (n,)."""
    weight, bias = make_model(experiment.model, experiment.seed).state_dict().values()
    return float(weight) * x + float(bias)
