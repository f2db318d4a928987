"""What each line of the loop did: a text with the numbers, and the tensors that it used.

It knows nothing about pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from linreg.core.losses import Floats
from linreg.formatting import apart, counted, loss_text, measured, number, significant
from linreg.settings.choices import Loss, Optimizer
from linreg.walkthrough.walk import Moment, Pair, Walk

Doubles = npt.NDArray[np.float64]

FIRST = 4  # how many values of a tensor are shown
REST = 1e-6  # of the mean size of its parts: what float32 leaves of a gradient that is 0

_FORMULAS = {
    Loss.L1: "the mean of |y_pred - {y}|",
    Loss.MSE: "the mean of (y_pred - {y})²",
    Loss.HUBER: "the mean of ½ r² where |r| = |y_pred - {y}| is up to 1, else of |r| - ½,",
}
_SLOPES: Mapping[Loss, Callable[[Doubles], Doubles]] = {  # of a row's loss, at y_pred - y
    Loss.L1: np.sign,
    Loss.MSE: lambda error: 2 * error,
    Loss.HUBER: lambda error: np.clip(error, -1, 1),
}


class Kind(StrEnum):
    """What a line does with a tensor; derived numbers are not in PyTorch, but explain it."""

    READ = "reads"
    WRITTEN = "writes"
    DERIVED = "that is"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A tensor that a line reads or writes, or derived numbers.

    name, shape: as in PyTorch; derived numbers have no shape.
    """

    kind: Kind
    name: str
    shape: str
    values: str


def sentence(walk: Walk, moment: Moment) -> str:
    """Return what the line of `moment` has just done, in one or more sentences."""
    return _TEXTS_AND_TENSORS[moment][0](walk)


def tensors(walk: Walk, moment: Moment) -> tuple[Seen, ...]:
    """Return what the line of `moment` reads, then what it writes."""
    return _TEXTS_AND_TENSORS[moment][1](walk)


def _forward(walk: Walk) -> str:
    step, x = walk.step, measured(walk.step.X[0], number)
    return (
        f"The model predicts {counted(len(step.X), 'row')} at once with its current line, "
        f"y_pred = {_line(step.before)}. For the first row, x = {x}, it predicts "
        f"{number(step.y_pred[0])}; y is {number(step.y[0])}."
    )


def _loss(walk: Walk) -> str:
    step = walk.step
    return (
        f"One number for how wrong the predictions for {counted(len(step.X), 'row')} are: "
        f"{_FORMULAS[walk.experiment.loss].format(y=_names(walk)[1])} is {loss_text(step.loss)}."
    )


def _zero_grad(walk: Walk) -> str:
    old = walk.step.old_grad
    if old is None:
        return (
            "There is nothing to forget yet: before the first backward() every .grad is None. "
            "zero_grad() changes nothing."
        )
    return (
        f"The gradients of the previous step, {_pair(old)}, are deleted: every .grad is None "
        "again. Without this line backward() would add the new gradients to them."
    )


@np.errstate(invalid="ignore")  # a step that overflowed
def _backward(walk: Walk) -> str:
    step, grad = walk.step, walk.step.grad
    slopes = _SLOPES[walk.experiment.loss](step.y_pred.astype(np.float64) - step.y)
    weight = _slope("weight", grad.weight, slopes * step.X)
    return (
        f"Backpropagation fills .grad: {_pair(grad)}. This means: {weight}, "
        f"and {_slope('bias', grad.bias, slopes)}. No parameter has changed yet."
    )


def _step(walk: Walk) -> str:
    step, lr = walk.step, walk.lr
    moves = [
        f"{name} {' → '.join(apart(old, new))}"
        for name, old, new in zip(Pair._fields, step.before, step.after, strict=True)
    ]
    steps = walk.epoch * walk.experiment.n_batches + walk.batch + 1
    rule = _RULES[walk.experiment.optimizer].format(t=steps)
    return f"{rule} With lr = {significant(lr, 6)}: {' and '.join(moves)}."


def _test(walk: Walk) -> str:
    of = walk.experiment
    losses = [
        f"the {name} loss on {counted(rows, 'row')} is {loss_text(loss)}"
        for name, rows, loss in (
            ("validation", of.n_validation, walk.validation_loss),
            ("test", of.n_test, walk.test_loss),
        )
        if rows
    ]
    if not losses:
        return "There is no test set: every row is used for training."
    when = "after this step, but the training loss before it"
    if of.n_batches > 1:
        when = (
            f"after the last of {of.n_batches} batches, but each training loss before its own step"
        )
    return (
        f"The new line, y = {_line(walk.end)}, on rows that training never uses: "
        f"{' and '.join(losses)}. {'They are' if losses[1:] else 'It is'} computed {when}. "
        "inference_mode() records no graph, so the model cannot learn from these rows."
    )


_RULES = {
    Optimizer.SGD: "Every parameter moves against its gradient: p ← p - lr · grad.",
    Optimizer.MOMENTUM: "A buffer sums up the gradients, buffer ← 0.9 · buffer + grad, and "
    "p ← p - lr · buffer.",
    Optimizer.ADAM: "Adam keeps running means of the gradient (exp_avg) and of its square "
    "(exp_avg_sq), divides them by 1 - 0.9ᵗ and 1 - 0.999ᵗ, here t = {t}, and moves every "
    "parameter by lr times the first divided by the square root of the second.",
}


def _forward_tensors(walk: Walk) -> tuple[Seen, ...]:
    step = walk.step
    return (
        _rows(Kind.READ, _names(walk)[0], step.X),
        *_numbers(Kind.READ, walk, step.before),
        _rows(Kind.WRITTEN, "y_pred", step.y_pred),
    )


def _loss_tensors(walk: Walk) -> tuple[Seen, ...]:
    step, (_, y) = walk.step, _names(walk)
    residuals = _values(step.y_pred - step.y)
    return (
        _rows(Kind.READ, "y_pred", step.y_pred),
        _rows(Kind.READ, y, step.y),
        Seen(kind=Kind.DERIVED, name=f"y_pred - {y}", shape="", values=residuals),
        _loss_value(Kind.WRITTEN, "loss", step.loss),
    )


def _zero_grad_tensors(walk: Walk) -> tuple[Seen, ...]:
    return (
        *_numbers(Kind.READ, walk, walk.step.old_grad, ".grad"),
        *_numbers(Kind.WRITTEN, walk, None, ".grad"),
    )


def _backward_tensors(walk: Walk) -> tuple[Seen, ...]:
    step = walk.step
    return (
        _loss_value(Kind.READ, "loss", step.loss),
        *_numbers(Kind.WRITTEN, walk, step.grad, ".grad"),
    )


def _step_tensors(walk: Walk) -> tuple[Seen, ...]:
    step, lr = walk.step, walk.lr
    read, kept = (
        [seen for name, pair in state.items() for seen in _numbers(kind, walk, pair, f": {name}")]
        for kind, state in ((Kind.READ, step.old_state), (Kind.WRITTEN, step.state))
    )
    moved = Pair(*np.subtract(step.after, step.before, dtype=np.float32).tolist())
    along = Pair(*(lr * grad for grad in step.grad))
    return (
        *_numbers(Kind.READ, walk, step.grad, ".grad"),
        *([] if step.state else _numbers(Kind.DERIVED, walk, along, ": lr · grad")),
        *read,
        *_numbers(Kind.READ, walk, step.before),
        *kept,
        *_numbers(Kind.WRITTEN, walk, step.after),
        *_numbers(Kind.DERIVED, walk, moved, ": change"),
    )


def _test_tensors(walk: Walk) -> tuple[Seen, ...]:
    reads: list[Seen] = []
    writes: list[Seen] = []
    for name, X, y, y_pred, loss in (
        (
            "validation",
            walk.X_validation,
            walk.y_validation,
            walk.validation_pred,
            walk.validation_loss,
        ),
        ("test", walk.X_test, walk.y_test, walk.test_pred, walk.test_loss),
    ):
        if len(X):
            reads += [_rows(Kind.READ, f"X_{name}", X), _rows(Kind.READ, f"y_{name}", y)]
            writes.append(_rows(Kind.WRITTEN, f"{name}_pred", y_pred))
            writes.append(_loss_value(Kind.WRITTEN, f"{name}_loss", loss))
    return (*reads, *_numbers(Kind.READ, walk, walk.end), *writes) if reads else ()


_TEXTS_AND_TENSORS = {
    Moment.FORWARD: (_forward, _forward_tensors),
    Moment.LOSS: (_loss, _loss_tensors),
    Moment.ZERO_GRAD: (_zero_grad, _zero_grad_tensors),
    Moment.BACKWARD: (_backward, _backward_tensors),
    Moment.STEP: (_step, _step_tensors),
    Moment.TEST: (_test, _test_tensors),
}


def _names(walk: Walk) -> tuple[str, str]:
    """Return what the loop calls the rows of a step: the tensors of x and of y."""
    rows = "train" if walk.experiment.batch_size is None else "batch"
    return f"X_{rows}", f"y_{rows}"


def _loss_value(kind: Kind, name: str, loss: float) -> Seen:
    return Seen(kind=kind, name=name, shape="()", values=loss_text(loss))


def _rows(kind: Kind, name: str, row: Floats) -> Seen:
    return Seen(kind=kind, name=name, shape=f"({len(row)}, 1)", values=_values(row))


def _values(row: Floats) -> str:
    values = ", ".join(measured(value, number) for value in row[:FIRST].tolist())
    return values + (", …" if len(row) > FIRST else "")


def _numbers(kind: Kind, walk: Walk, pair: Pair | None, what: str = "") -> tuple[Seen, ...]:
    texts = ["None", "None"] if pair is None else [number(value) for value in pair]
    held = kind is not Kind.DERIVED and pair is not None
    return tuple(
        Seen(kind=kind, name=f"{name}{what}", shape=str(shape) if held else "", values=text)
        for (name, shape), text in zip(walk.parameters, texts, strict=True)
    )


def _line(parameters: Pair) -> str:
    sign = "-" if parameters.bias < 0 else "+"
    return f"{number(parameters.weight)} · x {sign} {number(abs(parameters.bias))}"


def _pair(pair: Pair) -> str:
    return f"{number(pair.weight)} for the weight and {number(pair.bias)} for the bias"


def _slope(name: str, gradient: float, parts: Doubles) -> str:
    """Return what a gradient means; parts: the gradient of each row, of which it is the mean."""
    if not np.isfinite(gradient):
        return f"the gradient of the {name} is NaN or infinite"
    if gradient == 0:
        return f"at this {name} the slope of the loss is 0"
    if abs(gradient) < REST * np.abs(parts).mean():
        return f"at this {name} the slope of the loss is 0, up to the rounding of float32"
    return f"a {'smaller' if gradient > 0 else 'larger'} {name} lowers the loss"
