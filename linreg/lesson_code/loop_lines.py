"""The lesson's training loop line by line, for pages that step through it."""

from typing import NamedTuple

from linreg.core.experiment import Experiment
from linreg.lesson_code.training_code import write_epochs
from linreg.walkthrough.walk import FIVE_STEPS, Moment

_STARTS = dict(
    zip(
        FIVE_STEPS,
        ("y_pred = ", "loss = ", "optimizer.zero_grad", "loss.backward", "optimizer.step"),
        strict=True,
    )
)


class Line(NamedTuple):
    """A line of code with its indentation, and the moment that it belongs to; None: to none."""

    code: str
    moment: Moment | None


def loop_lines(experiment: Experiment) -> tuple[Line, ...]:
    """Return the lines of `write_epochs` without comment lines and blank lines.

    Each of the five steps has one line of its own; the testing loop has several.
    """
    lines = [Line(code, _moment(code.strip())) for code in write_epochs(experiment).splitlines()]
    codes = [line.code.strip() for line in lines]
    if "model.eval()" in codes:
        start = codes.index("model.eval()")
        lines[start:] = [Line(line.code, Moment.TEST) for line in lines[start:]]
    return tuple(line for line in lines if line.code.strip() and line.code.strip()[0] != "#")


def _moment(code: str) -> Moment | None:
    return next((moment for moment, start in _STARTS.items() if code.startswith(start)), None)
