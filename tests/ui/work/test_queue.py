"""Slots: how many compute at once, who is next, and that a slot is always given back."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from linreg.core.record import Progress
from linreg.ui.work import queue as queue_module
from linreg.ui.work.queue import Slots

PATIENCE = 30  # seconds before a test that waits for ever fails


def ignore(done: int, total: int) -> None:
    """Ignore the progress."""


class Held:
    """A job that holds a slot until `end` is called."""

    def __init__(self, pool: ThreadPoolExecutor, queue: Slots) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.future: Future[None] = pool.submit(queue.compute, self._work, ignore, 1)

    def _work(self, progress: Progress) -> None:
        self.begun.set()
        assert self.go_on.wait(PATIENCE)

    def end(self) -> None:
        """End the job, and wait for its end."""
        self.go_on.set()
        self.future.result(PATIENCE)


class MovedOn(BaseException):
    """Like the exception of a stopped script, no Exception."""


def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    waited = threading.Event()
    for _ in range(PATIENCE * 100):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("the condition was never met")


def test_no_more_compute_at_once_than_there_are_slots() -> None:
    """Of twenty jobs in twenty threads, never more than three are inside; all end."""
    queue, lock = Slots(3), threading.Lock()
    inside, most = 0, 0

    def work(progress: Progress) -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.005)
        with lock:
            inside -= 1
        return "done"

    with ThreadPoolExecutor(20) as pool:
        futures = [pool.submit(queue.compute, work, ignore, 1) for _ in range(20)]
        assert [future.result(PATIENCE) for future in futures] == ["done"] * 20
    assert most == 3


def test_the_job_that_came_first_is_next() -> None:
    """Jobs that have not computed yet go in the order in which they came."""
    queue = Slots(1)
    order: list[int] = []
    with ThreadPoolExecutor(6) as pool:
        first = Held(pool, queue)
        assert first.begun.wait(PATIENCE)
        futures = []
        for number in range(5):

            def work(progress: Progress, number: int = number) -> None:
                order.append(number)

            futures.append(pool.submit(queue.compute, work, ignore, 1))
            until(lambda: len(queue._queue) == len(futures))
        first.end()
        for future in futures:
            future.result(PATIENCE)
    assert order == [0, 1, 2, 3, 4]


def test_a_long_job_lets_a_short_one_in_at_its_next_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one slot, a job that comes later ends before one that reports its progress."""
    monkeypatch.setattr(queue_module, "SLICE", -1)
    monkeypatch.setattr(queue_module, "WEIGHT", 1e9)
    queue = Slots(1)
    ended: list[str] = []
    long_begun, short_waits = threading.Event(), threading.Event()

    def long(progress: Progress) -> None:
        long_begun.set()
        assert short_waits.wait(PATIENCE)
        progress(1, 2)
        ended.append("long")

    def short(progress: Progress) -> None:
        ended.append("short")

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(queue.compute, long, ignore, 2)
        assert long_begun.wait(PATIENCE)
        other = pool.submit(queue.compute, short, ignore, 1)
        until(lambda: bool(queue._queue))
        short_waits.set()
        one.result(PATIENCE)
        other.result(PATIENCE)
    assert ended == ["short", "long"]


def test_a_short_job_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that computed less than SLICE keeps the slot, though another has computed nothing."""
    monkeypatch.setattr(queue_module, "SLICE", 1e9)
    queue = Slots(1)
    ended: list[str] = []

    def work(progress: Progress) -> None:
        other.append(pool.submit(queue.compute, lambda told: ended.append("late"), ignore, 1))
        until(lambda: bool(queue._queue))
        progress(1, 2)
        ended.append("early")

    other: list[Future[None]] = []
    with ThreadPoolExecutor(2) as pool:
        pool.submit(queue.compute, work, ignore, 2).result(PATIENCE)
        other[0].result(PATIENCE)
    assert ended == ["early", "late"]


def test_a_waiting_job_is_told_the_progress_and_may_leave() -> None:
    """An exception while waiting ends the wait; the others still get their slots."""
    told = []

    def leave(done: int, total: int) -> None:
        told.append((done, total))
        raise MovedOn

    queue = Slots(1)
    with ThreadPoolExecutor(2) as pool:
        first = Held(pool, queue)
        assert first.begun.wait(PATIENCE)
        with pytest.raises(MovedOn):
            queue.compute(lambda progress: None, leave, 7)
        assert (told, queue._queue) == ([(0, 7)], [])
        first.end()
        assert queue.compute(lambda progress: "mine", ignore, 1) == "mine"


def test_a_slot_that_is_no_longer_wanted_goes_to_the_next() -> None:
    """A session that moves on while it waits leaves the slot when the slot comes."""
    moved_on, queue = threading.Event(), Slots(1)

    def leave(done: int, total: int) -> None:
        if moved_on.is_set():
            raise MovedOn

    computed: list[str] = []
    with ThreadPoolExecutor(3) as pool:
        first = Held(pool, queue)
        assert first.begun.wait(PATIENCE)
        stale = pool.submit(queue.compute, lambda progress: computed.append("stale"), leave, 1)
        until(lambda: len(queue._queue) == 1)
        moved_on.set()
        first.end()
        with pytest.raises(MovedOn):
            stale.result(PATIENCE)
        assert queue.compute(lambda progress: "mine", ignore, 1) == "mine"
    assert computed == []


def test_waiting_threads_check_less_often_in_a_long_queue() -> None:
    """A single thread checks every 50 ms; a hundred check twice a second each, and never less."""
    queue = Slots(1)
    glances = []
    for waiting in (0, 10, 100, 1_000):
        queue._queue = [queue_module._Ticket(0.0, number) for number in range(waiting)]
        glances.append(queue._glance())
    assert glances == [0.05, pytest.approx(0.15), 0.5, 0.5]


@pytest.mark.parametrize("where", ["job", "progress", "waiting again"])
def test_a_slot_is_given_back_whatever_happens(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in the job, in a report, or after the slot was passed on leaves all free."""
    queue = Slots(1)
    monkeypatch.setattr(queue_module, "SLICE", -1)
    monkeypatch.setattr(queue_module, "WEIGHT", 1e9)

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if where == "progress" or (where == "waiting again" and len(calls) == 2):
            raise OSError("no memory")

    calls: list[int] = []

    def job(told: Progress) -> None:
        if where == "job":
            raise OSError("no memory")
        if where == "waiting again":
            held.append(Held(pool, queue))
            until(lambda: bool(queue._queue))
        told(1, 2)

    held: list[Held] = []
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(OSError, match="no memory"):
            queue.compute(job, progress, 2)
        for other in held:
            other.end()
    assert (queue._free, queue._queue) == (1, [])


def test_the_servers_slots_are_few() -> None:
    """One for each core, four at most."""
    assert 1 <= queue_module.SLOTS._free <= queue_module.MOST_SLOTS


def test_computing_inside_a_slot_needs_no_other_slot() -> None:
    """A page that holds the only slot trains in it."""
    queue = Slots(1)
    with queue.hold(fail):
        assert queue.compute(lambda told: "done", ignore, 1) == "done"
        assert queue._free == 0
    assert queue._free == 1


def test_a_pause_lets_others_in() -> None:
    """A session that only waits delays nobody, and has a slot again afterwards."""
    queue = Slots(1)
    with ThreadPoolExecutor(1) as pool, queue.hold(fail):
        with queue.pause():
            assert pool.submit(queue.compute, lambda told: 7, ignore, 1).result(PATIENCE) == 7
        assert queue._free == 0
    assert queue._free == 1


def test_a_pause_without_a_slot_does_nothing() -> None:
    """And no slot is taken after it."""
    queue = Slots(1)
    with queue.pause():
        assert queue._free == 1
    assert queue._free == 1


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
        other = Held(pool, queue)
        assert other.begun.wait(PATIENCE)
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
    assert (queue._free, queue._queue) == (1, [])


def fail() -> None:
    """Raise an error; for use where no thread should have to wait."""
    raise OSError("no memory")
