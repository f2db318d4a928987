"""Who may compute, when more sessions want to than there are cores.

Pages and trainings that run all at once only take the interpreter's lock from each other: each
waits for all others at every operation of PyTorch, the shortest as long as the longest. So there is
a turn for each core, and the next goes to whoever came first, but a second of computing moves one
back as if one had come a hundred seconds later: a page that was just asked for goes before a run
that has been computing for a while. Forty long runs do not hold up a short one, and still no run
waits for ever.
"""

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from linreg.core.record import Progress

T = TypeVar("T")
Job = Callable[[Progress], T]

GLANCE = 0.05  # seconds between two looks at whether a turn is still wanted
LONGEST_GLANCE = 0.5  # seconds; where many wait, their looking would hold up those who compute
CROWD = 5  # as many in the queue double the time between two looks
SLICE = 0.1  # seconds of computing; what takes less is not interrupted
WEIGHT = 100  # seconds of having come later, for each second of computing
MOST_TURNS = 4  # at the same time; more would take the lock from each other


@dataclass(order=True)
class _Ticket:
    """A place in the queue; the least in order is the next."""

    since: float  # when one came, or would have come for what one has had, seconds
    number: int
    granted: threading.Event = field(default_factory=threading.Event, compare=False)


class Turns:
    """Lets a few compute at the same time and all others wait."""

    def __init__(self, turns: int) -> None:
        """Let `turns` compute at the same time, 1 or more."""
        self._free = turns
        self._lock = threading.Lock()
        self._queue: list[_Ticket] = []  # a heap
        self._numbers = itertools.count()
        self._here = threading.local()  # .turn: the one that this thread has or waits for

    @contextmanager
    def turn(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Have a turn for a block; what is computed in it is computed in that turn.

        Arguments:
            waiting: called now and then until it is the caller's turn; may raise to end the wait.
        """
        turn = self._here.turn = _Turn(self, waiting)
        try:
            turn.take(waiting)
            yield
        finally:
            self._here.turn = None
            turn.give_back()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Give the turn back for a block that only waits, and have it again afterwards."""
        turn = self._turn_here()
        if turn is not None:
            turn.give_back()
        yield
        if turn is not None:
            turn.take(turn.waiting)

    def _turn_here(self) -> "_Turn | None":
        return getattr(self._here, "turn", None)

    def compute(self, job: Job[T], progress: Progress, total: int) -> T:
        """Return what `job` gives, once it is its turn.

        Arguments:
            job: called with what it is to report its progress to; each report is a moment at which
                the turn may pass to somebody who has had less time.
            progress: called as progress(done, total), also while waiting; what it raises ends the
                wait or the job, gives the turn back, and passes through.
        """
        turn = self._turn_here()
        if turn is not None:
            return job(turn.reporting(progress))
        with self.turn(lambda: progress(0, total)):
            return self.compute(job, progress, total)

    def enter(self, since: float, waiting: Callable[[], None]) -> None:
        """Return when it is the caller's turn; `waiting` is called now and then and may raise."""
        place = _Ticket(since, next(self._numbers))
        with self._lock:
            heapq.heappush(self._queue, place)
            self._grant()
        try:
            if not place.granted.is_set():
                while not place.granted.wait(self._glance()):
                    waiting()
                waiting()  # a turn that is no longer wanted goes to the next
        except BaseException:  # a script that is stopped raises no Exception
            self._abandon(place)
            raise

    def leave(self) -> None:
        """Let the next have the turn."""
        with self._lock:
            self._free += 1
            self._grant()

    def _glance(self) -> float:
        """Return after how many seconds one who waits looks again: the more wait, the longer."""
        return min(GLANCE * (1 + len(self._queue) / CROWD), LONGEST_GLANCE)

    def _abandon(self, place: _Ticket) -> None:
        with self._lock:
            if place.granted.is_set():
                self._free += 1
                self._grant()
            else:
                self._queue.remove(place)
                heapq.heapify(self._queue)

    def somebody_is_before(self, since: float) -> bool:
        """Say whether somebody waits who comes before one with this time."""
        with self._lock:
            return bool(self._queue) and self._queue[0].since < since

    def _grant(self) -> None:
        while self._free and self._queue:
            place = heapq.heappop(self._queue)
            self._free -= 1
            place.granted.set()


class _Turn:
    """A thread's turn, which comes and goes."""

    def __init__(self, turns: Turns, waiting: Callable[[], None]) -> None:
        self.waiting = waiting
        self._turns = turns
        self._came = time.monotonic()
        self._computed = self._start = 0.0  # seconds of this thread
        self._has_it = False

    def take(self, waiting: Callable[[], None]) -> None:
        self._turns.enter(self._place(), waiting)
        self._has_it = True
        self._start = time.thread_time()

    def reporting(self, progress: Progress) -> Progress:
        """Return a report of progress that also lets somebody in who comes before now."""

        def report(done: int, total: int) -> None:
            progress(done, total)
            self._count()
            if self._computed > SLICE and self._turns.somebody_is_before(self._place()):
                self.give_back()
                self.take(lambda: progress(done, total))

        return report

    def give_back(self) -> None:
        if self._has_it:
            self._has_it = False
            self._count()
            self._turns.leave()

    def _count(self) -> None:
        now = time.thread_time()
        self._computed, self._start = self._computed + now - self._start, now

    def _place(self) -> float:
        return self._came + WEIGHT * self._computed


TURNS = Turns(min(os.cpu_count() or 1, MOST_TURNS))
