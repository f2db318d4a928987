"""The app by Streamlit's own test runner: how tests open a page, find controls and read text."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from linreg.ui.state import keys

MAIN = Path(__file__).parents[2] / "linreg/ui/main.py"
PATIENCE = 60  # seconds; this only ends a run that hangs

# An AppTest looks through all installed packages for components, as a server does when it starts.
# One look is enough for all tests of a process, and saves half the time of a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def opened(page: str = "", **parameters: str) -> AppTest:
    """The app as a visitor with this address first sees it; `page` is a file in screens."""
    return run(unopened(page, **parameters))


def unopened(page: str = "", **parameters: str) -> AppTest:
    """The app before the first run of its page, which is the only page that runs."""
    app = AppTest.from_file(MAIN, default_timeout=PATIENCE)
    for name, text in parameters.items():
        app.query_params[name] = text
    return app.switch_page(f"screens/{page}.py") if page else app


def run(app: AppTest) -> AppTest:
    """Run the script again; it never raises, and nothing on the page has failed."""
    app.run()
    assert not app.exception
    assert not failure_of(app)
    return app


@contextmanager
def page_of_before(app: AppTest) -> Iterator[Callable[[], None]]:
    """Keep the page as it is now; a call of what is yielded brings it back, until the block ends.

    So a browser is played that has not yet seen what the last run changed.
    """
    before = app._tree
    now = [before]

    def bring_back() -> None:
        now[0], app._tree = app._tree, before

    yield bring_back
    app._tree = now[0]


def open_tab(app: AppTest, name: str) -> AppTest:
    """Open one of the tabs below the Playground's charts."""
    app.session_state[keys.RESULT_TABS] = name
    return run(app)


def failure_of(app: AppTest) -> str:
    """What the page says of work that failed: the sentence beside "Try again", or nothing."""
    offered = [button.key for button in app.button]
    return app.error[0].value if "try again" in offered else ""


def text_of(app: AppTest) -> str:
    """All text on the page."""
    titles = (*app.title, *app.header, *app.subheader)
    return "\n".join(
        each.value for each in (*titles, *app.markdown, *app.code, *app.caption, *app.text)
    )


def shows(app: AppTest, *texts: str) -> None:
    """Assert that each of the texts stands on the page."""
    page: Any = text_of(app)
    assert [text for text in texts if text not in page] == []
