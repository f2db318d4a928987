"""How much sooner than the plain notebook loop `train` is, with the same numbers.

    python -m tests.benchmarks.loop

Both run by turns in one process and one thread of PyTorch; the ratio of each pair is taken, so that
a noisy machine moves both. The histories of every pair are compared to the last bit.
"""

import statistics
from functools import partial

import numpy as np
import torch

from linreg import Experiment, Model, train
from tests.benchmarks.timing import timed
from tests.support.notebook import plain_loop

PAIRS = 25
EPOCHS = 1000


def main() -> None:
    """Print a line for each model."""
    torch.set_num_threads(1)
    for model in Model:
        experiment = Experiment(model=model, epochs=EPOCHS)
        train(experiment)
        plain_loop(experiment)
        ratios, ours, plains = [], [], []
        for _ in range(PAIRS):
            plain_seconds, plain = timed(partial(plain_loop, experiment))
            seconds, run = timed(partial(train, experiment))
            for name, values in plain.items():
                expected = np.array(values, dtype=np.float32)
                assert np.array_equal(getattr(run.history, name), expected), name
            ratios.append(plain_seconds / seconds)
            ours.append(seconds)
            plains.append(plain_seconds)
        low, middle, high = (np.quantile(ratios, q) for q in (0.1, 0.5, 0.9))
        print(
            f"{model}: {EPOCHS} epochs, train {statistics.median(ours) * 1e6 / EPOCHS:.0f} us an "
            f"epoch, plain loop {statistics.median(plains) * 1e6 / EPOCHS:.0f} us; "
            f"{middle:.2f} x as fast (10th to 90th percentile {low:.2f} to {high:.2f}), "
            f"identical: yes"
        )


if __name__ == "__main__":
    main()
