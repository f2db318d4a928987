"""Random numbers: the streams of a run, and those of other seeds, never share a number."""

from collections import defaultdict
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg.core.experiment import MOST_POINTS, MOST_SEED
from linreg.core.seeding import PART, Stream, generator, source

SOME = (0, 1, 42, 999, 1000, 1042, 2042, 3000, 3042, 3999, 4000, 5042, 2**31, 2**31 + 42, MOST_SEED)


def first_numbers(random: torch.Generator) -> tuple[int, ...]:
    """The next five numbers of 32 bits."""
    return tuple(torch.randint(2**32, (5,), generator=random).tolist())


def test_no_two_streams_of_small_seeds_meet() -> None:
    """Each begins in a sequence of its own, or its part ends before the next one begins.

    But the model's, which has the lesson's numbers: within its seed it meets no other stream.
    """
    begins: defaultdict[int, list[tuple[int, Stream]]] = defaultdict(list)
    for seed in range(6_000):
        for stream in Stream:
            sequence, skipped = source(seed, stream)
            assert 0 <= sequence <= MOST_SEED
            if stream is Stream.MODEL:
                others = [source(seed, other) for other in list(Stream)[1:]]
                assert all(each.seed != sequence or each.skipped >= PART for each in others)
            if stream is not Stream.MODEL or not 1_000 <= seed < 4_000:
                begins[sequence].append((skipped, stream))
    for parts in begins.values():
        for (one, stream), (other, _) in pairwise(sorted(parts)):
            assert stream is not Stream.BATCHES  # they may take any count of numbers
            assert other - one >= PART


@given(st.integers(4_000, MOST_SEED))
def test_a_large_seed_has_the_sequence_of_its_own_number(seed: int) -> None:
    """So two of them share none, and no small seed uses it."""
    assert {source(seed, stream).seed for stream in Stream} == {seed}
    skipped = [source(seed, stream).skipped for stream in Stream]
    assert all(later - one >= PART for one, later in pairwise(skipped))
    assert max(source(small, stream).seed for small in (999, 3_999) for stream in Stream) < 4_000


@pytest.mark.parametrize(
    "draw",
    [
        lambda random: torch.randn(MOST_POINTS, 1, generator=random),
        lambda random: torch.randperm(MOST_POINTS, generator=random),
        lambda random: [torch.randn(1, generator=random) for _ in range(4)],
    ],
    ids=["noise", "split", "models"],
)
def test_a_stream_takes_less_than_its_part(draw: object) -> None:
    """After the most that a run draws, the next number is still one of the part."""
    random = generator(42, Stream.NOISE)
    draw(random)  # type: ignore[operator]
    following = torch.rand(1, generator=random)
    part = torch.rand(PART, generator=generator(42, Stream.NOISE))
    assert following in part


def test_the_numbers_that_are_drawn_differ() -> None:
    """PyTorch's own numbers: a generator on the CPU ignores all but the last 32 bits of a seed."""
    of_models = {(seed, Stream.MODEL) for seed in range(1_000, 4_000)}  # they may meet another's
    used = {(seed, stream) for seed in SOME for stream in Stream} - of_models
    assert len({first_numbers(generator(*each)) for each in used}) == len(used) > 50
    plain = [torch.Generator().manual_seed(seed) for seed in (7, 7 + 2**32)]
    assert first_numbers(plain[0]) == first_numbers(plain[1])


@given(st.integers(0, MOST_SEED))
def test_a_model_starts_as_in_the_lesson_whatever_the_seed(seed: int) -> None:
    """As after torch.manual_seed(2026) in a notebook."""
    plain = torch.Generator().manual_seed(seed)
    assert first_numbers(generator(seed, Stream.MODEL)) == first_numbers(plain)


@given(st.integers(0, 999), st.sampled_from(Stream))
def test_seeds_of_the_page_draw_as_they_always_did(seed: int, stream: Stream) -> None:
    """The lesson's numbers for the model; a thousand further for each other use."""
    plain = torch.Generator().manual_seed(seed + 1_000 * stream)
    assert first_numbers(generator(seed, stream)) == first_numbers(plain)
