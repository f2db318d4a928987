"""The one measurement of speed that a server makes at a time, and its newest result for everybody.

It runs in a thread of its own: who asked for it may go on to something else, and a class that
presses the button measures once, not each against the others.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from linreg.hardware.timing import Timings, measure
from linreg.mistakes.raised import plain_text
from linreg.settings.devices import available_devices
from linreg.ui.work.log import LOG


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A measurement that ended: what it found, or what failed, and when (UTC)."""

    timings: Timings | None
    failure: str = ""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How things stand: the newest result, and how far a measurement under way is, from 0 to 1."""

    newest: Measured | None = None
    share: float | None = None


class _ServerStopsError(Exception):
    """Ends a measurement whose result nobody waits for."""


class Bench:
    """Where one measurement at a time is made; safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing = Standing()

    def standing(self) -> Standing:
        """Return how things stand now."""
        with self._lock:
            return self._standing

    def start(self, seen: Measured | None) -> None:
        """Start to measure, unless that is under way or there is a newer result than `seen`."""
        with self._lock:
            if self._standing.share is not None or self._standing.newest is not seen:
                return
            self._standing = Standing(newest=seen, share=0.0)
        try:
            threading.Thread(target=self._measure, name="measurement of speed").start()
        except RuntimeError as error:  # no thread to be had
            self._end(None, plain_text(error))

    def _measure(self) -> None:
        try:
            timings = measure(available_devices(), progress=self._report)
        except _ServerStopsError:
            return
        except Exception as error:  # a thread's own would be seen by nobody
            LOG.exception("The measurement of speed failed")
            self._end(None, plain_text(error))
        else:
            self._end(timings)

    def _end(self, timings: Timings | None, failure: str = "") -> None:
        newest = Measured(timings=timings, failure=failure, at=datetime.now(UTC))
        with self._lock:
            self._standing = Standing(newest=newest)

    def _report(self, done: int, total: int) -> None:
        if not threading.main_thread().is_alive():
            raise _ServerStopsError
        with self._lock:
            self._standing = Standing(newest=self._standing.newest, share=done / total)


bench = Bench()
