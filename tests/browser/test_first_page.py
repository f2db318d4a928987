"""A page that stays empty says why, in a browser where something is missing."""

import re
import threading

from playwright.sync_api import BrowserContext, Page, Route, expect

PATIENCE = 11_000  # ms, by the page's clock
NO_SORT = "Object.defineProperty(Array.prototype, 'toSorted', { value: undefined })"


def told(page: Page, words: str) -> None:
    """Assert that the page says so, in one sentence over all else."""
    expect(page.locator("body > [role=alert]")).to_contain_text(words)


def test_what_is_missing_is_said_at_once_where_it_is_known(
    newcomer: BrowserContext, address: str
) -> None:
    """A browser that is too old, and a script that a proxy does not let through."""
    page = newcomer.new_page()
    page.route(re.compile(r"/static/js/src\."), lambda route: route.abort())
    page.goto(f"{address}/lesson")
    told(page, f"a script did not arrive from {address}/static/js/ .")
    page.unroute_all()
    page.add_init_script(NO_SORT)
    page.goto(f"{address}/teach")
    told(page, "This browser cannot read the scripts")
    page.locator("h1").wait_for()
    told(page, "This browser cannot read the scripts")  # what is there of the page is not all


def test_after_ten_seconds_the_page_says_what_it_waits_for(
    newcomer: BrowserContext, address: str
) -> None:
    """First a script, then the live connection; nothing is said any more when the page comes."""
    page, waiting, pass_on = newcomer.new_page(), list[Route](), threading.Event()

    def hold(route: Route) -> None:
        if pass_on.is_set():  # another one may be asked for later
            route.continue_()
        else:
            waiting.append(route)

    page.clock.install()
    page.route(re.compile(r"/static/js/index\."), hold)
    page.route_web_socket(re.compile("/_stcore/stream"), lambda socket: socket.close())
    page.goto(f"{address}/?lr=0.1", wait_until="commit")
    page.locator("#root").wait_for(state="attached")
    page.clock.fast_forward(PATIENCE)
    told(page, "have not all arrived yet")
    pass_on.set()
    for route in waiting:
        route.continue_()
    told(page, f"WebSockets to {address}/_stcore/stream with")

    page.unroute_all()
    page.route_web_socket(re.compile("/_stcore/stream"), lambda socket: socket.connect_to_server())
    page.reload()
    page.locator(".linreg-stage[data-painted]").wait_for()
    page.clock.fast_forward(PATIENCE)
    expect(page.locator("body > [role=alert]")).to_have_count(0)
