"""The region of each learning rate of a sweep, from too slow to diverges, and the best rates.

Pure functions of a finished sweep. Regions compare training losses and paths, and losses of other
rows only where they overflow; `choose` compares the validation and the test losses.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

import numpy as np

from linreg.analysis.closed_form import lowest_losses
from linreg.analysis.course import diverges, tail
from linreg.analysis.sweeps import Sweep, without_run
from linreg.analysis.theory import Flags, once_finite
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.losses import Floats

FEWEST_EPOCHS = 5  # with fewer, its end is also its start
NEAR = 0.01  # of the decrease that the best rate reached
CLOSE = 0.1  # of the loss of a horizontal line: so far above the lowest possible loss is good
NO_LOSS, INSTEAD = 1e-12, 1e-3  # of the first loss: of a horizontal line, and what then counts
STRAIGHT = 0.5  # of the length of the path, between its two ends


class Region(StrEnum):
    """How training with a learning rate went, within its epochs."""

    TOO_SLOW = "too slow"
    GOOD = "good"
    OSCILLATES = "oscillates"
    TOO_HIGH = "too high"
    DIVERGES = "diverges"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Neighbouring rates in one region: the lowest, the highest and their number."""

    region: Region
    low: float
    high: float
    count: int


@dataclass(frozen=True, kw_only=True)
class BestRates:
    """The learning rates that the validation and the test set would choose, and their test losses.

    by_validation, by_test: indices into the sweep's rates; None if the set is empty or all its
    losses overflowed. test_loss_by_validation, test_loss_by_test: the test losses of the two; NaN
    if there is none.

    The test loss of the rate that the test set chose is too optimistic: it is the smallest of many
    losses on the same rows.
    """

    by_validation: int | None
    by_test: int | None
    test_loss_by_validation: float
    test_loss_by_test: float


def regions(sweep: Sweep) -> tuple[Region, ...]:
    """Return the region of each learning rate, in the sweep's own order.

    The level of a run is the mean training loss of its tail: its last tenth of epochs, but at least
    three. So it does not depend on the epoch in which an oscillating run stops. Each level is
    compared with the best level of the sweep, so the region of a rate depends on the other rates;
    but a run that has joined the sweep changes no region but its own.

    DIVERGES: a loss or a parameter overflowed; or the training loss grows, and the rate is above
        its `stability_limit`, or, with the squared error and SGD, the loss ends above ten times
        the first, or swings ever further up. The gradients of the L1 and of the Huber loss are
        bounded, and so is a step of Adam: such runs may end with a high loss, but it does not
        grow without limit.
    GOOD: at most 1 % is missing of the decrease from the first loss to the best level, and the
        level is close to the lowest loss that a line can have: above it by at most a tenth of
        the loss of a horizontal line. No rate above one that misses this is good: where a run
        goes back and forth, its mean may be low by chance.
    TOO_SLOW: it is not good, its loss still falls, by more than it goes up and down, and each
        larger rate, up to the lowest good one or else up to the one with the best level, ends
        lower, or not higher by more than this 1 %; or the rate is not above the best one, and the
        run still moves in one direction: over the tail of its path of (weight, bias), the
        distance from start to end is at least half its length.
    OSCILLATES: all others, where the path goes back and forth.
    TOO_HIGH: all others above the best rate, if the path of one of them moves in one direction
        there: it passed the best line and is on its way back, or a schedule stopped it.
    """
    alone = without_run(sweep)
    if alone is sweep:
        return _regions(sweep)
    return (*_regions(alone), _regions(sweep)[-1])


def _regions(sweep: Sweep) -> tuple[Region, ...]:
    """Return the region of each rate, measured by all of the sweep."""
    lost = diverged(sweep)
    level = np.where(lost, np.inf, tail(sweep.train_loss).mean(axis=1, dtype=np.float64))
    first = float(sweep.train_loss[0, 0])
    lowest = float(level.min())
    alike = NEAR * max(first - lowest, 0.0)
    near = level <= lowest + alike
    good = near & (level <= min(first, _close(sweep.experiment, first))) & ~lost
    above, on_its_way = sweep.lr > sweep.lr[level.argmin()], _on_its_way(sweep)
    good &= sweep.lr < sweep.lr[~good & above].min(initial=np.inf)
    too_high = above & (above & on_its_way & ~good & ~lost).any()
    slow = _ends_lower_with_more(sweep.lr, level, good, alike) & _still_falls(sweep.train_loss)
    slow |= ~above & on_its_way
    chosen = np.select(
        [lost, good, slow, too_high],
        [Region.DIVERGES, Region.GOOD, Region.TOO_SLOW, Region.TOO_HIGH],
        Region.OSCILLATES,
    )
    return tuple(Region(name) for name in chosen)


def stretches(sweep: Sweep) -> tuple[Stretch, ...]:
    """Return the regions along the learning rate, from the lowest to the highest.

    There are none if the epochs are too few to tell the regions apart.
    """
    if sweep.experiment.epochs < FEWEST_EPOCHS:
        return ()
    order = np.argsort(sweep.lr, kind="stable")
    named = list(zip(np.array(regions(sweep))[order], sweep.lr[order].tolist(), strict=True))
    found = []
    for name, group in groupby(named, key=lambda pair: pair[0]):
        rates = [lr for _, lr in group]
        found.append(Stretch(region=Region(name), low=rates[0], high=rates[-1], count=len(rates)))
    return tuple(found)


def best(losses: Floats) -> int:
    """Return the index of the smallest finite loss, the first of equal ones.

    Raises:
        ValueError: no loss is finite.
    """
    if not np.isfinite(losses).any():
        raise ValueError(f"losses must hold a finite number, not {len(losses)} others.")
    return int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))


def choose(sweep: Sweep) -> BestRates:
    """Return the learning rates that the validation set and the test set would choose.

    Both compare the losses after the last epoch, which are those of the final models. Where a
    run oscillates, this loss depends on the epoch in which it stops.
    """
    test_loss = sweep.test_loss[:, -1]
    by_validation, by_test = _best_or_none(sweep.validation_loss[:, -1]), _best_or_none(test_loss)
    return BestRates(
        by_validation=by_validation,
        by_test=by_test,
        test_loss_by_validation=_at(test_loss, by_validation),
        test_loss_by_test=_at(test_loss, by_test),
    )


def region_of_choice(sweep: Sweep, chosen: int) -> str:
    """Return in words in which region a rate chosen on validation lies, and why it may differ.

    It is "" if the epochs are too few to tell the regions apart.

    Arguments:
        chosen: the index of the rate, as in `BestRates.by_validation`.
    """
    if not stretches(sweep):
        return ""
    region, last = regions(sweep)[chosen], tail(sweep.train_loss).shape[-1]
    return (
        f'The chart calls lr {sweep.lr[chosen]:g} "{region}". Its regions look at the training '
        f"loss, as the mean of the last {last} epochs, and at the path of weight and bias. "
        "The validation set looks at other rows, and at the last epoch alone"
        + ("." if region is Region.GOOD else ", so it can choose a rate outside the good region.")
    )


def _close(experiment: Experiment, first: float) -> float:
    """Return the highest loss that is close to the lowest possible one.

    Arguments:
        first: the loss before training.
    """
    lowest, horizontal = lowest_losses(replace(experiment, lr=SETTINGS["lr"].default))
    return lowest + (CLOSE * horizontal if horizontal > NO_LOSS * first else INSTEAD * first)


def _best_or_none(losses: Floats) -> int | None:
    return best(losses) if np.isfinite(losses).any() else None


def _at(losses: Floats, index: int | None) -> float:
    return np.nan if index is None else float(losses[index])


def diverged(sweep: Sweep) -> Flags:
    """Return for each rate whether its run diverges: a number overflows, or the loss grows so."""
    others = map(once_finite, (sweep.validation_loss, sweep.test_loss))
    recorded = np.concatenate([sweep.train_loss, *others, sweep.weight, sweep.bias], axis=1)
    overflowed: Flags = ~np.isfinite(recorded).all(axis=1)
    return overflowed | diverges(sweep.experiment, sweep.train_loss, sweep.lr)


def _ends_lower_with_more(lr: Floats, level: Floats, good: Flags, alike: float) -> Flags:
    """Return whether each rate is below the good ones, and no rate between them ends higher.

    Without good ones the one with the lowest level stands for them.

    Arguments:
        level: (K,) of the runs. alike: levels that differ by no more count as equal.
    """
    goal = lr[good].min() if good.any() else lr[level.argmin()]
    order = np.argsort(lr)[::-1]
    order = order[lr[order] <= goal]
    slow: Flags = np.zeros(len(lr), dtype=bool)
    slow[order] = np.maximum.accumulate(level[order]) <= level[order] + alike
    slow[lr == goal] = False
    return slow


@np.errstate(over="ignore", invalid="ignore")  # runs that overflowed have their own region
def _still_falls(train_loss: Floats) -> Flags:
    """Return whether each mean loss falls from the third quarter of the epochs to their tail.

    By more than the loss goes up and down in that tail: its standard deviation.
    """
    losses, half = train_loss.astype(np.float64), train_loss.shape[-1] // 2
    third, last = losses[..., half : max(half // 2 * 3, half + 1)], tail(losses)
    falls: Flags = third.mean(axis=-1) - last.mean(axis=-1) > last.std(axis=-1)
    return falls


def _on_its_way(sweep: Sweep) -> Flags:
    """Return whether each run's path of (weight, bias) goes in one direction in its tail."""
    path = tail(np.stack([sweep.weight, sweep.bias]).astype(np.float64))  # (2, K, tail)
    path = np.where(np.isfinite(path), path, 0.0)  # runs that overflowed have their own region
    length = np.hypot(*np.diff(path)).sum(axis=1)  # (K,)
    across = np.hypot(*(path[..., -1] - path[..., 0]))
    straight: Flags = across >= STRAIGHT * length
    return straight
