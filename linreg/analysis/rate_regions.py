"""What a sweep says of each learning rate (too slow, good, rattles, diverges), and which to take.

Pure functions of a finished sweep. Regions judge by the training loss alone; choosing a rate by the
validation or the test loss is another matter, and the last function here.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
import numpy.typing as npt

from linreg.analysis.sweeps import Sweep
from linreg.core.losses import Floats
from linreg.settings.choices import Loss, Optimizer

Flags = npt.NDArray[np.bool_]

TAIL = 10  # the end of a run is its last tenth
NEAR = 0.01  # of the way that the best rate went
GROWN = 10  # times the first loss
STRAIGHT = 0.5  # of the path's length from end to end


class Region(StrEnum):
    """What a learning rate did within the epochs it had."""

    TOO_SLOW = "too slow"
    GOOD = "good"
    RATTLES = "rattles"
    DIVERGES = "diverges"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Neighbouring rates in one region, from the lowest to the highest of them, `count` in all."""

    region: Region
    low: float
    high: float
    count: int


@dataclass(frozen=True, kw_only=True)
class BestRates:
    """Which learning rate each set would choose, and how good both are on the test set.

    by_validation, by_test: indices into the sweep's rates; None where the set is empty or all its
    losses overflowed. test_loss_by_validation, test_loss_by_test: the test losses of the two; NaN
    where there is none.

    The test loss of the rate that the test set chose flatters: it is the smallest of many, taken
    from the very rows that were to judge.
    """

    by_validation: int | None
    by_test: int | None
    test_loss_by_validation: float
    test_loss_by_test: float


def regions(sweep: Sweep) -> tuple[Region, ...]:
    """Return the region of each learning rate, in the sweep's own order.

    The level of a run is the mean training loss of its last tenth of epochs, so that it does not
    hang on the epoch in which a rattling run happens to stop. The best level of the sweep is the
    yardstick: a rate is as good as the others let it look.

    DIVERGES: a loss or a parameter overflowed; or, with the squared error and SGD, the last
        training loss is more than ten times the first. The gradient of the L1 and of the Huber
        loss is bounded and so is a step of Adam: such runs may end high, but they jump and do not
        explode.
    GOOD: of the fall from the first loss to the best level, at most 1 % is missing.
    TOO_SLOW: more is missing, the rate is below the one with the best level, and the run is still
        on its way: over the last tenth, the straight line from start to end of its path of
        (weight, bias) is at least half as long as the path.
    RATTLES: the rest. More is missing, and the path goes to and fro; or the rate is above the
        best one, and a schedule ended the to and fro too early.
    """
    diverged = _diverged(sweep)
    level = np.where(diverged, np.inf, _tail(sweep.train_loss).mean(axis=1, dtype=np.float64))
    first = float(sweep.train_loss[0, 0])
    lowest = float(level.min())
    near = level <= lowest + NEAR * max(first - lowest, 0.0)
    good = near & (level <= first) & ~diverged
    slow = (sweep.lr <= sweep.lr[level.argmin()]) & _on_its_way(sweep)
    chosen = np.select(
        [diverged, good, slow], [Region.DIVERGES, Region.GOOD, Region.TOO_SLOW], Region.RATTLES
    )
    return tuple(Region(name) for name in chosen)


def stretches(sweep: Sweep) -> tuple[Stretch, ...]:
    """Return the regions along the learning rate, from the lowest to the highest."""
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

    Both go by the loss after the last epoch, which is that of the model the student would get; a
    rattling run has it by the luck of where it stops.
    """
    test_loss = sweep.test_loss[:, -1]
    by_validation, by_test = _best_or_none(sweep.validation_loss[:, -1]), _best_or_none(test_loss)
    return BestRates(
        by_validation=by_validation,
        by_test=by_test,
        test_loss_by_validation=_at(test_loss, by_validation),
        test_loss_by_test=_at(test_loss, by_test),
    )


def _best_or_none(losses: Floats) -> int | None:
    return best(losses) if np.isfinite(losses).any() else None


def _at(losses: Floats, index: int | None) -> float:
    return np.nan if index is None else float(losses[index])


def _tail(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the last tenth along the last axis; of few the last three, or what there is."""
    return values[..., -max(values.shape[-1] // TAIL, 3) :]


def _diverged(sweep: Sweep) -> Flags:
    losses = (sweep.train_loss, sweep.validation_loss, sweep.test_loss)
    present = [loss for loss in losses if not np.isnan(loss).all(axis=1).any()]
    recorded = np.concatenate([*present, sweep.weight, sweep.bias], axis=1)
    overflowed: Flags = ~np.isfinite(recorded).all(axis=1)
    if sweep.experiment.loss is not Loss.MSE or sweep.experiment.optimizer is Optimizer.ADAM:
        return overflowed
    grown: Flags = sweep.train_loss[:, -1] > GROWN * sweep.train_loss[:, 0]
    return overflowed | grown


def _on_its_way(sweep: Sweep) -> Flags:
    """Say of each run whether its path of (weight, bias) still goes somewhere in the last tenth."""
    path = _tail(np.stack([sweep.weight, sweep.bias]).astype(np.float64))  # (2, K, tail)
    path = np.where(np.isfinite(path), path, 0.0)  # those that overflowed are not asked for
    length = np.hypot(*np.diff(path)).sum(axis=1)  # (K,)
    across = np.hypot(*(path[..., -1] - path[..., 0]))
    straight: Flags = across >= STRAIGHT * length
    return straight
