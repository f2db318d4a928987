"""What mathematics says about a run before it starts, and what its history shows afterwards."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats, losses_at
from linreg.core.record import History
from linreg.core.training import Run
from linreg.formatting import loss_text, number
from linreg.settings.choices import Loss, Optimizer, Schedule

Flags = npt.NDArray[np.bool_]

ROUNDING = 5e-7  # a few units in the last place of a float32 near one
NEGLIGIBLE = 1e-9  # of the first loss: float32's rounding leaves that much of a squared loss
AT_THE_LIMIT = 1e-6  # of the limit; so little changes a loss by 4 % in 10,000 epochs


@dataclass(frozen=True, kw_only=True)
class Alternation:
    """The end of a run that alternates between two states and learns nothing more.

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


def limit_text(experiment: Experiment) -> str:
    """Return the `stability_limit` with so many digits that the learning rate is told from it."""
    limit = stability_limit(experiment)
    return f"{limit:.7g}" if number(limit) == number(experiment.lr) else number(limit)


def has_limit(experiment: Experiment) -> bool:
    """Return whether `stability_limit` is about runs of this kind, with any rate."""
    return experiment.loss is Loss.MSE and is_plain_descent(experiment)


def side_of_limit(experiment: Experiment) -> Literal["below", "at", "above"]:
    """Return on which side of its `stability_limit` the learning rate is.

    At the limit the distance from the minimum keeps its size along one eigenvector: each step
    leads to the other side of the valley, and as far up. Rows in standard units have the limit 1.
    """
    if is_above_limit(experiment, experiment.lr):
        return "above"
    return "at" if experiment.lr > (1 - AT_THE_LIMIT) * stability_limit(experiment) else "below"


def is_above_limit(experiment: Experiment, lr: Floats | float) -> Flags:
    """Return whether each rate is above the `stability_limit`, clearly."""
    found: Flags = np.asarray(lr) > (1 + AT_THE_LIMIT) * stability_limit(experiment)
    return found


def is_plain_descent(experiment: Experiment) -> bool:
    """Return whether each step is lr times the gradient of all rows, as the theory assumes."""
    return (
        experiment.optimizer is Optimizer.SGD
        and experiment.schedule is Schedule.CONSTANT
        and experiment.n_batches == 1
    )


def is_bounded(experiment: Experiment) -> bool:
    """Return whether no step is longer than the rate allows, so no loss grows without limit.

    The gradients of the L1 and of the Huber loss are bounded, and so is a step of Adam.
    """
    return experiment.loss is not Loss.MSE or experiment.optimizer is Optimizer.ADAM


def overflow_epoch(history: History) -> int | None:
    """Return the first epoch in which a loss or a parameter is NaN or infinite, or None.

    Before its first finite loss a validation or test set does not count: it has no rows, or rows
    that are too large for float32 with the first line, or with every line.
    """
    finite = np.isfinite([*_end_of_epoch(history).values()]).all(axis=0)
    return None if finite.all() else int(np.argmin(finite))


def overflow_text(history: History) -> str:
    """Return which numbers overflow first, and in which epoch, as a part of a sentence; or ""."""
    epoch = overflow_epoch(history)
    if epoch is None:
        return ""
    names = [n for n, values in _end_of_epoch(history).items() if not np.isfinite(values[epoch])]
    last = f"the {names[-1]}"
    if len(names) == 1:
        return f"{last} overflows in epoch {epoch}"
    return f"the {', '.join(names[:-1])} and {last} overflow in epoch {epoch}"


def once_finite(losses: Floats) -> Floats:
    """Return losses, (..., epochs), with 0 in place of those before the first finite one."""
    return np.where(np.logical_or.accumulate(np.isfinite(losses), axis=-1), losses, np.float32(0))


def _end_of_epoch(history: History) -> dict[str, npt.NDArray[np.float32]]:
    """Return the losses and the parameters that the epochs leave, (epochs,) each, by name."""
    return {
        "training loss": history.train_loss,
        "validation loss": once_finite(history.validation_loss),
        "test loss": once_finite(history.test_loss),
        "weight": history.weight[1:],
        "bias": history.bias[1:],
    }


def overflows_untrained(run: Run) -> bool:
    """Return whether the loss of the first line, on all training rows, is beyond float32.

    No learning rate helps then. Where it is finite, the steps of the first epoch made it overflow.
    """
    experiment, history = run.experiment, run.history
    if np.isfinite(history.train_loss[0]):
        return False
    data, first = split_data(experiment), (history.weight[:1], history.bias[:1])
    rows = data.X_train, data.y_train
    return not np.isfinite(losses_at(*first, *rows, experiment.loss, experiment.model)).all()


def never_finite(run: Run) -> tuple[str, ...]:
    """Return the names of the sets that have rows, but no finite loss in any epoch."""
    experiment, history = run.experiment, run.history
    others = (
        ("validation", experiment.n_validation, history.validation_loss),
        ("test", experiment.n_test, history.test_loss),
    )
    return tuple(name for name, rows, loss in others if rows and not np.isfinite(loss).any())


def alternation(history: History) -> Alternation | None:
    """Return the two-cycle in which the run ends; None if it ends in another way, or overflows.

    The states must repeat to the last bit, at least twice each. If two states differ only by the
    rounding of float32, or only that is left of the loss, the run has converged. If their training
    losses are written the same, the line jumps between two sides of the best one, but the
    loss does not alternate. It begins with the first losses that are written like these.
    """
    weight, bias = history.weight, history.bias
    epochs = len(history.train_loss)
    state = np.stack([weight[:-1], bias[:-1]])  # (2, epochs): before the step of each epoch
    if epochs < 4 or overflow_epoch(history) is not None:
        return None
    if np.allclose(state[:, -1], state[:, -2], rtol=ROUNDING, atol=ROUNDING):
        return None
    differs = (state[:, 2:] != state[:, :-2]).any(axis=0)
    first = int(np.flatnonzero(differs)[-1]) + 1 if differs.any() else 0
    if first > epochs - 4:
        return None
    train = _pair(history.train_loss[first:])
    is_rest = train[1] - train[0] < NEGLIGIBLE * float(history.train_loss[0])
    if is_rest or loss_text(train[0]) == loss_text(train[1]):
        return None
    losses = (history.train_loss, history.test_loss)
    while first and all(loss_text(x[first - 1]) == loss_text(x[first + 1]) for x in losses):
        first -= 1
    return Alternation(first_epoch=first, train=train, test=_pair(history.test_loss[first:]))


def noise_ball(experiment: Experiment) -> float | None:
    """Return the sum of the two losses of an L1 run's two-cycle; None if no theory gives it.

    If all residuals have the same sign, the gradient of the L1 loss is (mean x, 1) or its opposite.
    So a step moves the mean residual by lr * (mean(x)^2 + 1). When the mean residual alternates
    around zero, this is the distance between its two values, whose sizes are the two losses.
    This holds for full-batch SGD without momentum at a constant rate, and for rows that lie on a
    line: where they scatter around it, residuals have both signs, and steps are shorter. A step
    moves the residual of a row by lr * (mean x * x + 1). Where that is negative for some rows and
    positive for others, all residuals cannot change their sign together.
    """
    scatters = experiment.noise > 0 or experiment.points is not None
    if scatters or experiment.loss is not Loss.L1 or not is_plain_descent(experiment):
        return None
    x = split_data(experiment).X_train.double()
    if (1 + x.mean() * x <= 0).any():
        return None
    return experiment.lr * (1 + float(x.mean()) ** 2)


def _pair(losses: npt.NDArray[np.float32]) -> tuple[float, float]:
    low, high = np.sort(losses[:2])
    return float(low), float(high)
