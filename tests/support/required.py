"""What a test needs beyond Python packages: without it the test is skipped, on CI it fails."""

import os

import pytest


def required(path: str | None, how_to_get_it: str) -> str:
    """Return the path of a program; without one skip the test, or fail it on CI."""
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(how_to_get_it)
        pytest.skip(how_to_get_it)
    return path
