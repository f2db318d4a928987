"""The loss over a grid of weights and biases, and windows that show a path on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from linreg.analysis.closed_form import best_line
from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats, losses_at
from linreg.core.training import Run
from linreg.walkthrough.walk import Walk

FAR = 1e4  # times the size of the data; no line that fits them has parameters this large
WIDE = 4  # times the extent of the shortest path is the size of a window for several
MOST = float(np.finfo(np.float32).max)
LAST = 10  # epochs in a window around the end


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


def learned_loss(run: Run) -> float:
    """Return the training loss of the learned parameters, which is the loss after the last step.

    `run.history.train_loss` ends with the loss before it.
    """
    history = run.history
    return float(loss_surface(run.experiment, history.weight[-1:], history.bias[-1:])[0, 0])


def step_surface(walk: Walk, weights: Floats, biases: Floats) -> Floats:
    """Return the loss on the rows of the batch of `walk`, for every pair.

    Arguments and result as those of `loss_surface`.
    """
    step, experiment = walk.step, walk.experiment
    X, y = (torch.tensor(row).unsqueeze(dim=1) for row in (step.X, step.y))
    weight, bias = (axis.ravel() for axis in np.meshgrid(weights, biases))
    losses = losses_at(weight, bias, X, y, experiment.loss, experiment.model)
    return losses.reshape(len(biases), len(weights))


def whole_window(run: Run, points: int) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds start, path and truth."""
    return _window(run, slice(None), points)


def end_window(run: Run, points: int) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds the last epochs and the truth."""
    return _window(run, slice(-LAST - 1, None), points)


def joint_window(runs: Sequence[Run], points: int) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds the paths of several runs.

    The runs have the same data and the same start; otherwise as `paths_window`.
    """
    paths = [(run.history.weight, run.history.bias) for run in runs]
    return paths_window(runs[0].experiment, paths, points)


def paths_window(
    experiment: Experiment, paths: Sequence[tuple[Floats, Floats]], points: int
) -> tuple[Floats, Floats]:
    """Return weights and biases, (points,) each, whose grid holds several paths from one start.

    If a path goes much farther than the shortest one, the window holds only its near part, so that
    the others stay visible.

    Arguments:
        paths: weights and biases of each run of `experiment`, the initial values first.
    """
    goal, far = _goal(experiment), _far(experiment)
    weight = _joint_axis([weight for weight, _ in paths], goal[:1], far, points)
    bias = _joint_axis([bias for _, bias in paths], goal[1:], far, points)
    return weight, bias


def _goal(experiment: Experiment) -> list[float]:
    """Return the weight and bias that training should find; empty if they are unknown."""
    if experiment.points is None:
        return [experiment.weight, experiment.bias]
    line = best_line(experiment)
    return [] if line is None else [line.weight, line.bias]


def _far(experiment: Experiment) -> float:
    """Return the size above which parameters are those of a run that diverges."""
    size = max(1.0, *(abs(y) for _, y in experiment.points or ()), 0.0)
    return min(FAR * size, MOST)


def _joint_axis(paths: list[Floats], goal: list[float], far: float, points: int) -> Floats:
    """Return evenly spaced values around start and goal, and around all paths near the goal."""
    home = np.array([paths[0][0], *goal], dtype=np.float64)
    away = [np.abs(path.astype(np.float64) - home[-1]) for path in paths]
    calm = [float(off.max()) for off in away if (off < far).all()]
    reach = WIDE * max(min(calm, default=0.0), float(np.ptp(home)), 1e-3 * abs(home[-1]), 1e-3)
    near = [path[off <= reach] for path, off in zip(paths, away, strict=True)]
    return _around(np.concatenate([*near, home]), points)


def _window(run: Run, epochs: slice, points: int) -> tuple[Floats, Floats]:
    true = run.experiment.points is None
    weight, bias = (
        _axis(path[epochs], [truth] if true else [], _far(run.experiment), points)
        for path, truth in (
            (run.history.weight, run.experiment.weight),
            (run.history.bias, run.experiment.bias),
        )
    )
    return weight, bias


def _axis(path: Floats, others: list[float], far: float, points: int) -> Floats:
    """Return evenly spaced values around the path; if it diverges, around its near part."""
    near = path[np.isfinite(path) & (np.abs(path) < far)]
    if len(near) < len(path):
        home = np.array([path[0], *others], dtype=np.float64)
        reach = 10.0 * max(float(np.ptp(home)), 1.0)
        near = near[np.abs(near - home[-1]) < reach]
    values = np.concatenate([near, others]) if len(near) or others else np.zeros(1)
    return _around(values, points)


def _around(values: npt.NDArray[np.floating[Any]], points: int) -> Floats:
    low, high = float(values.min()), float(values.max())
    margin = max(0.15 * (high - low), 1e-3 * max(abs(low), abs(high), 1.0))
    low, high = max(low - margin, -MOST), min(high + margin, MOST)
    return np.linspace(low, high, points, dtype=np.float32)
