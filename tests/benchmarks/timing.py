"""How the benchmarks time one call, or a run together with the plain notebook loop."""

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from linreg import Experiment, Run
from tests.support.notebook import plain_loop

T = TypeVar("T")

PAIRS = 25


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that a call took, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def against_plain_loop(train: Callable[[Experiment], Run], experiment: Experiment) -> str:
    """Return a line: how long `train` and the plain loop take, and how many times as fast it is.

    Both run in turn, and the ratio of each pair is taken, so a noisy machine affects both. The
    histories of every pair are compared to the last bit. What a first run imports is not counted.
    """
    train(experiment)
    plain_loop(experiment)
    seconds = np.empty((2, PAIRS))
    for pair in range(PAIRS):
        seconds[0, pair], plain = timed(lambda: plain_loop(experiment))
        seconds[1, pair], run = timed(lambda: train(experiment))
        for name, values in plain.items():
            expected = np.array(values, dtype=np.float32)
            assert np.array_equal(getattr(run.history, name), expected, equal_nan=True), name
    low, middle, high = np.quantile(seconds[0] / seconds[1], (0.1, 0.5, 0.9))
    plains, ours = np.median(seconds, axis=1) * 1e3
    return (
        f"{experiment.model}, {experiment.loss}: {experiment.epochs} epochs in {ours:.1f} ms, "
        f"plain loop {plains:.1f} ms; {middle:.2f} times as fast "
        f"(10th to 90th percentile {low:.2f} to {high:.2f}), identical: yes"
    )
