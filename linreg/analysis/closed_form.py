"""The best line itself, without gradient descent: least squares and least absolute deviations.

The results are exact, in float64, so they show where a run should end. The Huber loss has no closed
form and no best line here.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.settings.choices import Loss

Doubles = npt.NDArray[np.float64]

ROUNDING = 8 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The line with the lowest possible training loss, and that loss."""

    weight: float
    bias: float
    loss: float


def best_line(experiment: Experiment) -> Line | None:
    """Return the line with the lowest loss on the training rows of `experiment`.

    None for the Huber loss, and if own data overflow in float32.
    """
    data = split_data(experiment)
    x, y = (rows.double().numpy().ravel() for rows in (data.X_train, data.y_train))
    if experiment.loss is Loss.HUBER or not np.isfinite([x, y]).all():
        return None
    method = least_squares if experiment.loss is Loss.MSE else least_absolute_deviations
    weight, bias = method(x, y)
    loss = _mean_loss(y - weight * x - bias, experiment.loss)
    return Line(weight=weight, bias=bias, loss=loss)


@lru_cache(maxsize=64)
def lowest_losses(experiment: Experiment) -> tuple[float, float]:
    """Return the lowest training loss of any line, and that of a horizontal line.

    Exact for L1 and MSE. For the Huber loss it is the lower one of the losses of the two exact
    lines: a few per cent above the lowest loss, or more where outliers far away in x pull the
    lines (17 % was seen). (NaN, NaN) if own data overflow in float32.
    """
    data = split_data(experiment)
    x, y = (rows.double().numpy().ravel() for rows in (data.X_train, data.y_train))
    if not np.isfinite([x, y]).all():
        return math.nan, math.nan
    lines = least_squares(x, y), least_absolute_deviations(x, y)
    return (
        min(_mean_loss(y - weight * x - bias, experiment.loss) for weight, bias in lines),
        min(_mean_loss(y - level, experiment.loss) for level in (np.mean(y), np.median(y))),
    )


def _mean_loss(residual: Doubles, loss: Loss) -> float:
    size = np.abs(residual)
    if loss is Loss.L1:
        return float(size.mean())
    if loss is Loss.MSE:
        return float((size**2).mean())
    return float(np.where(size < 1, size**2 / 2, size - 0.5).mean())


def least_squares(x: Doubles, y: Doubles) -> tuple[float, float]:
    """Return the weight and bias that minimise sum((y - weight * x - bias)^2).

    weight = cov(x, y) / var(x) and bias = mean(y) - weight * mean(x), computed as the least-squares
    solution of [x - mean(x), 1] p = y. If all x are equal, every slope is as good; it is 0.

    Arguments:
        x, y: (n,) float64, finite, n at least 1.

    Source: Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805.
    """
    x_mean = x.mean()
    rows = np.stack([x - x_mean, np.ones_like(x)], axis=1)  # (n, 2)
    weight, level = np.linalg.lstsq(rows, y, rcond=None)[0]
    return float(weight), float(level - weight * x_mean)


def least_absolute_deviations(x: Doubles, y: Doubles) -> tuple[float, float]:
    """Return a weight and bias that minimise f = sum(|y - weight * x - bias|).

    Other lines may have the same sum. f is convex and made of flat pieces, so a best line passes
    through two points with different x. The method begins with a line through one point, the pivot.
    The best slope through the pivot is the median of the slopes to all other points, weighted with
    |x - x_pivot|, so the line now passes through a second point. The next pivot is the point on the
    line around which a rotation lowers f fastest. If there is none, no small change lowers f, and
    since f is convex, no change does. Each rotation lowers f, and the number of pairs of points is
    finite, so the method ends. If all x are equal, the slope is 0 and the bias is the median of y.

    Arguments:
        x, y: (n,) float64, finite, n at least 1.

    Source: Wesolowsky, A new descent algorithm for the least absolute value regression problem,
    Communications in Statistics B 10, 1981; for the median, Boscovich and Laplace.
    """
    if np.ptp(x) == 0:
        return 0.0, float(np.median(y))
    weight, bias = least_squares(x, y)
    pivot: int | None = int(np.argmin(np.abs(y - weight * x - bias)))
    lowest = math.inf
    while pivot is not None:
        dx, dy = x - x[pivot], y - y[pivot]
        slope = _best_slope(dx, dy)
        residual = dy - slope * dx
        total = float(np.abs(residual).sum())
        if total >= lowest:  # the predicted decrease was only a rounding error
            break
        lowest, weight, bias = total, slope, float(y[pivot] - slope * x[pivot])
        on_line = np.abs(residual) <= ROUNDING * (np.abs(dy) + np.abs(slope * dx))
        pivot = _next_pivot(dx, residual, on_line)
    return weight, bias


def _best_slope(dx: Doubles, dy: Doubles) -> float:
    """Return the weighted median of dy / dx, which minimises sum(|dy - slope * dx|)."""
    apart = dx != 0
    slopes = dy[apart] / dx[apart]
    order = np.argsort(slopes)
    weights = np.cumsum(np.abs(dx[apart])[order])
    return float(slopes[order[np.searchsorted(weights, weights[-1] / 2)]]) + 0.0  # no -0.0


def _next_pivot(x: Doubles, residual: Doubles, on_line: npt.NDArray[np.bool_]) -> int | None:
    """Return the point on the line around which a rotation lowers the sum fastest, or None.

    A rotation around x_k by a small slope adds |slope| * |x - x_k| for each point on the line, and
    subtracts slope * sign(residual) * (x - x_k) for each other point.
    """
    sign = np.sign(residual[~on_line])
    on = np.flatnonzero(on_line)
    on = on[np.argsort(x[on])]
    x_on = x[on]
    pull = np.abs((sign * x[~on_line]).sum() - x_on * sign.sum())
    # sum(|x_on - x_k|) for every k at once: those below k, then those above.
    before = np.cumsum(x_on) - x_on
    count = np.arange(len(on))
    after = x_on.sum() - before - x_on
    hold = x_on * count - before + after - x_on * (len(on) - 1 - count)
    rate = hold - pull
    steepest = int(np.argmin(rate))
    return int(on[steepest]) if rate[steepest] < 0 else None
