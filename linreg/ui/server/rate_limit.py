"""A bound on how often something may be done, kept in memory: so many a second, with a reserve."""

import time
from collections.abc import Callable

MOST_KEYS = 5_000


class RateLimit:
    """For each key `burst` times at once, and `rate` times a second from then on."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: dict[str, tuple[float, float]] = {}  # what was left, and when

    def allows(self, key: str) -> bool:
        """Return whether `key` may go on now, and count it if so."""
        now = self._clock()
        left, then = self._left.get(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        if left < 1:
            return False
        if len(self._left) >= MOST_KEYS:
            self._forget(now)
        self._left[key] = left - 1, now
        return True

    def _forget(self, now: float) -> None:
        """Drop the keys that have their whole reserve again; if there are none, all of them."""
        self._left = {
            key: (left, then)
            for key, (left, then) in self._left.items()
            if left + (now - then) * self._rate < self._burst
        }
        if len(self._left) >= MOST_KEYS:
            self._left.clear()
