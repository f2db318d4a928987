"""What mathematics says of a run before it starts, and what its history shows afterwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.record import History
from linreg.settings.choices import Loss, Optimizer, Schedule

ROUNDING = 5e-7  # some units in the last place of a float32 near one


@dataclass(frozen=True, kw_only=True)
class Alternation:
    """The end of a run that goes to and fro between two states and learns nothing more.

    first_epoch: the first epoch of the two-cycle. train, test: the two losses, the smaller first;
    test is (nan, nan) where there is no test set.
    """

    first_epoch: int
    train: tuple[float, float]
    test: tuple[float, float]


def stability_limit(experiment: Experiment) -> float:
    """Return the learning rate above which full-batch SGD on the squared error diverges.

    With X' the training rows (x, 1) and n their number, the mean squared error is a quadratic
    with the Hessian H = 2 / n * X'^T X'. A step multiplies the distance from the minimum along
    each of its eigenvectors by 1 - lr * lambda, which grows if lr > 2 / lambda_max.

    Source: Boyd and Vandenberghe, Convex Optimization, section 9.3.
    """
    x = split_data(experiment).X_train.numpy().astype(np.float64).ravel()
    rows = np.stack([x, np.ones_like(x)], axis=1)  # (n, 2)
    hessian = 2 / len(x) * rows.T @ rows
    return float(2 / np.linalg.eigvalsh(hessian)[-1])


def is_plain_descent(experiment: Experiment) -> bool:
    """Say whether each step is lr times the gradient of all rows, which the theory here assumes."""
    return (
        experiment.optimizer is Optimizer.SGD
        and experiment.schedule is Schedule.CONSTANT
        and experiment.n_batches == 1
    )


def overflow_epoch(history: History) -> int | None:
    """Return the first epoch in which a loss or a parameter stops being a finite number, or None.

    A set without rows has no loss and does not count.
    """
    losses = [history.train_loss, history.validation_loss, history.test_loss]
    present = [loss for loss in losses if not np.isnan(loss).all()]
    finite = np.isfinite([*present, history.weight[1:], history.bias[1:]]).all(axis=0)
    return None if finite.all() else int(np.argmin(finite))


def alternation(history: History) -> Alternation | None:
    """Return the two-cycle in which the run ends; None where it ends otherwise.

    The states must repeat to the last bit, at least twice each. Two states that differ by no more
    than the rounding of float32 are one: such a run has converged.
    """
    weight, bias = history.weight, history.bias
    epochs = len(history.train_loss)
    state = np.stack([weight[:-1], bias[:-1]])  # (2, epochs): before the step of each epoch
    if epochs < 4 or not np.isfinite(state).all():
        return None
    if np.allclose(state[:, -1], state[:, -2], rtol=ROUNDING, atol=ROUNDING):
        return None
    differs = (state[:, 2:] != state[:, :-2]).any(axis=0)
    first = int(np.flatnonzero(differs)[-1]) + 1 if differs.any() else 0
    if first > epochs - 4:
        return None
    return Alternation(
        first_epoch=first,
        train=_pair(history.train_loss[first:]),
        test=_pair(history.test_loss[first:]),
    )


def noise_ball(experiment: Experiment) -> float | None:
    """Return the sum of the two losses of an L1 run's two-cycle; None where no theory gives it.

    With every residual of one sign the gradient of the L1 loss is (mean x, 1) or its opposite, so a
    step moves the mean residual by lr * (mean(x)^2 + 1). When it goes to and fro across zero, that
    is the distance between the two mean residuals, and their sizes are the two losses.
    Holds for full-batch SGD without momentum at a constant rate.
    """
    if experiment.loss is not Loss.L1 or not is_plain_descent(experiment):
        return None
    x_mean = float(split_data(experiment).X_train.double().mean())
    return experiment.lr * (1 + x_mean**2)


def _pair(losses: npt.NDArray[np.float32]) -> tuple[float, float]:
    low, high = np.sort(losses[:2])
    return float(low), float(high)
