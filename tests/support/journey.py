"""What the journeys have in common: how a student finds and reads things on a page."""

import re
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Locator, Page, expect

Visit = Callable[..., Page]
# All charts have the size of their places.
RESIZED = """() => [...document.querySelectorAll(".linreg-plot")].every((plot) =>
  Math.abs(plot.querySelector(".main-svg").clientHeight - plot.clientHeight) < 2
  && Math.abs(plot.querySelector(".main-svg").clientWidth - plot.clientWidth) < 2)"""


def slider(page: Page, label: str) -> Locator:
    """The handle of a slider in the sidebar, by the label that people read."""
    return page.get_by_role("group", name=label, exact=True).get_by_role("slider")


def chart(page: Page, title: str) -> Locator:
    """The figure whose heading contains `title`."""
    return page.locator("figure", has=page.get_by_role("heading", name=title))


def says(page: Page, title: str) -> Locator:
    """The sentence in which a chart says what it shows now."""
    return chart(page, title).locator("p")


def plot(page: Page, title: str) -> Locator:
    """The element that Plotly draws in."""
    return chart(page, title).locator(".linreg-plot")


def change(page: Page, action: Callable[[], object]) -> None:
    """Do something that redraws the stage, and wait until it is drawn and its page is there."""
    stage = page.locator(".linreg-stage")
    before = stage.get_attribute("data-painted")
    action()
    expect(stage).not_to_have_attribute("data-painted", before or "")
    is_idle(page)


def is_idle(page: Page) -> None:
    """Wait until no run of the page is under way or asked for."""
    state = page.get_by_test_id("stApp")
    expect(state).to_have_attribute("data-test-script-state", "notRunning")


def choose_in(opener: Locator, entry: Locator, *, typed: str | None = None) -> None:
    """Open a list, a menu or a popover, type into it if asked to, and click one of its entries.

    What is open closes when the page scrolls, changes its size or is rendered again: then it is
    opened once more.
    """
    for _ in range(10):
        with suppress(Error):
            if not entry.is_visible():
                opener.click(timeout=5_000)
            if typed is not None:
                opener.fill(typed, timeout=5_000)
            entry.click(timeout=5_000)
            return
    raise AssertionError(f"{opener} does not open {entry}")


def open_page(page: Page, title: str) -> None:
    """Choose a page in the menu; those for which it has no room stand behind its last entry."""
    in_menu = page.get_by_role("menuitem", name=title, exact=True)
    link = page.get_by_role("link", name=title, exact=True).or_(in_menu)
    more = page.get_by_test_id("stHeader").get_by_text(re.compile(r"^\d+ more$"))
    expect(link.or_(more).first).to_be_visible()
    choose_in(more, link)


def choose_option(page: Page, label: str | re.Pattern[str], option: str) -> None:
    """Choose an option of a selectbox, when the page rests; a long list shows what is typed."""
    entry = page.get_by_role("option", name=option, exact=True)
    is_idle(page)
    choose_in(page.get_by_role("combobox", name=label), entry, typed=option)


def set_view(page: Page, name: str) -> None:
    """Choose one of the values in *View*, which stands over the charts while it is open."""
    view = page.get_by_role("button", name="View", exact=True)
    choose_in(view, page.get_by_role("radio", name=name, exact=True))
    page.keyboard.press("Escape")


def drawn(page: Page, title: str, trace: str) -> list[float]:
    """The y values of a trace as Plotly holds them."""
    values: list[float] = plot(page, title).evaluate(
        "(div, name) => [...div._fullData.find((trace) => trace.name === name).y]", trace
    )
    return values


def number(page: Page, name: str) -> str:
    """A number of the player, by its name."""
    pair = player(page).locator("dl > div", has=page.get_by_text(name, exact=True))
    return pair.locator("dd").inner_text()


def player(page: Page) -> Locator:
    """The player, by its role."""
    return page.get_by_role("group", name="Player")
