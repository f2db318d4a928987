"""The server's measurement of speed: one at a time, and its newest result for all sessions.

It runs in a thread of its own, so the visitor can leave the page. Where a whole class presses the
button, only one measurement runs.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from linreg.core.failures import plain_text
from linreg.hardware.timing import Timings, measure
from linreg.settings.devices import available_devices
from linreg.ui.work.log import LOG


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A finished measurement: its timings or its failure, and its time (UTC)."""

    timings: Timings | None
    failure: str = ""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The newest result, and the progress of a running measurement from 0 to 1, or None."""

    newest: Measured | None = None
    share: float | None = None


class _ServerStopsError(Exception):
    """Ends a measurement when the server stops."""


class Bench:
    """Makes one measurement at a time; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing = Standing()

    def standing(self) -> Standing:
        """Return the newest result and the progress now."""
        with self._lock:
            return self._standing

    def start(self, seen: Measured | None) -> None:
        """Start a measurement, unless one is running or there is a newer result than `seen`."""
        with self._lock:
            if self._standing.share is not None or self._standing.newest is not seen:
                return
            self._standing = Standing(newest=seen, share=0.0)
        try:
            threading.Thread(target=self._measure, name="measurement of speed").start()
        except RuntimeError as error:  # the system has no more threads
            self._end(None, plain_text(error))

    def _measure(self) -> None:
        try:
            timings = measure(available_devices(), progress=self._report)
        except _ServerStopsError:
            return
        except Exception as error:  # otherwise nobody would see a thread's error
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
