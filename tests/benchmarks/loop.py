"""How much faster than the plain notebook loop `train` is, with the same numbers.

    python -m tests.benchmarks.loop

Both run in one process and one thread of PyTorch.
"""

import torch

from linreg import Experiment, Model, train
from tests.benchmarks.timing import against_plain_loop

EPOCHS = 1000


def main() -> None:
    """Print a line for each model."""
    torch.set_num_threads(1)
    for model in Model:
        print(against_plain_loop(train, Experiment(model=model, epochs=EPOCHS)), flush=True)


if __name__ == "__main__":
    main()
