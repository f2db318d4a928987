"""Converts own data to standard units and back, and computes why this helps gradient descent.

Knows nothing of text, pages or training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg.own_data.table import Pairs
from linreg.settings.named_pairs import NamedPairs, names_of

SMALLEST = 1e-30  # spread to divide by; with a smaller one the other rows would overflow float32


@dataclass(frozen=True, kw_only=True)
class Standardised:
    """Points in standard units, (x - x_mean) / x_std and (y - y_mean) / y_std."""

    points: Pairs
    x_mean: float
    x_std: float
    y_mean: float
    y_std: float

    def original(self, weight: float, bias: float) -> tuple[float, float]:
        """Return weight and bias of the same line in the original units of the points.

        From (y - y_mean) / y_std = weight * (x - x_mean) / x_std + bias.
        """
        slope = weight * self.y_std / self.x_std
        return slope, self.y_mean + self.y_std * bias - slope * self.x_mean


def standardised(points: Pairs, n_train: int, order: Sequence[int] | None = None) -> Standardised:
    """Return the points in units where the training rows have mean 0 and standard deviation 1.

    Means and deviations are those of the training rows only. Those of all rows would give the model
    information about the test set, which it must not see before the test.

    Arguments:
        points: all rows.
        n_train: the number of training rows, 1 to all.
        order: the row numbers in the order of the split (`linreg.core.data.split_order`); without
            it, the order of `points`.

    Returns:
        All rows in the order of `points`. A column whose training values differ by less than
        SMALLEST is only shifted: its deviation counts as 1.

    Raises:
        ValueError: n_train is out of range.
    """
    if not 1 <= n_train <= len(points):
        raise ValueError(f"n_train must be a whole number from 1 to {len(points)}, not {n_train}.")
    rows = np.array(points, dtype=np.float64)  # (n, 2)
    training = rows[list(range(n_train) if order is None else order[:n_train])]
    mean = training.mean(axis=0)
    std = np.where(np.ptp(training, axis=0) < SMALLEST, 1.0, training.std(axis=0))
    return Standardised(
        points=_in_standard_units(points, ((rows - mean) / std).tolist()),
        x_mean=float(mean[0]),
        x_std=float(std[0]),
        y_mean=float(mean[1]),
        y_std=float(std[1]),
    )


def _in_standard_units(points: Pairs, rows: list[tuple[float, float]]) -> Pairs:
    named = names_of(points)
    return NamedPairs(((x, y) for x, y in rows), named.x, named.y, is_standard=True)


def condition_number(x: npt.ArrayLike) -> float:
    """Return lambda_max / lambda_min of the Hessian of the mean squared error over rows x.

    With X' the rows (x, 1), n of them, H = 2 / n * X'^T X' has the trace 2 (mean(x^2) + 1) and the
    determinant 4 var(x). At the best learning rate a step of gradient descent shrinks the error by
    the factor (k - 1) / (k + 1), where k is this number. k = 1 is a round bowl, a large k a narrow
    valley.

    Arguments:
        x: (n,), each at most 1e6 in size.

    Returns:
        1 or more; inf where all x are equal.

    Source: Boyd and Vandenberghe, Convex Optimization, section 9.3.
    """
    rows = np.asarray(x, dtype=np.float64)
    if np.ptp(rows) == 0:
        return float("inf")
    half_trace = float(np.mean(rows**2)) + 1
    determinant = 4 * float(np.var(rows))
    # half_trace**2 - determinant as a sum of squares: a difference would lose digits.
    apart = float(np.hypot(np.mean(rows**2) - 1, 2 * np.mean(rows)))
    largest = half_trace + apart
    return largest**2 / determinant
