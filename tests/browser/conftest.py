"""A served app and a browser for all journeys; each journey has a visitor of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.support.chromium import HOW_TO_GET_ONE, chromium_with_profile, find_chromium
from tests.support.required import required
from tests.support.served import Server

# Addresses that open with no chart begin so.
WITHOUT_CHARTS = ("bug_hunt", "lesson?part=model", "save_and_load", "class_board", "teach")
PATIENCE = 60_000  # ms; tests wait for conditions, this only ends a wait that is in vain
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app in a process for all journeys of this worker, with a class board of its own."""
    board = tmp_path_factory.mktemp("board") / "board.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINREG_BOARD_URL", f"sqlite:///{board}")
        with Server() as server:
            yield server


@pytest.fixture
def server(shared_server: Server) -> Server:
    """The app, running, even if a test has killed it before."""
    if not shared_server.runs:
        shared_server.start()
    return shared_server


@pytest.fixture
def address(server: Server) -> str:
    """Where the app is served."""
    return server.address


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The installed Chromium or Chrome, headless, with a profile for all journeys."""
    required(find_chromium(), HOW_TO_GET_ONE)
    with chromium_with_profile(tmp_path_factory.mktemp("profile")) as profile:
        yield profile


@pytest.fixture(scope="session")
def browser(profile: BrowserContext) -> Browser:
    """The browser of the profile; its new contexts know nothing of earlier visits."""
    assert profile.browser is not None
    return profile.browser


@pytest.fixture
def newcomer(profile: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """The profile of a new visitor: no cookies, nothing stored, no page of the app."""
    blank, *_ = profile.pages
    blank.goto(f"{address}/_stcore/health")  # keeps the process of the site, and its scripts
    blank.evaluate("localStorage.clear()")
    profile.clear_cookies()
    yield profile
    for page in profile.pages[1:]:
        page.close()


@pytest.fixture
def visit(
    newcomer: BrowserContext, browser: Browser, address: str
) -> Iterator[Callable[..., Page]]:
    """Open the app as a new visitor; at the end no console has seen an error."""
    problems: list[str] = []
    with ExitStack() as others:

        def open_page(
            query: str = "",
            *,
            width: int = 1440,
            height: int = 900,
            dark: bool = False,
            phone: bool = False,
            other_browser: bool = False,
            prepare: Callable[[Page], object] = lambda page: None,
        ) -> Page:
            """Open a tab, or another browser; `prepare` gets the page before its address."""
            context = newcomer
            if phone or other_browser:
                context = browser.new_context(has_touch=phone, is_mobile=phone)
                others.callback(context.close)
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="dark" if dark else "light")
            page.set_default_timeout(PATIENCE)
            page.on("console", lambda m: _keep_errors(m, problems))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda r: _same_host(r.url, address, problems))
            prepare(page)
            page.goto(address + "/" + query)
            charts = not query.startswith(WITHOUT_CHARTS)
            page.locator(".linreg-stage[data-painted]" if charts else "h1").first.wait_for()
            page.get_by_test_id("stSlider").first.wait_for(state="attached")  # its script is late
            return page

        yield open_page
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
