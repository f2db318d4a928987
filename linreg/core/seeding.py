"""Random numbers without the process's global generator.

Many students train in one process at the same time. With a shared generator, one student's run
would change the numbers of another. So each use of random numbers in a run has its own generator.
"""

from enum import IntEnum

import torch


class Stream(IntEnum):
    """The use of random numbers. The model's generator gets the plain seed, as in the lesson."""

    MODEL = 0
    NOISE = 1
    SPLIT = 2
    BATCHES = 3


SPACING = 1_000  # more than the largest seed of the page's slider
FAR_SPACING = 2**32  # more than the largest seed of the library


def offset(seed: int, stream: Stream) -> int:
    """Return what is added to the seed for a stream, so that no two streams of a run meet."""
    return stream * (SPACING if seed < SPACING else FAR_SPACING)


def generator(seed: int, stream: Stream) -> torch.Generator:
    """Return a new generator; that of `Stream.MODEL` draws as after `torch.manual_seed(seed)`."""
    return torch.Generator().manual_seed(seed + offset(seed, stream))
