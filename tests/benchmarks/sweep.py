"""What many learning rates at once cost, in runs of the plain notebook loop; and a loss surface.

    python -m tests.benchmarks.sweep

Sweeps and plain runs alternate in one process and one thread of PyTorch. Each repeat times eight
plain runs, at rates from the whole range; their mean, times the number of rates, estimates all of
them one after another. Those eight rows of the sweep are compared with the plain runs to the last
bit, and at the start every row with `train`. The surface is compared with a loop over all of its
points.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from linreg import Experiment, Model, Sweep, loss_surface, sweep, train
from tests.benchmarks.timing import timed
from tests.support import notebook
from tests.support.rates import log_spaced

EPOCHS = 1000
REPEATS = 7
PLAIN_RUNS = 8
POINTS = 100
RECORDED = ("train_loss", "test_loss", "weight", "bias")


def main() -> None:
    """Print a line for each model and number of rates, and one for each model's surface."""
    torch.set_num_threads(1)
    for model in Model:
        for count in (64, 256):
            _report_sweep(Experiment(model=model, epochs=EPOCHS), log_spaced(count))
    for model in Model:
        _report_surface(Experiment(model=model))


def _report_sweep(experiment: Experiment, rates: tuple[float, ...]) -> None:
    found = sweep(experiment, rates)
    for i, lr in enumerate(rates):
        _compare(found, i, vars(train(replace(experiment, lr=lr)).history))
    costs, seconds = [], []
    for _ in range(REPEATS):
        plain_seconds = []
        for i in np.linspace(0, len(rates) - 1, PLAIN_RUNS).astype(int):
            single = replace(experiment, lr=rates[i])
            passed, plain = timed(partial(notebook.plain_loop, single))
            plain_seconds.append(passed)
            _compare(found, i, plain)
        passed, found = timed(lambda: sweep(experiment, rates))
        seconds.append(passed)
        costs.append(passed / np.mean(plain_seconds))
    low, middle, high = np.quantile(costs, [0.1, 0.5, 0.9])
    print(
        f"{experiment.model}: {len(rates)} rates of {EPOCHS} epochs take {np.median(seconds):.3f} s"
        f", as long as {middle:.2f} plain runs (10th to 90th percentile {low:.2f} to {high:.2f}): "
        f"{len(rates) / middle:.0f} times as fast as all of them (extrapolated from {PLAIN_RUNS}), "
        "identical: yes"
    )


def _compare(found: Sweep, i: int, record: dict[str, Any]) -> None:
    for name in RECORDED:
        expected = np.array(record[name], dtype=np.float32)
        assert np.array_equal(getattr(found, name)[i], expected), (name, found.lr[i])


def _report_surface(experiment: Experiment) -> None:
    weights = np.linspace(-1, 2, POINTS, dtype=np.float32)
    biases = np.linspace(-1, 1, POINTS, dtype=np.float32)
    ratios = []
    for _ in range(REPEATS):
        passed, surface = timed(lambda: loss_surface(experiment, weights, biases))
        plain_seconds, plain = timed(lambda: _plain_surface(experiment, weights, biases))
        assert np.array_equal(surface, plain)
        ratios.append(plain_seconds / passed)
    print(
        f"{experiment.model}: surface of {POINTS} x {POINTS}, {passed * 1000:.1f} ms, "
        f"{np.median(ratios):.0f} times as fast as a loop over its points, identical: yes"
    )


def _plain_surface(
    experiment: Experiment, weights: npt.NDArray[np.float32], biases: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    X, y, train_end, _ = notebook.data(experiment)
    model, loss_fn = notebook.CLASSES[experiment.model](), nn.L1Loss()
    weight, bias = model.parameters()
    surface = np.empty((len(biases), len(weights)), dtype=np.float32)
    with torch.inference_mode():
        for i, b in enumerate(biases.tolist()):
            for j, w in enumerate(weights.tolist()):
                weight.fill_(w)
                bias.fill_(b)
                surface[i, j] = loss_fn(model(X[:train_end]), y[:train_end]).item()
    return surface


if __name__ == "__main__":
    main()
