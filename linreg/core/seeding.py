"""Random numbers without the process's global generator.

Many students train in one process at the same time; a shared generator would hand one student's
numbers to another. Every use of randomness in a run has a stream of its own instead.
"""

from enum import IntEnum

import torch


class Stream(IntEnum):
    """What the numbers are for. The model's own stream is the plain seed, as in the lesson."""

    MODEL = 0
    NOISE = 1
    SPLIT = 2
    BATCHES = 3


SPACING = 1_000  # more than the largest seed, so that no two streams are the same


def generator(seed: int, stream: Stream) -> torch.Generator:
    """Return a new generator; for `Stream.MODEL` it gives what `torch.manual_seed(seed)` gives."""
    return torch.Generator().manual_seed(seed + SPACING * stream)
