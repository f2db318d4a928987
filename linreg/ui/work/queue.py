"""Which session may compute when several want to.

The threads of a server compete for the interpreter's lock: the shortest PyTorch operation then
waits as long as the longest, and a class of a hundred waits twice as long for its pictures with two
threads that compute as with one. So one page computes at a time, and holds the slot; a short early
picture does not ask for it. The slot goes to the session that came first. One second of computing
counts as coming 100 seconds later, so a page that was just opened goes before a run that has
computed for a while. Forty long runs do not delay a short one, and no run waits for ever.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from linreg.core.record import Progress

T = TypeVar("T")
Job = Callable[[Progress], T]

GLANCE = 0.05  # seconds between two checks that a slot is still wanted
LONGEST_GLANCE = 0.5  # seconds; with many in the queue, frequent checks would slow the computing
CROWD = 5  # this many in the queue double the time between two checks
SLICE = 0.1  # seconds of computing; shorter work is not interrupted
WEIGHT = 100  # seconds of coming later, for each second of computing


@dataclass(order=True)
class _Ticket:
    """A place in the queue; the smallest ticket is the next."""

    since: float  # when the session came, plus WEIGHT times what it has computed, seconds
    number: int
    granted: threading.Event = field(default_factory=threading.Event, compare=False)


class Slots:
    """Lets a few threads compute at the same time while the others wait in a queue."""

    def __init__(self, count: int) -> None:
        """Let `count` threads compute at the same time, 1 or more."""
        self._free = count
        self._lock = threading.Lock()
        self._queue: list[_Ticket] = []  # a heap
        self._numbers = itertools.count()
        self._here = threading.local()  # .slot: the one that this thread holds or waits for

    @contextmanager
    def hold(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold a slot while the block runs; `compute` in the block uses the same slot.

        Arguments:
            waiting: called now and then until there is a slot; may raise to end the wait.
        """
        slot = self._here.slot = _Slot(self, waiting)
        try:
            slot.take(waiting)
            yield
        finally:
            self._here.slot = None
            slot.give_back()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Give the slot back while the block only waits, and take one again afterwards."""
        slot = self._slot_here()
        if slot is not None:
            slot.give_back()
        yield
        if slot is not None:
            slot.take(slot.waiting)

    def _slot_here(self) -> "_Slot | None":
        return getattr(self._here, "slot", None)

    def compute(self, job: Job[T], progress: Progress, total: int) -> T:
        """Return the result of `job`, which runs while this thread holds a slot.

        Arguments:
            job: called with a function for its progress reports; at each report the slot may pass
                to a session that has computed less.
            progress: called as progress(done, total), also while waiting; an exception in it ends
                the wait or the job, gives the slot back, and passes through.
        """
        slot = self._slot_here()
        if slot is not None:
            return job(slot.reporting(progress))
        with self.hold(lambda: progress(0, total)):
            return self.compute(job, progress, total)

    def enter(self, since: float, waiting: Callable[[], None]) -> None:
        """Return when the caller has a slot; `waiting` is called now and then and may raise."""
        ticket = _Ticket(since, next(self._numbers))
        with self._lock:
            heapq.heappush(self._queue, ticket)
            self._grant()
        try:
            if not ticket.granted.is_set():
                while not ticket.granted.wait(self._glance()):
                    waiting()
                waiting()  # a slot that is no longer wanted goes to the next
        except BaseException:  # Streamlit stops a script with an exception that is no Exception
            self._abandon(ticket)
            raise

    def leave(self) -> None:
        """Give the caller's slot to the next in the queue."""
        with self._lock:
            self._free += 1
            self._grant()

    def _glance(self) -> float:
        """Return the seconds between two checks: more in a long queue."""
        return min(GLANCE * (1 + len(self._queue) / CROWD), LONGEST_GLANCE)

    def _abandon(self, ticket: _Ticket) -> None:
        with self._lock:
            if ticket.granted.is_set():
                self._free += 1
                self._grant()
            else:
                self._queue.remove(ticket)
                heapq.heapify(self._queue)

    def somebody_is_before(self, since: float) -> bool:
        """Return whether the next in the queue comes before a ticket with this time."""
        with self._lock:
            return bool(self._queue) and self._queue[0].since < since

    def _grant(self) -> None:
        while self._free and self._queue:
            ticket = heapq.heappop(self._queue)
            self._free -= 1
            ticket.granted.set()


class _Slot:
    """A thread's slot: given back and taken again as others come."""

    def __init__(self, slots: Slots, waiting: Callable[[], None]) -> None:
        self.waiting = waiting
        self._slots = slots
        self._came = time.monotonic()
        self._computed = self._start = 0.0  # seconds of this thread
        self._is_held = False

    def take(self, waiting: Callable[[], None]) -> None:
        self._slots.enter(self._since(), waiting)
        self._is_held = True
        self._start = time.thread_time()

    def reporting(self, progress: Progress) -> Progress:
        """Return a progress function that also passes the slot on to whoever comes before."""

        def report(done: int, total: int) -> None:
            progress(done, total)
            self._count()
            if self._computed > SLICE and self._slots.somebody_is_before(self._since()):
                self.give_back()
                self.take(lambda: progress(done, total))

        return report

    def give_back(self) -> None:
        if self._is_held:
            self._is_held = False
            self._count()
            self._slots.leave()

    def _count(self) -> None:
        now = time.thread_time()
        self._computed, self._start = self._computed + now - self._start, now

    def _since(self) -> float:
        return self._came + WEIGHT * self._computed


SLOTS = Slots(1)
