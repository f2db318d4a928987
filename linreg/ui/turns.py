"""Who may compute, when more sessions want to than there are cores.

Trainings that run all at once only take the interpreter's lock from each other, and the shortest
waits for all of them. So there is a turn for each core, and the next goes to whoever came first,
but a second of computing moves one back as if one had come a hundred seconds later: a run that was
just asked for goes before one that has been computing for a while. Forty long runs do not hold up a
short one, and still no run waits for ever.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from linreg.history import Progress

T = TypeVar("T")
Job = Callable[[Progress], T]

GLANCE = 0.05  # seconds between two looks at whether a turn is still wanted
SLICE = 0.1  # seconds of computing; what takes less is not interrupted
WEIGHT = 100  # seconds of having come later, for each second of computing
MOST_TURNS = 4  # at the same time; more would take the lock from each other


@dataclass(order=True)
class _Place:
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
        self._queue: list[_Place] = []
        self._numbers = itertools.count()

    def compute(self, job: Job[T], progress: Progress, total: int) -> T:
        """Return what `job` gives, once it is its turn.

        Arguments:
            job: called with what it is to report its progress to; each report is a moment at which
                the turn may pass to somebody who has had less time.
            progress: called as progress(done, total), also while waiting; what it raises ends the
                wait or the job, gives the turn back, and passes through.
        """
        turn = _Turn(self, progress, total)
        turn.take()
        try:
            return job(turn.report)
        finally:
            turn.give_back()

    def enter(self, since: float, waiting: Callable[[], None]) -> None:
        """Return when it is the caller's turn; `waiting` is called now and then and may raise."""
        place = _Place(since, next(self._numbers))
        with self._lock:
            self._queue.append(place)
            self._grant()
        try:
            while not place.granted.wait(GLANCE):
                waiting()
        except BaseException:  # a script that is stopped raises no Exception
            self._abandon(place)
            raise

    def leave(self) -> None:
        """Let the next have the turn."""
        with self._lock:
            self._free += 1
            self._grant()

    def _abandon(self, place: _Place) -> None:
        with self._lock:
            if place.granted.is_set():
                self._free += 1
                self._grant()
            else:
                self._queue.remove(place)

    def somebody_is_before(self, since: float) -> bool:
        """Say whether somebody waits who comes before one with this time."""
        with self._lock:
            return bool(self._queue) and min(self._queue).since < since

    def _grant(self) -> None:
        while self._free and self._queue:
            place = min(self._queue)
            self._queue.remove(place)
            self._free -= 1
            place.granted.set()


class _Turn:
    """One job's turn, which comes and goes."""

    def __init__(self, turns: Turns, progress: Progress, total: int) -> None:
        self._turns = turns
        self._progress = progress
        self._done, self._total = 0, total
        self._came = time.monotonic()
        self._computed = self._start = 0.0  # seconds of this thread
        self._has_it = False

    def take(self) -> None:
        self._turns.enter(self._place(), lambda: self._progress(self._done, self._total))
        self._has_it = True
        self._start = time.thread_time()

    def report(self, done: int, total: int) -> None:
        """Report progress, and let somebody in who comes before now."""
        self._done, self._total = done, total
        self._progress(done, total)
        self._count()
        if self._computed > SLICE and self._turns.somebody_is_before(self._place()):
            self.give_back()
            self.take()

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
