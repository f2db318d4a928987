"""A limit on requests: a reserve at once, then so many a second, each key for itself."""

from linreg.ui.server import rate_limit
from linreg.ui.server.rate_limit import RateLimit
from tests.support.boards import Clock


def test_a_key_has_a_reserve_and_then_a_rate() -> None:
    """And does not take from another one."""
    clock = Clock()
    limit = RateLimit(rate=2, burst=5, clock=clock)
    assert [limit.allows("a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert limit.allows("b")
    clock.now += 1
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    clock.now += 3600
    assert [limit.allows("a") for _ in range(6)] == [True] * 5 + [False]


def test_many_keys_take_no_more_memory() -> None:
    """Those that rest are forgotten first, and they lose nothing by it."""
    clock = Clock()
    limit = RateLimit(rate=1, burst=1, clock=clock)
    assert all(limit.allows(f"old {i}") for i in range(rate_limit.MOST_KEYS - 1))
    clock.now += 2
    assert limit.allows("present")
    assert all(limit.allows(f"new {i}") for i in range(10))
    assert not limit.allows("present")


def test_many_busy_keys_take_no_more_memory_either() -> None:
    """Nobody who is new is turned away for them."""
    limit = RateLimit(rate=1, burst=1, clock=Clock())
    keys = [f"busy {i}" for i in range(rate_limit.MOST_KEYS + 10)]
    assert all(limit.allows(key) for key in keys)
    assert not limit.allows(keys[-1])
    assert limit.allows(keys[0])
