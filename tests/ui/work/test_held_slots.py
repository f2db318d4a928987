"""A slot that a block holds: used inside, given back for a pause, and at the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from linreg.ui.work.queue import Slots
from tests.support.slots import PATIENCE, Session, fail, free_slots, ignore


def test_computing_inside_a_slot_needs_no_other_slot() -> None:
    """A page that holds the only slot trains in it."""
    queue = Slots(1)
    with queue.hold(fail):
        assert queue.compute(lambda told: "done", ignore, 1) == "done"
        assert free_slots(queue) == 0
    assert free_slots(queue) == 1


def test_a_pause_lets_others_in() -> None:
    """A session that only waits delays nobody, and has a slot again afterwards."""
    queue = Slots(1)
    with queue.hold(fail):
        with queue.pause():
            assert free_slots(queue) == 1
        assert free_slots(queue) == 0
    assert free_slots(queue) == 1


def test_a_pause_without_a_slot_does_nothing() -> None:
    """And no slot is taken after it."""
    queue = Slots(1)
    with queue.pause():
        assert free_slots(queue) == 1
    assert free_slots(queue) == 1


def in_block(queue: Slots) -> None:
    """Fail in a slot."""
    with queue.hold(fail):
        fail()


def in_pause(queue: Slots) -> None:
    """Fail in a pause of a slot."""
    with queue.hold(fail), queue.pause():
        fail()


def in_wait(queue: Slots) -> None:
    """Fail while somebody else has the only slot."""
    with ThreadPoolExecutor(1) as pool:
        other = Session(pool, queue)
        assert other.computes.wait(PATIENCE)
        try:
            with queue.hold(fail):
                raise AssertionError("another held the slot")
        finally:
            other.end()


@pytest.mark.parametrize("failing", [in_block, in_pause, in_wait])
def test_a_slot_for_a_block_is_given_back_whatever_happens(
    failing: Callable[[Slots], None],
) -> None:
    """An exception in the block, in a pause of it, or before it began leaves all free."""
    queue = Slots(1)
    with pytest.raises(OSError, match="no memory"):
        failing(queue)
    assert free_slots(queue) == 1
