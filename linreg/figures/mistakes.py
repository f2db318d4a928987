"""A run of wrong code beside the same run of right code.

The figures say what is seen, with numbers, and never what is wrong: they stand beside a question.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from linreg.analysis.theory import alternation, overflow_epoch
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.curves import FEW, UNITS, Floats, curve, decades
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import BIAS, TEST, TRAINING, WEIGHT, Role, make_drawing
from linreg.formatting import loss_text, number
from linreg.mistakes.run import Trial
from linreg.settings.choices import Scale

HERE, RIGHT = "this code", "right code"
RIGHT_DASH = "dot"
MOST_LOSS = 100  # times the first loss: what grows beyond leaves the chart
MOST_VALUE = 10_000  # times the largest value of right code
NOTHING = "This code stopped before its first epoch was over: it has nothing to show."


@drawn
def trial_figure(healthy: Run, trial: Trial, scale: Scale = Scale.LINEAR) -> Drawing:
    """Return the training and test losses of both: this code solid, right code dotted.

    Arguments:
        healthy: the run of the same experiment without the mistake.
        trial: what the wrong code left.
    """
    histories = [healthy.history] if trial.history is None else [healthy.history, trial.history]
    traces = _losses(RIGHT, healthy.history)
    if trial.history is not None:
        traces += _losses(HERE, trial.history)
    return make_drawing(
        traces,
        title=f"Loss curves ({scale} scale)",
        says=NOTHING if trial.history is None else _says_loss(healthy.history, trial.history),
        x_title="epoch",
        y_title=UNITS[healthy.experiment.loss],
        x_axis=_epochs(healthy),
        y_axis={
            "type": scale.value,
            "uirevision": scale.value,
            **_loss_axis(histories, scale),
        },
    )


@drawn
def trial_parameters_figure(healthy: Run, trial: Trial) -> Drawing:
    """Return weight and bias at the start of each epoch, and below them the epoch's gradients.

    A gradient that is None is not drawn. Arguments as those of `trial_figure`.
    """
    right, here = healthy.history, trial.history
    drawing = make_drawing(
        _parameters(RIGHT, right) + ([] if here is None else _parameters(HERE, here)),
        title="Parameters and gradients",
        says=NOTHING if here is None else _says_parameters(right, here),
        x_title="epoch",
        y_title="value (no unit)",
        x_axis=_epochs(healthy) | {"anchor": "y2"},
        y_axis={"domain": [0.55, 1], **_near([right.weight, right.bias])},
    )
    below = {
        "title": {"text": ".grad (no unit)"},
        "domain": [0, 0.45],
        "anchor": "x",
        **_near([right.weight_grad, right.bias_grad]),
    }
    return replace(drawing, layout={**drawing.layout, "yaxis2": drawing.layout["yaxis"] | below})


def _look(role: Role, whose: str) -> Role:
    """Return a role as it looks in one of the two codes."""
    if whose == HERE:
        return replace(role, name=f"{whose}: {role.name}", dash="solid")
    return replace(
        role, name=f"{whose}: {role.name}", dash=RIGHT_DASH, symbol=f"{role.symbol}-open"
    )


def _losses(whose: str, history: History) -> list[dict[str, Any]]:
    cycle = alternation(history)
    traces = curve(_look(TRAINING, whose), history.train_loss, cycle)
    if not np.isnan(history.test_loss).all():
        traces += curve(_look(TEST, whose), history.test_loss, cycle)
    return traces


def _parameters(whose: str, history: History) -> list[dict[str, Any]]:
    cycle = alternation(history)
    traces = []
    for role, values, grad in (
        (WEIGHT, history.weight, history.weight_grad),
        (BIAS, history.bias, history.bias_grad),
    ):
        look = _look(role, whose)
        traces += curve(look, values, cycle, "")
        if not np.isnan(grad).all():
            below = {"yaxis": "y2", "showlegend": False}
            traces += [trace | below for trace in curve(look, grad, cycle, ".grad")]
    return traces


def _epochs(healthy: Run) -> dict[str, Any]:
    return {"tickformat": ",d"} | ({"dtick": 1} if healthy.experiment.epochs <= FEW else {})


def _loss_axis(histories: list[History], scale: Scale) -> dict[str, Any]:
    """Return ticks and range of the losses: what explodes does not flatten the other curve."""
    losses = [loss for history in histories for loss in (history.train_loss, history.test_loss)]
    drawn = np.concatenate(losses)
    axis = decades(drawn) if scale is Scale.LOG else {}
    first = [float(loss[0]) for loss in losses[:2] if np.isfinite(loss[0])]
    top = MOST_LOSS * max(first, default=0.0)
    if top == 0 or not (drawn > top).any():
        return axis
    seen = drawn[(drawn > 0) & (drawn <= top)]
    bottom = -0.05 * top if scale is Scale.LINEAR else float(seen.min()) / 2
    return axis | {"autorangeoptions": {"clipmin": bottom, "clipmax": top}}


def _near(rows: list[Floats]) -> dict[str, Any]:
    """Return an axis that ends where values are far from those of right code."""
    values = np.concatenate(rows).astype(np.float64)
    most = MOST_VALUE * float(np.abs(values[np.isfinite(values)]).max(initial=0))
    return {"autorangeoptions": {"clipmin": -most, "clipmax": most}} if most else {}


def _says_loss(right: History, here: History) -> str:
    if _same(here.train_loss, right.train_loss) and _same(here.test_loss, right.test_loss):
        end = loss_text(float(right.train_loss[-1]))
        return f"Both have the same losses to the last bit: training loss {end} in the end."
    first, end = (loss_text(float(right.train_loss[epoch])) for epoch in (0, -1))
    return f"This code: {_course(here)}. Right code: {first} at first, {end} in the end."


def _course(history: History) -> str:
    """Return how the training loss goes, in a few words."""
    loss, epoch = history.train_loss, overflow_epoch(history)
    first = loss_text(float(loss[0]))
    if epoch is not None:
        return f"training loss {first} at first, overflows in epoch {epoch}"
    if (loss == loss[0]).all():
        return f"training loss {first} in every epoch"
    late = loss[len(loss) // 2 :]
    low, high = loss_text(float(late.min())), loss_text(float(late.max()))
    if low == high == first and np.allclose(loss, loss[0], rtol=1e-5):
        return f"training loss {first} in every epoch but for rounding"
    return f"training loss {first} at first, {low} to {high} in the second half"


def _says_parameters(right: History, here: History) -> str:
    lines = [f"{whose}: {_ends(h)}." for whose, h in (("This code", here), ("Right code", right))]
    return " ".join(lines)


def _ends(history: History) -> str:
    """Return the first and last parameters, and the largest gradient of the bias."""
    weight, bias = (f"{number(p[0])} → {number(p[-1])}" for p in (history.weight, history.bias))
    return f"weight {weight}, bias {bias}, bias.grad {_largest(history.bias_grad)}"


def _largest(grad: Floats) -> str:
    if np.isnan(grad).all():
        return "None"
    finite = np.abs(grad[np.isfinite(grad)])
    return f"up to {number(float(finite.max()))}" if len(finite) == len(grad) else "overflows"


def _same(a: Floats, b: Floats) -> bool:
    return np.array_equal(a, b, equal_nan=True)
