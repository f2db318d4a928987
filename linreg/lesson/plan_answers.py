"""The answers to the questions of the class plan: each is computed from the step's own run.

So no answer can differ from what the page of the step shows. Knows nothing of pages.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from linreg.analysis.course import SWING, Course, course, ending, largest_rise, tail
from linreg.analysis.rate_regions import choose, region_of_choice, stretches
from linreg.analysis.sweeps import spread_rates, sweep
from linreg.analysis.theory import (
    alternation,
    has_limit,
    limit_text,
    noise_ball,
    side_of_limit,
)
from linreg.core.data import rows_outside
from linreg.core.losses import Floats
from linreg.core.training import Run
from linreg.formatting import apart, loss_text, number, pair, significant
from linreg.mistakes.catalog import BUGS
from linreg.mistakes.run import run_mistake
from linreg.settings.choices import Mistake, Schedule
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import walk


class Told(NamedTuple):
    """The index of the right option, None where the question has no options; and the answer."""

    right: int | None
    says: str


Answer = Callable[[Run], Told]


def way_of_the_bias(run: Run) -> Told:
    """0: it rises to its true value and stays; 1: it passes it, turns and falls; 2: it stays below.

    The true value must be above the start.
    """
    bias, weight, true = run.history.bias, run.history.weight, run.experiment.bias
    highest = int(bias.argmax())
    passed = bias > true
    if not passed.any():
        right = 2
    else:
        beyond = bias[highest] - true > 2 * abs(float(bias[1] - bias[0]))
        right = 1 if beyond and bias[-1] < bias[highest] else 0
    first = int(passed.argmax()) if passed.any() else None
    way = "The bias " if first is None else f"The bias is above {true:g} after {first} epochs, "
    return Told(
        right,
        f"Both numbers change in the first step, the weight by {_change(weight)} and the bias by "
        f"{_change(bias)}. {way}is highest after {highest} ({number(bias[highest])}), and after "
        f"all {run.experiment.epochs} it is {number(bias[-1])}.",
    )


def _change(values: Floats) -> str:
    return number(float(values[1]) - float(values[0]))


def learned_numbers(run: Run) -> Told:
    """0: training changes hyperparameters; 1: it changes weight and bias."""
    weight, bias = run.history.weight, run.history.bias
    changed = bool(weight[0] != weight[-1] and bias[0] != bias[-1])
    return Told(
        int(changed),
        f"Weight {number(weight[0])} → {number(weight[-1])} and bias {number(bias[0])} → "
        f"{number(bias[-1])}: they are the parameters. Learning rate, epochs, seed and split are "
        "hyperparameters: people choose them, and they stay as they are.",
    )


def line_that_changes_parameters(run: Run) -> Told:
    """0: loss.backward() changes a parameter; 1: only optimizer.step() does; 2: both do."""
    step = walk(run.experiment, bookmarks(run.experiment), 0, 0).step
    start = run.history.weight[0], run.history.bias[0]
    by_step, earlier = step.after != step.before, tuple(step.before) != tuple(map(float, start))
    return Told(
        {(True, False): 0, (False, True): 1, (True, True): 2}[earlier, by_step],
        f"Before step() weight and bias are still {pair(*start)}; step() makes them "
        f"{pair(*step.after)}. backward() only fills the gradients: {pair(*step.grad)}. "
        "zero_grad() clears them.",
    )


def end_of_learning(run: Run) -> Told:
    """0: nothing is learned after about 100 epochs; 1: after about 500; 2: it learns to the end."""
    cycle, epochs = alternation(run.history), run.experiment.epochs
    if cycle is None:
        return Told(2, f"It still learns after {epochs} epochs.")
    low, high = cycle.train
    return Told(
        0 if cycle.first_epoch < 300 else 1,
        f"From epoch {cycle.first_epoch} on the training loss alternates between {loss_text(low)} "
        f"and {loss_text(high)}: nothing more is learned in {epochs - cycle.first_epoch} of "
        f"{epochs} epochs.",
    )


def sum_of_the_two_losses(run: Run) -> Told:
    """0: a tenth of the sum with ten times the rate; 1: the same sum; 2: zero."""
    cycle, ten_times = alternation(run.history), replace(run.experiment, lr=10 * run.experiment.lr)
    low, high = cycle.train if cycle else (0.0, 0.0)
    expected = noise_ball(ten_times) or np.nan
    shares = np.array([0.1, 1.0, 0.0])
    return Told(
        int(np.abs(shares - (low + high) / expected).argmin()),
        f"{loss_text(low)} + {loss_text(high)} = {loss_text(low + high)}. The sum is "
        f"lr (1 + mean(x)²): with lr {ten_times.lr:g} it is {loss_text(expected)}. One of the two "
        "losses alone need not become a tenth. To bring both to zero, the learning rate itself "
        "must fall during the training.",
    )


def swing_at_the_end(run: Run) -> Told:
    """0: the loss swings as much as before; 1: hardly at all; 2: more and more."""
    loss = run.history.train_loss
    constant = noise_ball(replace(run.experiment, schedule=Schedule.CONSTANT)) or np.nan
    last = float(loss[-10:].max())
    right = 1 if last < 0.01 * constant else 0 if last < constant else 2
    return Told(
        right,
        f"The last training loss is {loss_text(float(loss[-1]))}. With the constant rate "
        f"{run.experiment.lr:g} the loss would alternate between two values with the sum "
        f"{loss_text(constant)}. No step is longer than the learning rate allows, and that falls "
        "to zero.",
    )


COURSE = tuple(each.value for each in Course)


def course_of_the_loss(run: Run) -> Told:
    """Return which of COURSE the training loss of any run takes; None for a single epoch."""
    loss = run.history.train_loss
    if len(loss) == 1:
        return Told(None, "One epoch has one training loss, so there is no course to predict.")
    found = course(run)
    says = f"{_from_first_to_last(loss)}{_limit(run)}{_ending(run, found)}"
    return Told(COURSE.index(found), says)


def _ending(run: Run, found: Course) -> str:
    """Return what the last training losses of a run with this course are; "" if that is plain."""
    loss, cycle = run.history.train_loss, alternation(run.history)
    last = ending(loss) if found is Course.SWINGS else tail(loss)
    since, low, high = f" In the last {len(last)} epochs it", float(last.min()), float(last.max())
    if cycle is not None:
        since, (low, high) = f" From epoch {cycle.first_epoch} on it", cycle.train
    two = " and ".join(apart(low, high, loss_text))
    if found is Course.ALTERNATES:
        return f"{since} alternates between {'nearly ' * (cycle is None)}{two}."
    lowest, end = (loss_text(float(value)) for value in (loss.min(), loss[-1]))
    if found is Course.OTHER and loss[-1] < loss[0] and lowest != end:
        return f" The loss was lowest in epoch {np.argmin(loss)}: {lowest}."
    if found is Course.SWINGS or (found is Course.OTHER and np.isfinite(loss).all()):
        return f"{since} is {f'between {two}' if low < high else loss_text(low)}."
    first, peak = loss_text(float(loss[0])), int(loss.argmax())
    if found is Course.GROWS and np.isfinite(loss).all() and peak < len(loss) - 1:
        return f" It goes up and down, and was highest in epoch {peak}: {loss_text(loss[peak])}."
    if found is not Course.FALLS:
        return ""
    highest = loss_text(float(loss[peak]))
    says = f" On the way it was highest in epoch {peak}: {highest}." if highest != first else ""
    return says + _rises(loss)


def _rises(loss: Floats) -> str:
    """Return by how much a loss that falls also rises at its end; "" if it does not."""
    last, rise = tail(loss), largest_rise(tail(loss))
    if rise <= 0:
        return ""
    is_small = rise < SWING * last.mean()
    return (
        f" In the last {len(last)} epochs it also rises, by {significant(rise, 2)} at most"
        f"{', less than a tenth of its height there' * bool(is_small)}."
    )


def _from_first_to_last(loss: Floats) -> str:
    """Return the first and the last training loss, and where it stops being a finite number."""
    finite = np.isfinite(loss)
    if finite.all():
        end, then = len(loss) - 1, ""
    elif not finite[0]:
        return "The training loss is not a finite number from epoch 0 on."
    else:
        end = int(np.argmin(finite)) - 1
        then = f", and from epoch {end + 1} on it is not a finite number"
    if end == 0:
        return f"The training loss is {loss_text(float(loss[0]))} in epoch 0{then}."
    first, last = apart(float(loss[0]), float(loss[end]), loss_text)
    return f"The training loss goes from {first} in epoch 0 to {last} in epoch {end}{then}."


def _limit(run: Run) -> str:
    """Return on which side of its limit the learning rate is, where theory gives one; else ""."""
    if not has_limit(run.experiment):
        return ""
    lr, side = run.experiment.lr, side_of_limit(run.experiment)
    grows = side == "above" and np.isfinite(run.history.train_loss[-1])
    later = ", so with more epochs the loss grows" if grows else ""
    limit = limit_text(run.experiment)
    return f" For these rows the rate has a limit, {limit}, and {lr:g} is {side} it{later}."


def choice_of_a_rate(run: Run) -> Told:
    """0: the test set would flatter the rate that it chose; 1: it chooses the same rate."""
    found = sweep(run.experiment, spread_rates())
    named = "; ".join(f"{s.region} {s.low:.3g} to {s.high:.3g}" for s in stretches(found))
    choice = choose(found)
    validation, test = (
        "none" if index is None else f"{found.lr[index]:g}"
        for index in (choice.by_validation, choice.by_test)
    )
    chosen = choice.by_validation
    why = "" if chosen is None else f" {region_of_choice(found, chosen)}"
    flatters = choice.test_loss_by_test < choice.test_loss_by_validation
    return Told(
        0 if flatters else 1,
        f"The regions are {named}. The validation set chooses lr {validation} "
        f"(test loss {number(choice.test_loss_by_validation)}), the test set would choose "
        f"{test} ({number(choice.test_loss_by_test)}). The second number is the "
        f"smallest of many on the same rows; on new rows the loss is usually higher.{why}",
    )


def way_of_momentum(run: Run) -> Told:
    """0: the bias goes straight to its true value; 1: it goes beyond and turns back."""
    bias, true = run.history.bias, run.experiment.bias
    highest = int(bias.argmax())
    beyond = float(bias[highest]) - true
    return Told(
        int(beyond > 0.1),
        f"The bias reaches {bias[highest]:.3f} after {highest} epochs, {beyond:.3f} above its true "
        "value. The step adds up old gradients, and goes on until new ones outweigh them.",
    )


def gap_after_shuffling(run: Run) -> Told:
    """0: the test loss ends high above the training loss; 1: below one and a half times of it."""
    in_order = replace(run.experiment, shuffle=False)
    outside = [rows_outside(each) for each in (in_order, run.experiment)]
    n_test, history = run.experiment.n_test, run.history
    train, test = float(history.train_loss[-1]), float(history.test_loss[-1])
    return Told(
        int(test < 1.5 * train),
        f"Training loss {number(train)}, test loss {number(test)}. In order, {outside[0]} of "
        f"{n_test} test rows lie outside the training rows; shuffled, {outside[1]}. The gap was "
        "extrapolation, not overfitting.",
    )


def silent_mistake(run: Run, mistake: Mistake) -> Told:
    """Return the name of the mistake, and what PyTorch said about it."""
    trial = run_mistake(run.experiment, mistake)
    silent = not (trial.error or trial.warnings)
    said = "PyTorch gives no error and no warning." if silent else "PyTorch says so itself."
    return Told(None, f"{BUGS[mistake].title}. {said} {BUGS[mistake].explanation}")
