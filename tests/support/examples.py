"""The number of examples of one test, as a multiple of the profile's in `tests/conftest.py`."""

from hypothesis import settings


def examples(factor: float) -> settings:
    """Decorate a test whose examples are cheap (a factor above 1) or slow (below 1)."""
    return settings(max_examples=round(factor * settings().max_examples))
