"""How many examples Hypothesis tries, what runs first, and where the class board is meanwhile.

Few examples by default, where CI is set always the same ones, many by hand. A test that needs
relatively more or fewer says so with `tests.support.examples`.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

BROWSER = Path(__file__).parent / "browser"

settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("ci", settings.get_profile("ci"), max_examples=20, deadline=None)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "quick")
gc.disable()  # until all tests are collected


def pytest_collection_finish() -> None:
    """Leave what is imported out of every collection of garbage, which would walk through it."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browser tests, which take long: the short ones then fill all processes."""
    items.sort(key=lambda item: not item.path.is_relative_to(BROWSER))


@pytest.fixture(scope="session", autouse=True)
def board_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A class board of the tests' own, for this process and the servers that it starts."""
    path = tmp_path_factory.mktemp("board") / "board.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINREG_BOARD_URL", f"sqlite:///{path}")
        yield
