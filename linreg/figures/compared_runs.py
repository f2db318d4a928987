"""The loss curves of several runs in one chart, for comparison."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from linreg.analysis.theory import alternation, overflow_epoch
from linreg.core.experiment import Experiment
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.curves import FEW, UNITS, Floats, curve, decades
from linreg.figures.drawing import Drawing, drawn
from linreg.figures.style import PINS, TEST, Role, as_text, make_drawing
from linreg.formatting import loss_text
from linreg.settings.choices import Scale

GROWN = 10  # times the highest first loss: what grows beyond leaves through the top

Named = Sequence[tuple[str, Run]]


@drawn
def compared_losses_figure(runs: Named, scale: Scale = Scale.LINEAR) -> Drawing:
    """Return training (solid) and test losses (dashed) of named runs, one colour and marker each.

    An end that alternates is a band. Which run ends lowest is said of the last epoch; of a run that
    alternates, the higher of its two values counts. Of different loss functions it is not said.

    Arguments:
        runs: one to eight, each with a name; any text will do.

    Raises:
        ValueError: there are none, or more than eight.
    """
    if not 1 <= len(runs) <= len(PINS):
        raise ValueError(f"runs must be 1 to {len(PINS)}, not {len(runs)}.")
    plain = [
        (as_text(name) or role.name, run) for role, (name, run) in zip(PINS, runs, strict=False)
    ]
    longest = max(run.experiment.epochs for _, run in runs)
    traces = [
        trace
        for role, (name, run) in zip(PINS, plain, strict=False)
        for trace in _curves(role, name, run.history)
    ]
    return make_drawing(
        traces,
        title=f"Compared runs ({scale} scale)",
        says=_says(plain),
        x_title="epoch",
        y_title=_y_title(runs),
        x_axis={"tickformat": ",d"} | ({"dtick": 1} if longest <= FEW else {}),
        y_axis={"type": scale.value, "uirevision": scale.value, **_room(runs, scale)},
    )


def _curves(role: Role, name: str, history: History) -> list[dict[str, Any]]:
    cycle = alternation(history)
    training = replace(role, name=f"{name} training")
    test = replace(role, name=f"{name} test", symbol=f"{role.symbol}-open", dash=TEST.dash)
    traces = curve(training, history.train_loss, cycle)
    if not np.isnan(history.test_loss).all():
        traces += curve(test, history.test_loss, cycle)
    return traces


def _room(runs: Named, scale: Scale) -> dict[str, Any]:
    """Return the axis of the losses: one run that diverges does not flatten the others."""
    losses = [loss for _, run in runs for loss in (run.history.train_loss, run.history.test_loss)]
    ticks = decades(np.concatenate(losses)) if scale is Scale.LOG else {}
    first = [float(loss[0]) for loss in losses if np.isfinite(loss[0])]
    top = GROWN * max(first, default=0.0)
    return ticks | ({"autorangeoptions": {"clipmax": top}} if top > 0 else {})


def _y_title(runs: Named) -> str:
    losses = {run.experiment.loss: None for _, run in runs}  # each once, in order
    if len(losses) == 1:
        return UNITS[next(iter(losses))]
    return f"loss (units differ: {', '.join(losses)})"


def _says(runs: Named) -> str:
    if len({run.experiment.loss for _, run in runs}) > 1:
        return "These runs have different loss functions: the heights of curves do not compare."
    if len({_data(run.experiment) for _, run in runs}) > 1:
        return "These runs have different data: the heights of curves do not compare."
    sentences = [
        _lowest("training", runs, lambda history: history.train_loss),
        _lowest("test", runs, lambda history: history.test_loss),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _data(experiment: Experiment) -> tuple[object, ...]:
    """Return what decides the rows, before they are split."""
    e = experiment
    return (e.points,) if e.points else (e.weight, e.bias, e.start, e.stop, e.step, e.noise)


def _lowest(of: str, runs: Named, losses: Callable[[History], Floats]) -> str:
    """Return which runs end lowest; nothing where no run has such a loss."""
    if all(np.isnan(losses(run.history)).all() for _, run in runs):
        return ""
    ends = [(name, _end(run.history, losses(run.history))) for name, run in runs]
    lowest = min(end for _, end in ends)
    if not np.isfinite(lowest):
        return f"No {of} loss ends as a finite number."
    names = " and ".join(name for name, end in ends if end == lowest)
    return f"Lowest {of} loss at the end: {names}, {loss_text(lowest)}."


def _end(history: History, loss: Floats) -> float:
    """Return the loss in which a run ends; inf where it overflows or has none."""
    last = loss[-1:] if alternation(history) is None else loss[-2:]
    usable = overflow_epoch(history) is None and np.isfinite(last).all()
    return float(last.max()) if usable else float("inf")
