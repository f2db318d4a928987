"""What mathematics says of a run before it starts, and what its history shows afterwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg.data import split_data
from linreg.experiment import Experiment
from linreg.history import History


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


def overflow_epoch(history: History) -> int | None:
    """Return the first epoch whose training loss is not a finite number; None if there is none."""
    epochs = np.flatnonzero(~np.isfinite(history.train_loss))
    return int(epochs[0]) if len(epochs) else None


def alternation(history: History) -> Alternation | None:
    """Return the two-cycle in which the run ends; None where it ends otherwise.

    Nothing is rounded: the states must repeat to the last bit, at least twice each.
    """
    weight, bias = history.weight, history.bias
    epochs = len(history.train_loss)
    state = np.stack([weight[:-1], bias[:-1]])  # (2, epochs): before the step of each epoch
    if epochs < 4 or np.array_equal(state[:, -1], state[:, -2]) or not np.isfinite(state).all():
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


def _pair(losses: npt.NDArray[np.float32]) -> tuple[float, float]:
    low, high = np.sort(losses[:2])
    return float(low), float(high)
