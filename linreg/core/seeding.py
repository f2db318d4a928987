"""Random numbers without the process's global generator.

Many students train in one process at the same time. With a shared generator, one student's run
would change the numbers of another. So each use of random numbers in a run has its own generator.

A generator of PyTorch on the CPU (a Mersenne Twister) uses the last 32 bits of its seed only: there
are 2**32 sequences of numbers, and as many seeds, each with four streams. So a stream of a large
seed is a part of a sequence.
"""

from enum import IntEnum
from typing import NamedTuple

import torch


class Stream(IntEnum):
    """The use of random numbers. The model's generator has the plain seed, as in the lesson."""

    MODEL = 0
    NOISE = 1
    SPLIT = 2
    BATCHES = 3  # the last: it may take any count of numbers


SPACING = 1_000  # seeds below it, those of the page's slider, have a sequence for each stream
PART = 2**16  # numbers; more than any stream takes, but that of the batches


class Source(NamedTuple):
    """Where a stream begins: the seed of a sequence, and how many of its numbers are skipped."""

    seed: int
    skipped: int


def source(seed: int, stream: Stream) -> Source:
    """Return where a stream of a seed from 0 to 2**32 - 1 begins; the streams of a run never meet.

    The model has the sequence that PyTorch gives the seed, whatever the seed. Seeds below 1000 use
    the sequences 0 to 3999 from their beginnings. From 4000 on a seed has its own sequence, and a
    part of it for each stream. In between, the parts begin later, behind what small seeds use. Only
    the batches of small seeds, 3000 to 3999, have no end; a seed from there uses the sequence of a
    small seed's model, which takes two numbers.

    So streams of different seeds do not meet either, with one exception: the two numbers with which
    the model of a seed from 1000 to 3999 starts begin another stream of a small seed.
    """
    if stream is Stream.MODEL:
        return Source(seed, 0)
    if seed < SPACING:
        return Source(seed + stream * SPACING, 0)
    if seed < Stream.BATCHES * SPACING:
        return Source(seed, (1 + stream) * PART)
    if seed < len(Stream) * SPACING:
        return Source(seed - Stream.BATCHES * SPACING, (1 + stream) * PART)
    return Source(seed, stream * PART)


def generator(seed: int, stream: Stream) -> torch.Generator:
    """Return a new generator; that of `Stream.MODEL` draws as after `torch.manual_seed(seed)`."""
    first, skipped = source(seed, stream)
    random = torch.Generator().manual_seed(first)
    torch.rand(skipped, generator=random)
    return random
