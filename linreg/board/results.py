"""What a round showed: histograms of both votes, what the real run tells, the class's own sweep."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from linreg.analysis.sweeps import Sweep, sweep
from linreg.analysis.theory import alternation
from linreg.board.questions import Question
from linreg.core.experiment import MOST_STEPS, Experiment
from linreg.core.training import Run
from linreg.engines.replay import can_be_replayed, replayed

BINS = 11  # odd, so that the bar of a single answer stands around it
HALF_A_BIN = 1 / (2 * (BINS - 1))  # of the way from the lowest value to the highest one
MOST_SLOW_STEPS = 5_000  # of all runs that a class chose, where each step is Python: seconds
BELOW = 0.01  # the loss of the question "after which epoch is the loss below 0.01?"


@dataclass(frozen=True, kw_only=True)
class Engines:
    """What computes runs: an app has functions with a cache and a progress bar."""

    train: Callable[[Experiment], Run] = replayed
    sweep: Callable[[Experiment, tuple[float, ...]], Sweep] = sweep


PLAIN = Engines()


@dataclass(frozen=True, kw_only=True)
class ClassRuns:
    """The runs that a class chose: `values` ascend, each once, with their last training losses.

    A loss is None where it overflows.
    """

    values: tuple[float, ...]
    losses: tuple[float | None, ...]


def class_runs(
    question: Question, values: Sequence[float], engines: Engines = PLAIN
) -> ClassRuns | None:
    """Return the runs of a class that chose a setting; None otherwise, and if they are too many."""
    if question.kind != "setting" or not values:
        return None
    if question.setting == "lr":
        losses = _losses_of_rates(question.experiment, values, engines)
    else:
        losses = _losses_of_lengths(question.experiment, values, engines)
    if not losses:
        return None
    return ClassRuns(values=tuple(sorted(set(values))), losses=tuple(map(_known, losses)))


def _losses_of_rates(
    experiment: Experiment, values: Sequence[float], engines: Engines
) -> list[float]:
    """Return the last losses of one stacked training with each rate once; none if too much work."""
    try:
        found = engines.sweep(experiment, tuple(sorted(set(values))))
    except ValueError:  # too many steps, or no such device here
        return []
    return [float(loss) for loss in found.train_loss[:, -1]]


def _losses_of_lengths(
    experiment: Experiment, values: Sequence[float], engines: Engines
) -> list[float]:
    """Return the last loss of a run of each number of epochs; none if too much work."""
    lengths = sorted({int(value) for value in values})
    most = MOST_STEPS if can_be_replayed(experiment) else MOST_SLOW_STEPS
    if sum(lengths) * experiment.n_batches > most:
        return []
    runs = [engines.train(replace(experiment, epochs=epochs)) for epochs in lengths]
    return [float(run.history.train_loss[-1]) for run in runs]


def truth(question: Question, engines: Engines = PLAIN) -> float | None:
    """Return what is right: as the teacher said, or as the real run tells; None if unknown."""
    if question.right is not None or not question.measure:
        return question.right
    return READ[question.measure](engines.train(question.experiment))


def outcome(
    question: Question, votes: Sequence[Sequence[float]], engines: Engines | None = PLAIN
) -> dict[str, Any]:
    """Return what everybody sees at the end of a round, ready for JSON.

    Histograms of each vote, their edges where answers are numbers, what is right, and the class's
    own runs, for a setting: each value that was chosen in the last vote, with its last loss.
    Without engines nothing is trained; `pending` says whether a run would tell more.
    """
    last: Sequence[float] = next((vote for vote in reversed(votes) if vote), ())
    right, runs = question.right, None
    if engines is not None:
        right, runs = truth(question, engines), class_runs(question, last, engines)
    edges = None if question.kind == "choice" else _edges(question, votes, right)
    asks_runs = bool(question.measure) or (question.kind == "setting" and bool(last))
    return {
        "votes": [_counts(question, vote, edges) for vote in votes],
        "edges": edges,
        "right": right,
        "runs": None if runs is None else {"values": runs.values, "losses": runs.losses},
        "pending": engines is None and asks_runs,
    }


def _edges(
    question: Question, votes: Sequence[Sequence[float]], right: float | None
) -> list[float]:
    """Return the bounds of the bins: around all answers and what is right, both votes alike.

    The lowest of these values and the highest one are in the middle of their bins.
    """
    values = [value for vote in votes for value in vote] + ([] if right is None else [right])
    if question.kind == "setting":  # its slider is logarithmic, which has no place for epoch 0
        values = [value for value in values if value > 0]
    low, high = min(values, default=question.low or 0.0), max(values, default=question.high or 1.0)
    if question.kind == "setting":
        margin = (high / low) ** HALF_A_BIN if high > low else 1.1
        edges = np.geomspace(low / margin, high * margin, BINS + 1)
    else:
        margin = (high - low or abs(high) or 1.0) * HALF_A_BIN
        edges = np.linspace(low - margin, high + margin, BINS + 1)
    return [float(edge) for edge in edges]


def _counts(question: Question, vote: Sequence[float], edges: list[float] | None) -> list[int]:
    if edges is None:
        return [sum(value == option for value in vote) for option in range(len(question.options))]
    return [int(count) for count in np.histogram(vote, bins=edges)[0]]


def _first_below(run: Run) -> float | None:
    """Return after how many epochs the training loss is below BELOW for the first time."""
    below = np.flatnonzero(run.history.train_loss < BELOW)
    return float(below[0]) if len(below) else None  # a loss is taken before its epoch's step


def _end_of_learning(run: Run) -> float | None:
    cycle = alternation(run.history)
    return None if cycle is None else float(cycle.first_epoch)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


READ: Mapping[str, Callable[[Run], float | None]] = {
    "train_loss": lambda run: _known(run.history.train_loss[-1]),
    "test_loss": lambda run: _known(run.history.test_loss[-1]),
    "weight": lambda run: _known(run.history.weight[-1]),
    "bias": lambda run: _known(run.history.bias[-1]),
    "epoch_below": _first_below,
    "end_of_learning": _end_of_learning,
}
"""How each of `linreg.board.questions.MEASURES` is read from a run; None if the run has none."""
