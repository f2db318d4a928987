"""A run of code with a mistake beside the same run of right code.

The figures stand beside a question. So they say what the numbers are, and never what is wrong.
"""

from dataclasses import replace

import numpy as np

from linreg.analysis.theory import alternation, overflow_text
from linreg.core.losses import Floats
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.elements.axes import Axis, cut_at, epoch_axis, loss_axis, loss_title
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, curves
from linreg.figures.elements.style import BIAS, TEST, TRAINING, WEIGHT, Role, make_drawing
from linreg.formatting import apart, loss_text, number
from linreg.mistakes.evidence import from_start_to_end
from linreg.mistakes.run import Trial
from linreg.settings.choices import Mistake, Scale

HERE, RIGHT = "this code", "right code"
MOST_LOSS = 100  # times the first loss is the top of the chart
MOST_VALUE = 10_000  # times the largest value of right code
NOTHING = "This code stopped before its first epoch ended, so there is nothing to show."


@drawn
def trial_figure(healthy: Run, trial: Trial, scale: Scale = Scale.LINEAR) -> Drawing:
    """Return the training and test losses of both: this code solid, right code dotted.

    Arguments:
        healthy: the run of the same experiment without the mistake.
        trial: what the code with the mistake recorded.
    """
    histories = [healthy.history] if trial.history is None else [healthy.history, trial.history]
    traces = _losses(RIGHT, healthy.history)
    if trial.history is not None:
        traces += _losses(HERE, trial.history)
    y_axis, cut = _loss_axis(histories, scale)
    return make_drawing(
        traces,
        title=f"Loss curves ({scale} scale)",
        says=NOTHING if trial.history is None else _says_loss(healthy, trial.history) + cut,
        x_title="epoch",
        y_title=loss_title(healthy.experiment),
        x_axis=epoch_axis(healthy.experiment.epochs),
        y_axis=y_axis,
    )


@drawn
def trial_parameters_figure(healthy: Run, trial: Trial) -> Drawing:
    """Return weight and bias at the start of each epoch, and below them the epoch's gradients.

    A gradient that is None is not drawn. Arguments as those of `trial_figure`.
    """
    right, here = healthy.history, trial.history
    codes = [history for history in (right, here) if history is not None]
    values, is_far = _near([[code.weight, code.bias] for code in codes])
    gradients, is_steep = _near([[code.weight_grad, code.bias_grad] for code in codes])
    cut = " What is far from right code lies outside the chart." if is_far or is_steep else ""
    drawing = make_drawing(
        _parameters(RIGHT, right) + ([] if here is None else _parameters(HERE, here)),
        title="Parameters and gradients",
        says=NOTHING if here is None else _says_parameters(healthy, here, trial.mistake) + cut,
        x_title="epoch",
        y_title="value",
        x_axis=epoch_axis(healthy.experiment.epochs) | {"anchor": "y2"},
        y_axis={"domain": [0.55, 1], **values},
    )
    below = {
        "title": {"text": ".grad"},
        "domain": [0, 0.45],
        "anchor": "x",
        **gradients,
    }
    return replace(drawing, layout={**drawing.layout, "yaxis2": drawing.layout["yaxis"] | below})


def _look(role: Role, whose: str) -> Role:
    """Return a role as it looks in one of the two codes."""
    here = whose == HERE
    symbol, dash = (role.symbol, "solid") if here else (f"{role.symbol}-open", "dot")
    return replace(role, name=f"{whose}: {role.name}", dash=dash, symbol=symbol)


def _losses(whose: str, history: History) -> list[Trace]:
    losses = [
        (_look(TRAINING, whose), history.train_loss),
        (_look(TEST, whose), history.test_loss),
    ]
    return curves(losses, alternation(history))


def _parameters(whose: str, history: History) -> list[Trace]:
    cycle, below = alternation(history), {"yaxis": "y2", "showlegend": False}
    traces = []
    for role, values, grad in (
        (WEIGHT, history.weight, history.weight_grad),
        (BIAS, history.bias, history.bias_grad),
    ):
        look = _look(role, whose)
        traces += curves([(look, values)], cycle, "")
        traces += [trace | below for trace in curves([(look, grad)], cycle, ".grad")]
    return traces


def _loss_axis(histories: list[History], scale: Scale) -> tuple[Axis, str]:
    """Return an axis of the losses on which one that explodes does not flatten the other curve.

    And a sentence that says where the axis ends, if it does so below a loss.
    """
    losses = [loss for history in histories for loss in (history.train_loss, history.test_loss)]
    drawn = np.concatenate(losses)
    first = [float(loss[0]) for loss in losses[:2] if np.isfinite(loss[0])]
    top = MOST_LOSS * max(first, default=0.0)
    if top == 0 or not (drawn > top).any():
        return loss_axis(scale, losses), ""
    seen = drawn[(drawn > 0) & (drawn <= top)]
    bottom = -0.05 * top if scale is Scale.LINEAR else float(seen.min()) / 2
    axis = loss_axis(scale, [seen]) | {"autorangeoptions": {"clipmin": bottom, "clipmax": top}}
    return axis, cut_at(top)


def _near(codes: list[list[Floats]]) -> tuple[Axis, bool]:
    """Return an axis that ends where values are far from those of right code, and whether some are.

    Arguments:
        codes: the values of right code, and of this code if it has some.
    """
    right, *here = map(_most, codes)
    most = MOST_VALUE * right
    axis = {"autorangeoptions": {"clipmin": -most, "clipmax": most}} if most else {}
    return axis, bool(axis) and max(here, default=0) > most


def _most(rows: list[Floats]) -> float:
    """Return the largest size of a finite value."""
    values = np.concatenate(rows).astype(np.float64)
    return float(np.abs(values[np.isfinite(values)]).max(initial=0))


def _says_loss(healthy: Run, here: History) -> str:
    right, overflows = healthy.history, overflow_text(healthy.history)
    last = "before the last step" if healthy.experiment.n_batches == 1 else "in the last epoch"
    first, end = (loss_text(float(right.train_loss[epoch])) for epoch in (0, -1))
    ours, theirs = ((h.train_loss, h.test_loss) for h in (here, right))
    if np.array_equal(ours, theirs, equal_nan=True):
        if overflows:  # then nan hides how the losses differ
            return f"In both codes {overflows}."
        return f"Both have the same losses to the last bit: training loss {end} {last}."
    course = _before(right, overflows) if overflows else f"{first} at first, {end} {last}"
    return f"This code: {_course(here)}. Right code: {course}."


def _course(history: History) -> str:
    """Return a few words on how the training loss changes."""
    loss, overflows = history.train_loss, overflow_text(history)
    first = loss_text(float(loss[0]))
    if overflows:
        return _before(history, overflows)
    if (loss == loss[0]).all():
        return f"training loss {first} in every epoch"
    late = loss[len(loss) // 2 :]
    low, high = float(late.min()), float(late.max())
    texts = {loss_text(low), loss_text(high)}
    if texts == {first} and np.allclose(loss, loss[0], rtol=1e-5):
        return f"training loss {first} in every epoch, apart from rounding"
    ends = " to ".join(dict.fromkeys(apart(low, high, loss_text)))
    return f"training loss {first} at first, {ends} in the second half"


def _before(history: History, overflows: str) -> str:
    """Return the first training loss, if it is finite, and then `overflows`."""
    first = float(history.train_loss[0])
    if not np.isfinite(first):
        return overflows
    return f"training loss {loss_text(first)} at first, then {overflows}"


def _says_parameters(healthy: Run, here: History, mistake: Mistake) -> str:
    right, last = healthy.history, "at each epoch's end " * (healthy.experiment.n_batches > 1)
    is_none = mistake is Mistake.NO_BACKWARD  # its history has nan too
    grad = "None" if is_none else f"{last}{_largest(here.bias_grad)}"
    return (
        f"This code: {from_start_to_end(here)}, bias.grad {grad}. "
        f"Right code: {from_start_to_end(right)}, bias.grad {last}{_largest(right.bias_grad)}."
    )


def _largest(grad: Floats) -> str:
    if not np.isfinite(grad).all():
        return "overflows"
    return f"up to {number(float(np.abs(grad).max()))} in size"
