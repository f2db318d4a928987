"""The loss over a grid of weights and biases: the ground that training walks on."""

import numpy as np

from linreg.data import split_data
from linreg.experiment import Experiment
from linreg.losses import Floats, losses_at
from linreg.training import Run

FAR = 1e4  # no data that the app takes have parameters this large
LAST = 10  # epochs that a window around the end holds


def loss_surface(experiment: Experiment, weights: Floats, biases: Floats) -> Floats:
    """Return the training loss of every pair of a weight and a bias.

    Arguments:
        experiment: gives the training rows and the loss function.
        weights: (w,). biases: (b,).

    Returns:
        (b, w) float32: row i, column j is the loss of weights[j] * x + biases[i].
    """
    data = split_data(experiment)
    weight, bias = (axis.ravel() for axis in np.meshgrid(weights, biases))
    losses = losses_at(weight, bias, data.X_train, data.y_train, experiment.loss, experiment.model)
    return losses.reshape(len(biases), len(weights))


def whole_window(run: Run, points: int) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds start, path and truth."""
    return _window(run, slice(None), points)


def end_window(run: Run, points: int) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds the last epochs and the truth."""
    return _window(run, slice(-LAST - 1, None), points)


def _window(run: Run, epochs: slice, points: int) -> tuple[Floats, Floats]:
    true = run.experiment.points is None
    weight, bias = (
        _axis(path[epochs], [truth] if true else [], points)
        for path, truth in (
            (run.history.weight, run.experiment.weight),
            (run.history.bias, run.experiment.bias),
        )
    )
    return weight, bias


def _axis(path: Floats, others: list[float], points: int) -> Floats:
    """Return evenly spaced values around the path; of one that diverges, around what is near."""
    near = path[np.isfinite(path) & (np.abs(path) < FAR)]
    if len(near) < len(path):
        home = np.array([path[0], *others], dtype=np.float64)
        reach = 10.0 * max(float(np.ptp(home)), 1.0)
        near = near[np.abs(near - home[-1]) < reach]
    values = np.concatenate([near, others]) if len(near) or others else np.zeros(1)
    low, high = float(values.min()), float(values.max())
    margin = max(0.15 * (high - low), 1e-3 * max(abs(low), abs(high), 1.0))
    return np.linspace(low - margin, high + margin, points, dtype=np.float32)
