"""A served app and a browser for all journeys; each journey has a visitor of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
)

from tests.support.chromium import (
    HOW_TO_GET_ONE,
    chromium_with_profile,
    find_chromium,
    keep_wheels_still,
)
from tests.support.forked import ForkedServer
from tests.support.required import required
from tests.support.served import Server

# Addresses that open with no chart begin so.
WITHOUT_CHARTS = (
    *("bug_hunt", "lesson?part=model", "save_and_load", "class_board", "teach"),
    "?hide=playground",
)
HEALTH = "/_stcore/health"
PATIENCE = 60_000  # ms; tests wait for conditions, this only ends a wait that is in vain
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app in a process for all journeys of this worker, with a class board of its own."""
    board = tmp_path_factory.mktemp("board") / "board.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINREG_BOARD_URL", f"sqlite:///{board}")
        with ForkedServer() as server:
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


@pytest.fixture(scope="session")
def phones(browser: Browser) -> BrowserContext:
    """A phone, which keeps only the scripts between journeys."""
    phone = browser.new_context(has_touch=True, is_mobile=True)
    keep_wheels_still(phone)
    return phone


@pytest.fixture
def newcomer(profile: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """The profile of a new visitor: no cookies, nothing stored, and one tab without the app."""
    tab = _blank_tab(profile, address)
    yield profile
    for page in profile.pages[1:]:
        page.close()
    _leave(tab, address)


def _blank_tab(context: BrowserContext, address: str) -> Page:
    """The first tab of a visitor who is made a new one.

    It stays at the site between tests: so its process stays, with the scripts that it has compiled.
    """
    tab = context.pages[0] if context.pages else context.new_page()
    tab.goto(address + HEALTH)
    tab.evaluate("localStorage.clear(), sessionStorage.clear()")
    context.clear_cookies()
    return tab


def _leave(tab: Page, address: str) -> None:
    tab.unroute_all()
    with suppress(Error):  # nobody answers: the test has killed the server
        tab.goto(address + HEALTH)


@pytest.fixture
def visit(
    newcomer: BrowserContext, phones: BrowserContext, address: str
) -> Iterator[Callable[..., Page]]:
    """Open the app as a new visitor; at the end no console has seen an error."""
    problems: list[str] = []
    unused = newcomer.pages[:1]
    with ExitStack() as ends:

        def open_page(
            query: str = "",
            *,
            width: int = 1440,
            height: int = 900,
            dark: bool = False,
            phone: bool = False,
            prepare: Callable[[Page], object] | None = None,
        ) -> Page:
            """Open the address in a tab, or on the phone.

            `prepare` gets a new tab before its address, and may leave listeners there. Otherwise
            the first address opens in the tab that is there, which takes less time.
            """
            if phone:
                page = _blank_tab(phones, address)
                ends.callback(_leave, page, address)
            else:
                page = newcomer.new_page() if prepare or not unused else unused.pop()
            page.set_viewport_size({"width": width, "height": height})
            _show_on_a_screen(page, dark)
            page.set_default_timeout(PATIENCE)
            ends.callback(_listen(page, address, problems))
            if prepare:
                prepare(page)
            page.goto(address + "/" + query)
            charts = not query.startswith(WITHOUT_CHARTS)
            page.locator(".linreg-stage[data-painted]" if charts else "h1").first.wait_for()
            page.get_by_test_id("stSlider").first.wait_for(state="attached")  # its script is late
            return page

        yield open_page
    assert problems == []


def _show_on_a_screen(page: Page, dark: bool) -> None:
    """Forget what an earlier test has emulated in this tab."""
    colours: Literal["dark", "light"] = "dark" if dark else "light"
    page.emulate_media(
        media="null", color_scheme=colours, reduced_motion="null", forced_colors="null"
    )
    page.mouse.move(0, 0)


def _listen(page: Page, address: str, problems: list[str]) -> Callable[[], None]:
    """Keep what goes wrong on a page; return what ends that."""

    def console(message: ConsoleMessage) -> None:
        _keep_errors(message, problems)

    def error(error: Error) -> None:
        problems.append(str(error))

    def request(request: Request) -> None:
        _same_host(request.url, address, problems)

    def end() -> None:
        page.remove_listener("console", console)
        page.remove_listener("pageerror", error)
        page.remove_listener("request", request)

    page.on("console", console)
    page.on("pageerror", error)
    page.on("request", request)
    return end


def _keep_errors(message: ConsoleMessage, problems: list[str]) -> None:
    """Below a page's own path Streamlit first looks for its server, and then where it really is."""
    probing = "/_stcore/" in message.location["url"] and "404" in message.text
    if message.type == "error" and not probing:
        problems.append(message.text)


def _same_host(url: str, address: str, problems: list[str]) -> None:
    host = address.removeprefix("http")
    if not url.startswith(("data:", "blob:", f"http{host}", f"ws{host}")):
        problems.append(f"the page called another host: {url}")
