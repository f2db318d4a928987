"""Who computes next, how many at once, and that a slot is always given back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from linreg.core.record import Progress
from linreg.ui.work import queue as queue_module
from linreg.ui.work.queue import Slots
from tests.support.slots import PATIENCE, Session, fail, free_slots, ignore


class MovedOn(BaseException):
    """Like the exception of a stopped script, no Exception."""


def test_no_more_compute_at_once_than_there_are_slots() -> None:
    """Of 21 jobs in 21 threads, three at a time are inside, and never more; all end."""
    queue, lock, three = Slots(3), threading.Lock(), threading.Barrier(3)
    inside, most = 0, 0

    def work(progress: Progress) -> str:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        three.wait(PATIENCE)
        with lock:
            inside -= 1
        return "done"

    with ThreadPoolExecutor(21) as pool:
        futures = [pool.submit(queue.compute, work, ignore, 1) for _ in range(21)]
        assert [future.result(PATIENCE) for future in futures] == ["done"] * 21
    assert most == 3


def test_the_job_that_came_first_is_next() -> None:
    """Jobs that have not computed yet go in the order in which they came."""
    queue = Slots(1)
    with ThreadPoolExecutor(5) as pool:
        sessions = []
        for _ in range(5):
            sessions.append(Session(pool, queue))
            newest = sessions[-1]
            assert (newest.waits if len(sessions) > 1 else newest.computes).wait(PATIENCE)
        for number, session in enumerate(sessions, start=1):
            assert session.computes.wait(PATIENCE)
            assert sum(each.computes.is_set() for each in sessions) == number
            session.end()


def test_a_long_job_lets_a_short_one_in_at_its_next_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one slot, a job that comes later ends before one that reports its progress."""
    monkeypatch.setattr(queue_module, "SLICE", -1)
    monkeypatch.setattr(queue_module, "WEIGHT", 1e9)
    queue = Slots(1)
    short: list[Session] = []

    def long(progress: Progress) -> None:
        short.append(Session(pool, queue))
        assert short[0].waits.wait(PATIENCE)
        short[0].go_on.set()
        progress(1, 2)
        assert short[0].computes.is_set()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(queue.compute, long, ignore, 2).result(PATIENCE)
        short[0].end()


def test_a_short_job_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that computed less than SLICE keeps the slot, though another has computed nothing."""
    monkeypatch.setattr(queue_module, "SLICE", 1e9)
    queue = Slots(1)
    other: list[Session] = []

    def work(progress: Progress) -> None:
        other.append(Session(pool, queue))
        assert other[0].waits.wait(PATIENCE)
        progress(1, 2)
        assert not other[0].computes.is_set()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(queue.compute, work, ignore, 2).result(PATIENCE)
        other[0].end()


def test_a_waiting_job_is_told_the_progress_and_may_leave() -> None:
    """An exception while waiting ends the wait; the others still get their slots."""
    told = []

    def leave(done: int, total: int) -> None:
        told.append((done, total))
        raise MovedOn

    queue = Slots(1)
    with ThreadPoolExecutor(1) as pool:
        first = Session(pool, queue)
        assert first.computes.wait(PATIENCE)
        with pytest.raises(MovedOn):
            queue.compute(lambda progress: None, leave, 7)
        assert told == [(0, 7)]
        first.end()
    assert free_slots(queue) == 1


def test_a_slot_that_is_no_longer_wanted_goes_to_the_next() -> None:
    """A session that moves on while it waits leaves the slot when the slot comes."""
    waits, moved_on, queue = threading.Event(), threading.Event(), Slots(1)

    def leave(done: int, total: int) -> None:
        waits.set()
        if moved_on.is_set():
            raise MovedOn

    def never(progress: Progress) -> None:
        raise AssertionError("the session had moved on")

    with ThreadPoolExecutor(2) as pool:
        first = Session(pool, queue)
        assert first.computes.wait(PATIENCE)
        stale = pool.submit(queue.compute, never, leave, 1)
        assert waits.wait(PATIENCE)
        moved_on.set()
        first.end()
        with pytest.raises(MovedOn):
            stale.result(PATIENCE)
    assert free_slots(queue) == 1


@pytest.mark.parametrize("where", ["job", "progress", "waiting again"])
def test_a_slot_is_given_back_whatever_happens(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in the job, in a report, or after the slot was passed on leaves all free."""
    queue = Slots(1)
    monkeypatch.setattr(queue_module, "SLICE", -1)
    monkeypatch.setattr(queue_module, "WEIGHT", 1e9)
    calls: list[int] = []
    others: list[Session] = []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if where == "progress" or (where == "waiting again" and len(calls) == 2):
            fail()

    def job(told: Progress) -> None:
        if where == "job":
            fail()
        if where == "waiting again":
            others.append(Session(pool, queue))
            assert others[0].waits.wait(PATIENCE)
        told(1, 2)

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(OSError, match="no memory"):
            queue.compute(job, progress, 2)
        for other in others:
            other.end()
    assert free_slots(queue) == 1


def test_one_session_of_a_server_computes_at_a_time() -> None:
    """More would compete for the interpreter's lock."""
    assert free_slots(queue_module.SLOTS) == 1
