"""A served app and a browser for all journeys; each journey has a visitor of its own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.support.chromium import HOW_TO_GET_ONE, chromium, find_chromium
from tests.support.required import required
from tests.support.served import served_app

WITHOUT_CHARTS = ("bug_hunt", "lesson?part=model", "save_and_load", "teach")  # that open with none
PATIENCE = 20_000  # ms; tests wait for conditions, this only ends a wait that is in vain
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the app is served."""
    with served_app() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium or Chrome, headless."""
    required(find_chromium(), HOW_TO_GET_ONE)
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open the app as a new visitor; at the end no console has seen an error."""
    problems: list[str] = []
    contexts = []

    def open_page(
        query: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        phone: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            has_touch=phone,
            is_mobile=phone,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda m: _keep_errors(m, problems))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: _same_host(r.url, address, problems))
        page.goto(address + "/" + query)
        charts = not query.startswith(WITHOUT_CHARTS)
        page.locator(".linreg-stage[data-painted]" if charts else "h1").first.wait_for()
        page.get_by_test_id("stSlider").first.wait_for(state="attached")  # its script comes later
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def _keep_errors(message: ConsoleMessage, problems: list[str]) -> None:
    """Below a page's own path Streamlit first looks for its server, and then where it really is."""
    probing = "/_stcore/" in message.location["url"] and "404" in message.text
    if message.type == "error" and not probing:
        problems.append(message.text)


def _same_host(url: str, address: str, problems: list[str]) -> None:
    host = address.removeprefix("http")
    if not url.startswith(("data:", "blob:", f"http{host}", f"ws{host}")):
        problems.append(f"the page called another host: {url}")
