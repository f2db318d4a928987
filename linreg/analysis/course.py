"""What the training loss of a run does from its first to its last epoch.

One judgement for all pages, of recorded losses and the limit of theory. Knows nothing of other
runs: how good a learning rate is beside others is in `linreg.analysis.rate_regions`.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from linreg.analysis.theory import (
    Flags,
    alternation,
    has_limit,
    is_above_limit,
    is_bounded,
    overflow_epoch,
    overflows_untrained,
    side_of_limit,
)
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.core.training import Run

TAIL = 10  # the end of a run is its last tenth
ENDING = 10  # epochs
GROWN = 10  # times the first loss
NEAR = 0.9  # of the largest loss: what is above it is near it
QUARTERS = 4  # of the epochs
GOES_BACK = 0.5  # of the way in all: a loss that goes back by more does not just grow, or fall
ROUNDING = 1e-5  # of the first loss: less is no change
# A run swings if its loss rises, in its last tenth, by more than a share of the first loss, or of
# the loss at the end, unless that is nearly zero.
SWING, NEARLY_ZERO = 0.1, 1e-3
APART = 1e-3  # of the loss at the end: two values that differ by less are one
ALIKE = 0.01  # of the distance between two values: what differs by less is one value


class Course(StrEnum):
    """What the training loss of a run does, as an answer to that question."""

    FALLS = "Fall, without a clear swing at the end"
    ALTERNATES = "Alternate between two values at the end"
    GROWS = "Grow"
    SWINGS = "Swing at the end, but not between two values"
    OTHER = "None of these"


def course(run: Run) -> Course:
    """Return what the training loss of a run of two epochs or more does.

    FALLS: the last loss is below the first, by twice as much as the loss rises again, or more.
    ALTERNATES: it ends between two values that differ, exactly or nearly.
    GROWS: as `grows` or `swells` says, or it overflows.
    SWINGS: it rises clearly at the end, falls as clearly in its `ending`, and does nothing of this.
    OTHER: it hardly changes, as at the limit of the rate; or it has grown and falls again, or the
    reverse; or the first line's loss overflows.
    """
    loss = run.history.train_loss
    if overflows_untrained(run):
        return Course.OTHER
    if overflow_epoch(run.history) is not None:
        return Course.GROWS
    if alternation(run.history) is not None or _nearly_alternates(loss):
        return Course.ALTERNATES
    if (grows(loss) and not _is_at_the_limit(run)) or swells(loss):
        return Course.GROWS
    if min(largest_rise(tail(loss)), largest_rise(-ending(loss))) > _clear(loss):
        return Course.SWINGS
    return Course.FALLS if _falls(loss) else Course.OTHER


@np.errstate(over="ignore", invalid="ignore")  # a loss that overflowed
def grows(train_loss: Floats) -> Flags:
    """Return whether each loss, (..., epochs), ends above its first value and near its largest.

    And in the second half of the epochs it never falls, from one to any later one, by more than
    half of what it grows in this half.
    """
    first, last, largest = train_loss[..., 0], train_loss[..., -1], train_loss.max(axis=-1)
    late = train_loss[..., train_loss.shape[-1] // 2 :]
    falls = (np.maximum.accumulate(late, axis=-1) - late).max(axis=-1)
    above = (last > (1 + ROUNDING) * first) & (last >= NEAR * largest)
    found: Flags = above & (falls <= GOES_BACK * (last - late[..., 0]) + ROUNDING * last)
    return found


@np.errstate(over="ignore", invalid="ignore")
def swells(train_loss: Floats) -> Flags:
    """Return whether each loss, (..., epochs), goes up and down, and ever further up.

    In each of the last two quarters of the epochs its largest and its smallest value are more than
    twice those of the quarter before, and the largest is in the end above ten times the first loss.
    After one burst alone a small value comes back.
    """
    if train_loss.shape[-1] < QUARTERS:
        return np.zeros(train_loss.shape[:-1], dtype=bool)
    parts = np.array_split(train_loss, QUARTERS, axis=-1)[1:]
    found: Flags = parts[-1].max(axis=-1) / GROWN > train_loss[..., 0]
    for end in (np.max, np.min):
        before, third, last = (end(part, axis=-1) for part in parts)
        found = found & (third > 2 * before) & (last > 2 * third)
    return found


def diverges(experiment: Experiment, train_loss: Floats, lr: Floats | float | None = None) -> Flags:
    """Return whether each finite loss, (..., epochs), grows or swells, and does so without limit.

    One that grows ends far up then, or the learning rate is above the limit of theory; one that
    swells is not of a kind that `is_bounded`.

    Arguments:
        lr: the rates of the losses, if they are not that of the experiment.
    """
    limitless = ends_far_up(experiment, train_loss)
    if has_limit(experiment):
        limitless = limitless | is_above_limit(experiment, experiment.lr if lr is None else lr)
    return (limitless & grows(train_loss)) | (swells(train_loss) & (not is_bounded(experiment)))


def ends_far_up(experiment: Experiment, train_loss: Floats) -> Flags:
    """Return whether each loss, (..., epochs), ends above ten times its first value.

    Of bounded losses none counts. A schedule may have ended the growth.
    """
    far: Flags = train_loss[..., -1] / GROWN > train_loss[..., 0]
    return far & (not is_bounded(experiment))


def tail(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the last tenth along the last axis, but at least three values if there are so many."""
    return values[..., -max(values.shape[-1] // TAIL, 3) :]


def ending(train_loss: Floats) -> Floats:
    """Return the losses in which a swing is to be seen: the last ten, or a longer tail."""
    return train_loss[-max(len(tail(train_loss)), ENDING) :]


def largest_rise(losses: npt.NDArray[np.floating]) -> float:
    """Return the largest rise from a loss to any later one."""
    return float((losses - np.minimum.accumulate(losses)).max())


def _is_at_the_limit(run: Run) -> bool:
    """Return whether the rate is at the limit of theory, where a loss stays nearly as it is."""
    return has_limit(run.experiment) and side_of_limit(run.experiment) == "at"


def _nearly_alternates(train_loss: Floats) -> bool:
    """Return whether the last losses are two values in turn, or nearly."""
    last = train_loss[-max(len(tail(train_loss)), 4) :].astype(np.float64)
    one, other = last[::2], last[1::2]
    spread, gap = max(np.ptp(one), np.ptp(other)), abs(one.mean() - other.mean())
    alike = len(last) > 2 and spread < (ALIKE if len(last) > 3 else ROUNDING) * gap
    return bool(alike and gap > APART * last.mean() > APART * NEARLY_ZERO * train_loss[0])


def _clear(train_loss: Floats) -> float:
    """Return the change of a loss that is clear; infinite where the end is nearly zero."""
    first, mean = float(train_loss[0]), float(tail(train_loss).mean(dtype=np.float64))
    return SWING * min(first, mean) if mean > NEARLY_ZERO * first else np.inf


def _falls(train_loss: Floats) -> bool:
    """Return whether the last loss is below the first, by twice as much as it rises again."""
    first, last, lowest = (float(loss) for loss in (*train_loss[[0, -1]], train_loss.min()))
    again = max(last - lowest, largest_rise(tail(train_loss)))
    return first - last > ROUNDING * first and again <= GOES_BACK * (first - last)
