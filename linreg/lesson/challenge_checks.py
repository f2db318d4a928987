"""The checks of the challenges: whether a run meets a goal, and the numbers that decide it.

Pure functions of a run. Their texts and questions are in `linreg.lesson.challenges`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import numpy as np

from linreg.analysis.closed_form import least_absolute_deviations, least_squares
from linreg.analysis.theory import alternation, overflow_text, side_of_limit
from linreg.core.data import rows_outside, split_data
from linreg.core.losses import losses_at
from linreg.core.training import Run
from linreg.formatting import apart, counted, number
from linreg.settings.choices import Optimizer

Verdict = tuple[bool, str]  # whether a run meets the goal, and the numbers that decided it
Check = Callable[[Run], Verdict]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that a student has drawn: y = weight x + bias."""

    weight: float
    bias: float


HandCheck = Callable[[Run, Line], Verdict]


def of_numbers(check: Check) -> Check:
    """Return the check for a run that ends with finite numbers; it refuses any other in words."""

    @wraps(check)
    def checked(run: Run) -> Verdict:
        history = run.history
        ends = history.weight[-1], history.bias[-1], *history.train_loss[-2:]
        if not np.isfinite(ends).all():
            said = overflow_text(history)
            return False, f"{said[0].upper()}{said[1:]}."
        return check(run)

    return checked


def mse_limit(run: Run) -> Verdict:
    """Return whether the rate is just below the one at which the squared error diverges."""
    lr = run.experiment.lr
    if side_of_limit(run.experiment) == "above":
        return False, f"lr {lr:g} diverges."
    met = lr >= 0.86
    larger = "" if met else " A larger rate on the slider does not diverge either."
    return met, f"lr {lr:g} does not diverge.{larger}"


@of_numbers
def fine(run: Run) -> Verdict:
    """Return whether the last two training losses are both below 0.0001."""
    worst = float(run.history.train_loss[-2:].max())
    return worst < 1e-4, f"The larger of the last two training losses is {number(worst)}."


def idle_epochs(run: Run) -> Verdict:
    """Return whether the run ends in a two-cycle, with few epochs in it."""
    epochs, cycle = run.experiment.epochs, alternation(run.history)
    if cycle is None:
        return False, f"The losses of {counted(epochs, 'epoch')} do not show the two-cycle twice."
    return (
        epochs <= 120,
        f"The run learned nothing from epoch {cycle.first_epoch} on. It ran for {epochs} epochs.",
    )


@of_numbers
def test_loss_below_train(run: Run) -> Verdict:
    """Return whether the last test loss, of 5 rows or more, is below the training loss."""
    train, test = float(run.history.train_loss[-1]), float(run.history.test_loss[-1])
    of_train, of_test = apart(train, test)
    return (
        run.experiment.n_test >= 5 and test < train,
        f"The last training loss is {of_train} on {counted(run.experiment.n_train, 'row')}. "
        f"The last test loss is {of_test} on {counted(run.experiment.n_test, 'row')}; "
        "at least 5 are needed.",
    )


def learned_within(most_epochs: int) -> Check:
    """Return the check that `most_epochs` epochs are enough to learn both parameters to 0.01."""

    @of_numbers
    def check(run: Run) -> Verdict:
        weight, bias = _errors(run)
        epochs = run.experiment.epochs
        return (
            max(weight, bias) < 0.01 and epochs <= most_epochs,
            f"After {counted(epochs, 'epoch')} ({counted(run.experiment.n_steps, 'step')}) the "
            f"weight is off by {number(weight)} and the bias by {number(bias)}.",
        )

    return check


@of_numbers
def overshoot(run: Run) -> Verdict:
    """Return whether momentum takes the bias beyond its true value and back."""
    beyond = float(run.history.bias.max()) - run.experiment.bias
    weight, bias = _errors(run)
    went = f"was at most {number(beyond)} above"
    if beyond < 0:
        went = f"stayed {number(-beyond)} or more below"
    return (
        run.experiment.optimizer is Optimizer.MOMENTUM
        and beyond > 0.2
        and max(weight, bias) < 0.05,
        f"With {run.experiment.optimizer}, the bias {went} its true value. "
        f"At the end, the bias is off by {number(bias)} and the weight by "
        f"{number(weight)}.",
    )


def narrow_band(run: Run) -> Verdict:
    """Return whether the two losses of the run's two-cycle have a small sum."""
    cycle = alternation(run.history)
    if cycle is None:
        return False, "The losses do not show a two-cycle twice within the run's epochs."
    total = sum(cycle.train)
    return total < 0.003, f"The two training losses of the cycle add up to {total:.6f}."


def no_extrapolation(run: Run) -> Verdict:
    """Return whether no test row, of 5 or more, is outside the training rows."""
    n_test, outside = run.experiment.n_test, rows_outside(run.experiment)
    if n_test < 5:
        return False, f"{counted(n_test, 'test row')} of at least 5 that are needed."
    return (
        outside == 0,
        f"{outside} of {n_test} test rows are outside the range of the training rows.",
    )


@of_numbers
def outlier(run: Run) -> Verdict:
    """Return whether an outlier moves the MSE line away from the weight that was learned."""
    if run.experiment.points is None:
        return False, "There is no outlier yet: the data come from the line."
    data = split_data(run.experiment)
    x, y = (rows.double().numpy().ravel() for rows in (data.X_train, data.y_train))
    robust, squares = least_absolute_deviations(x, y)[0], least_squares(x, y)[0]
    learned = float(run.history.weight[-1])
    return (
        abs(robust - squares) > 0.2 and abs(learned - robust) < 0.05,
        f"The weight of the exact MSE line is {number(squares)}, that of the exact L1 line "
        f"{number(robust)}. The learned weight is {number(learned)}.",
    )


def reproduce(run: Run) -> Verdict:
    """Return whether weight and bias are those of the lesson's run, after fewer epochs."""
    weight, bias = float(run.history.weight[-1]), float(run.history.bias[-1])
    few = run.experiment.epochs < 1000
    fewer = "" if few else " Use fewer than 1000 epochs."
    return (
        f"{weight:.4f} {bias:.4f}" == "0.6990 0.3093" and few,
        f"weight {weight:.4f}, bias {bias:.4f} after "
        f"{counted(run.experiment.epochs, 'epoch')}.{fewer}",
    )


@of_numbers
def fooled(run: Run) -> Verdict:
    """Return whether the training loss is small although the weight is wrong."""
    loss, error = float(run.history.train_loss[-1]), _errors(run)[0]
    return (
        loss < 0.05 and error > 0.3,
        f"The training loss is {number(loss)}. The weight is off by {number(error)}.",
    )


def no_line_yet(_run: Run) -> Verdict:
    """Return that there is no line yet."""
    return False, "Drag the ends of your line in the first chart."


def beats_descent(run: Run, line: Line) -> Verdict:
    """Return whether a line has a smaller training loss than the run."""
    data, experiment, history = split_data(run.experiment), run.experiment, run.history
    weights = np.array([line.weight, history.weight[-1]], dtype=np.float32)
    biases = np.array([line.bias, history.bias[-1]], dtype=np.float32)
    rows = data.X_train, data.y_train
    losses = losses_at(weights, biases, *rows, experiment.loss, experiment.model)
    own, other = apart(*losses.tolist())
    return (
        bool(losses[0] < losses[1]),
        f"Your line has a training loss of {own}, gradient descent after "
        f"{counted(experiment.epochs, 'epoch')} one of {other}.",
    )


def _errors(run: Run) -> tuple[float, float]:
    """Return how far weight and bias are off."""
    experiment, history = run.experiment, run.history
    weight = abs(float(history.weight[-1]) - experiment.weight)
    return weight, abs(float(history.bias[-1]) - experiment.bias)
