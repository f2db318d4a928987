"""Many learning rates at once: a sweep holds, for each of them, the history of its own single run.

`sweep` is deterministic and safe in threads, as `train` is. `linreg.analysis.rate_regions` says
which rates are good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from linreg.core.data import split_data
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.losses import Floats, losses_at
from linreg.core.record import History, Progress, ReadOnly
from linreg.core.training import Run, check_device, train
from linreg.engines.many_models import Stack, train_stack
from linreg.settings.choices import Device

MOST_RATES = 256
MOST_STEPS_STACKED = 2_000_000  # steps of all models together
MOST_STEPS_ALONE = 80_000  # the same where each model must be trained alone
MOST_PREDICTIONS = 1_000_000_000  # rates * epochs * rows
MOST_STEPS_REPEATED = 6_000_000  # steps of all models where a sweep is repeated from other seeds
MOST_PREDICTIONS_REPEATED = 2_000_000_000
PROBE_STEPS = 8
RECORDED = ("train_loss", "validation_loss", "test_loss", "weight", "bias")  # of each run
RATES = 72  # wanted; rates with the same nearest stop of the slider count once


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep(ReadOnly):
    """The histories of K trainings that differ only in learning rate; read-only float32 arrays.

    lr: (K,) in the order of the argument.
    train_loss: (K, epochs) loss on the epoch's training rows, taken before each step.
    validation_loss, test_loss: (K, epochs) after the epoch's last step; NaN where the set is empty.
    weight, bias: (K, epochs + 1) with the initial value first.
    joined: whether the last row is a run that `with_run` has added.

    Row i is `train(replace(experiment, lr=lrs[i])).history`: on the CPU to the last bit, on a GPU
    within float32's rounding.
    """

    experiment: Experiment
    lr: Floats
    train_loss: Floats
    validation_loss: Floats
    test_loss: Floats
    weight: Floats
    bias: Floats
    joined: bool = False


def sweep(experiment: Experiment, lrs: Sequence[float], progress: Progress | None = None) -> Sweep:
    """Return the trainings of `experiment` with each of the learning rates `lrs`.

    All models are trained at once, in one stack. A GPU, and the CPU of some machines, adds up the
    numbers of a stack in another order than those of a single model. On a CPU a few epochs show
    this beforehand. The models are then trained one after another, which is slower but gives the
    same bits.

    Arguments:
        experiment: all settings but the learning rate; its own rate is not used.
        lrs: 1 to 256 learning rates that an experiment allows, in any order.
        progress: called now and then as progress(done, total); an exception that it raises
            ends the sweep and reaches the caller.

    Raises:
        ValueError: a learning rate is not allowed, there are too few or too many, or together they
            need more than 2,000,000 steps of all models (80,000 one after another), or more than
            1,000,000,000 predictions. Also if this machine does not have the device.
    """
    check_device(experiment)
    singles = _singles(experiment, lrs)
    if experiment.device is not Device.CPU or _stack_is_exact(singles):
        stack = train_stack(experiment, [single.lr for single in singles], progress)
    else:
        stack = _one_by_one(singles, progress)
    data = split_data(experiment).to(experiment.device)
    shape = stack.train_loss.shape

    def after_each_epoch(X: Any, y: Any) -> Floats:
        weight, bias = stack.weight[:, 1:].ravel(), stack.bias[:, 1:].ravel()
        return losses_at(weight, bias, X, y, experiment.loss, experiment.model).reshape(shape)

    return Sweep(
        experiment=experiment,
        lr=np.array([single.lr for single in singles], dtype=np.float32),
        train_loss=stack.train_loss,
        validation_loss=after_each_epoch(data.X_validation, data.y_validation),
        test_loss=after_each_epoch(data.X_test, data.y_test),
        weight=stack.weight,
        bias=stack.bias,
    )


@cache
def spread_rates() -> tuple[float, ...]:
    """Return stops of the learning rate's slider, as evenly as possible on a log scale."""
    stops = np.array(SETTINGS["lr"].stops)
    wanted = np.geomspace(stops[0], stops[-1], RATES)
    nearest = np.abs(np.log(stops)[:, None] - np.log(wanted)).argmin(axis=0)
    return tuple(stops[np.unique(nearest)].tolist())


def with_run(found: Sweep, run: Run) -> Sweep:
    """Return the sweep with the run of its experiment at one more rate between its rates.

    The same sweep, if it has that rate, or if the rate lies outside. One run can join a sweep.
    """
    lr = np.float32(run.experiment.lr)
    if lr in found.lr or not found.lr.min() < lr < found.lr.max():
        return found
    rows: dict[str, Any] = {
        name: np.vstack([getattr(found, name), getattr(run.history, name)]) for name in RECORDED
    }
    return replace(found, lr=np.append(found.lr, lr), joined=True, **rows)


def without_run(found: Sweep) -> Sweep:
    """Return the sweep without the run that has joined it; the same sweep, if there is none."""
    if not found.joined:
        return found
    rows: dict[str, Any] = {name: getattr(found, name)[:-1] for name in ("lr", *RECORDED)}
    return replace(found, joined=False, **rows)


def is_repeatable(experiment: Experiment, rates: int, times: int) -> bool:
    """Return whether a sweep of `rates` rates is little enough work to repeat it `times` times."""
    models = rates * times
    predictions = models * experiment.epochs * experiment.n_points
    steps = models * experiment.n_steps
    return steps <= MOST_STEPS_REPEATED and predictions <= MOST_PREDICTIONS_REPEATED


def _singles(experiment: Experiment, lrs: Sequence[float]) -> list[Experiment]:
    """Return the experiment of each single run, after a check of the sweep's size and rates."""
    if not 1 <= len(lrs) <= MOST_RATES:
        raise ValueError(f"lrs must hold 1 to {MOST_RATES} learning rates, not {len(lrs)}.")
    _check_work(len(lrs) * experiment.n_steps, MOST_STEPS_STACKED, "steps of all models together")
    predictions = len(lrs) * experiment.epochs * experiment.n_points
    _check_work(predictions, MOST_PREDICTIONS, "predictions (rates, epochs and rows multiplied)")
    return [replace(experiment, lr=lr) for lr in lrs]


def _check_work(asked: int, most: int, unit: str) -> None:
    if asked > most:
        raise ValueError(f"lrs and epochs must give at most {most:,} {unit}, not {asked:,}.")


def _stack_is_exact(singles: Sequence[Experiment]) -> bool:
    """Return whether the first and the last model of a stack equal their single runs, bit for bit.

    A few epochs are enough: with another order of addition most gradients differ in the last bit,
    and so does all that follows.
    """
    steps = max(1, PROBE_STEPS // singles[0].n_batches)
    few = [replace(single, epochs=min(single.epochs, steps)) for single in singles]
    ends = {i: train(few[i]).history for i in (0, len(few) - 1)}
    stack = train_stack(few[0], [single.lr for single in few])
    return all(
        np.array_equal(getattr(stack, f.name)[i], getattr(history, f.name), equal_nan=True)
        for f in fields(Stack)
        for i, history in ends.items()
    )


def _one_by_one(singles: Sequence[Experiment], progress: Progress | None) -> Stack:
    """Train each model alone."""
    steps, epochs = sum(single.n_steps for single in singles), singles[0].epochs
    _check_work(steps, MOST_STEPS_ALONE, "steps where models are trained one after another")
    histories: list[History] = []
    for i, single in enumerate(singles):

        def report(done: int, _total: int, before: int = i * epochs) -> None:
            if progress is not None:
                progress(before + done, len(singles) * epochs)

        histories.append(train(single, report).history)
    return Stack(
        **{f.name: np.stack([getattr(h, f.name) for h in histories]) for f in fields(Stack)}
    )
