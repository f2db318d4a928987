"""The loss curves of several runs in one chart, for comparison."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from linreg.analysis.theory import alternation, overflow_epoch
from linreg.core.experiment import Experiment
from linreg.core.losses import Floats
from linreg.core.record import History
from linreg.core.training import Run
from linreg.figures.elements.axes import Axis, cut_at, epoch_axis, loss_axis, loss_title
from linreg.figures.elements.drawing import Drawing, drawn
from linreg.figures.elements.marks import Trace, curves
from linreg.figures.elements.style import PINS, TEST, Role, as_text, make_drawing
from linreg.formatting import loss_text
from linreg.settings.choices import Scale

GROWN = 10  # times the highest first loss is the top of the chart

Named = Sequence[tuple[str, Run]]


@drawn
def compared_losses_figure(runs: Named, scale: Scale = Scale.LINEAR) -> Drawing:
    """Return training (solid) and test losses (dashed) of named runs, one colour and marker each.

    Where the last epochs alternate between two values, the figure shows a band. The subtitle says
    which run has the lowest loss in the last epoch; of two alternating values the higher one
    counts. It does not compare losses of different functions or on different rows.

    Arguments:
        runs: one to eight, each with a name, which may be any text.

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
    y_axis, cut = _loss_axis(runs, scale)
    return make_drawing(
        traces,
        title=f"Compared runs ({scale} scale)",
        says=_says(plain) + cut,
        x_title="epoch",
        y_title=_y_title(runs),
        x_axis=epoch_axis(longest),
        y_axis=y_axis,
    )


def _curves(role: Role, name: str, history: History) -> list[Trace]:
    training = replace(role, name=f"{name} training")
    test = replace(role, name=f"{name} test", symbol=f"{role.symbol}-open", dash=TEST.dash)
    losses = [(training, history.train_loss), (test, history.test_loss)]
    return curves(losses, alternation(history))


def _loss_axis(runs: Named, scale: Scale) -> tuple[Axis, str]:
    """Return an axis of the losses on which a run that diverges does not flatten the others.

    And a sentence that says where the axis ends, if it does so below a loss.
    """
    losses = [loss for _, run in runs for loss in (run.history.train_loss, run.history.test_loss)]
    first = [float(loss[0]) for loss in losses if np.isfinite(loss[0])]
    top = GROWN * max(first, default=0.0)
    if top <= 0:
        return loss_axis(scale, losses), ""
    axis = loss_axis(scale, [np.minimum(loss, top) for loss in losses])
    is_cut = any((loss > top).any() for loss in losses)
    return axis | {"autorangeoptions": {"clipmax": top}}, cut_at(top) if is_cut else ""


def _y_title(runs: Named) -> str:
    losses = {run.experiment.loss: None for _, run in runs}  # each once, in order
    titles = {loss_title(run.experiment) for _, run in runs}
    if len(titles) == 1:
        return titles.pop()
    return f"loss (units differ: {', '.join(losses)})" if len(losses) > 1 else "loss (units differ)"


def _says(runs: Named) -> str:
    if len({run.experiment.loss for _, run in runs}) > 1:
        return "These runs have different loss functions: do not compare the heights of the curves."
    if len({_rows(run.experiment) for _, run in runs}) > 1:
        return "These runs have different rows: do not compare the heights of the curves."
    in_batches = any(run.experiment.n_batches > 1 for _, run in runs)
    before, after = ("each of its steps", "the last one") if in_batches else ("its step", "it")
    says = _lowest("training", f"before {before}", runs, lambda history: history.train_loss)
    if any(run.experiment.n_test for _, run in runs):
        says += " " + _lowest("test", f"after {after}", runs, lambda history: history.test_loss)
    return says


def _rows(experiment: Experiment) -> tuple[object, ...]:
    """Return the settings that determine the training rows and the test rows."""
    e = experiment
    line = e.points or (e.weight, e.bias, e.start, e.stop, e.step, e.noise)
    at_random = e.shuffle or (e.noise and not e.points)
    return line, e.n_train, e.n_test, e.shuffle, e.seed if at_random else None


def _lowest(of: str, when: str, runs: Named, losses: Callable[[History], Floats]) -> str:
    """Return which runs have the lowest last loss."""
    ends = [(name, _end(run.history, losses(run.history))) for name, run in runs]
    lowest = min(end for _, end in ends)
    if not np.isfinite(lowest):
        return f"No {of} loss ends as a finite number."
    said = loss_text(lowest)  # equal texts are said to be equal: rounding has made the difference
    names = " and ".join(n for n, end in ends if np.isfinite(end) and loss_text(end) == said)
    cycles = any(alternation(run.history) for _, run in runs)
    how = ", the higher of two where it alternates" if cycles else ""
    return f"Lowest {of} loss in the last epoch, {when}{how}: {names}, {said}."


def _end(history: History, loss: Floats) -> float:
    """Return the last loss of a run; inf if it overflows or does not exist."""
    last = loss[-1:] if alternation(history) is None else loss[-2:]
    usable = overflow_epoch(history) is None and np.isfinite(last).all()
    return float(last.max()) if usable else float("inf")
