"""The list of pages agrees with their files and with what the frame shows."""

from pathlib import Path

from linreg.ui import screens
from linreg.ui.frame import ABOVE, SCREENS
from linreg.ui.state.pages import PAGES, PATHS


def test_each_page_has_a_file_and_a_function() -> None:
    """The menu opens the file by its name, and the frame calls the function."""
    files = {path.stem for folder in screens.__path__ for path in Path(folder).glob("*.py")}
    assert set(PATHS) == files - {"__init__"} == set(SCREENS)
    assert set(ABOVE) <= set(PATHS)


def test_the_menu_tells_the_pages_apart() -> None:
    """Each page has a path, a title and a heading of its own."""
    assert all(len(set(column)) == len(PAGES) for column in zip(*PAGES, strict=True))
