"""How the benchmarks take the time of one call."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that a call took, and what it gave."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result
