"""What a press changes is in sight where one has just looked, on a laptop and on a phone."""

import re

from playwright.sync_api import Locator, Page, expect

from linreg.mistakes.catalog import BUGS
from linreg.settings.choices import Mistake
from tests.browser.test_print import prints_all_its_code
from tests.support.journey import Visit, chart, choose_option

SIZES = [(1366, 768), (390, 664)]


def in_sight(page: Page, part: Locator) -> None:
    """Wait until a part of the page is whole in the window, and nothing lies on it."""
    expect(part).to_be_in_viewport(ratio=0.99)
    uncovered = """part => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [0.02, 0.5, 0.98].every((share) => part.contains(
        document.elementFromPoint(left + width / 2, top + height * share)));
    }"""
    page.wait_for_function(uncovered, arg=part.element_handle())


def test_a_part_of_the_lesson_opens_at_its_top_with_its_code(visit: Visit) -> None:
    """By button or key, however far the part before was scrolled; nothing makes the page wider.

    On a laptop each cell is beside its output, and below the buttons there is room for both.
    """
    page = visit("lesson", width=1366, height=768)
    main = page.get_by_test_id("stMain")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for title in ("2. Build a model", "3. Fit it to the data"):
            main.evaluate("main => main.scrollTo(0, 600)")
            page.get_by_role("button", name="Next part").click()
            in_sight(page, page.get_by_role("heading", name=title))
            in_sight(page, page.get_by_test_id("stCode").first)
        page.locator(".linreg-stage[data-painted]").wait_for()
        assert main.evaluate("main => main.scrollWidth - main.clientWidth") == 0
        if width == 1366:
            are_in_sight_together(page)
        page.keyboard.press("b")
        in_sight(page, page.get_by_role("heading", name="2. Build a model"))
        page.keyboard.press("b")
        in_sight(page, page.get_by_role("heading", name="1. "))
    has_room_for_its_menu(page)
    prints_all_its_code(page)


def has_room_for_its_menu(page: Page) -> None:
    """In a narrower window the last pages fold; a click beside all controls leaves no frame."""
    pages, more = page.get_by_test_id("stTopNavLink"), page.get_by_test_id("stTopNavSection")
    for width, folded in ((1920, False), (1280, True), (1366, False)):
        page.set_viewport_size({"width": width, "height": 768})
        expect(more).to_be_visible(visible=folded)
        in_sight(page, page.get_by_role("button", name="Present"))
        in_sight(page, more if folded else pages.last)
    page.mouse.click(1300, 120)
    page.keyboard.press("n")
    in_sight(page, page.get_by_role("heading", name="2. Build a model"))
    assert page.evaluate("document.activeElement.localName") == "body"


def are_in_sight_together(page: Page) -> None:
    """The cell with the loop and its log."""
    cell = page.get_by_test_id("stCode").filter(has_text="loss.backward()")
    log = page.get_by_test_id("stCode").filter(has_text="Epoch: 90 |")
    top = "cell => cell.scrollIntoView({ block: 'end', behavior: 'instant' })"
    cell.evaluate(top)
    in_sight(page, cell)
    in_sight(page, log)


def test_an_answer_appears_below_the_choices_and_a_pinned_run_can_be_found(visit: Visit) -> None:
    """In the bug hunt the page goes to the answer where it would be outside the window.

    Tune opens at the compared runs, also when the charts above them come later.
    """
    page = visit("bug_hunt", width=390, height=664)
    guess(page, Mistake.NO_ZERO_GRAD)
    page.set_viewport_size({"width": 1366, "height": 768})
    choose_option(page, re.compile("^Bug"), "Bug 2")
    expect(page.get_by_role("combobox")).not_to_be_focused()  # the page's keys are heard again
    guess(page, Mistake.NO_STEP)
    page.get_by_role("button", name="Pin this run").click()
    in_sight(page, page.get_by_text("1 of 8 pinned, under Runs compared on Tune."))
    page.get_by_role("button", name="Compare pinned runs").click()
    chart(page, "Compared runs").locator(".linreg-plot .trace").first.wait_for()
    page.locator(".linreg-stage[data-painted]").nth(3).wait_for()
    in_sight(page, page.get_by_role("heading", name="Runs compared"))
    in_sight(page, chart(page, "Compared runs"))
    regions = chart(page, "Loss after 100 epochs").locator(".linreg-legend span")
    expect(regions).to_have_text(["too slow", "good", "oscillates"])


def guess(page: Page, mistake: Mistake) -> None:
    """Choose the right answer, and see what the page says to it."""
    page.get_by_test_id("stRadioOption").filter(has_text=BUGS[mistake].symptom).click()
    answer = page.get_by_test_id("stAlert").filter(has_text="Right.")
    expect(answer).to_be_visible()
    in_sight(page, answer)


def test_the_buttons_of_a_chart_cover_no_title_of_an_axis(visit: Visit) -> None:
    """They appear under the pointer, as long as a value is read there."""
    page = visit("?present=true", width=1280, height=720)
    page.locator(".linreg-stage[data-painted]").wait_for()
    plots = page.locator(".linreg-plot")
    assert plots.count() == 3
    for plot in plots.all():
        plot.hover()
        shown, title = plot.locator(".modebar"), plot.locator(".xtitle")
        expect(shown.locator(".modebar-btn")).to_have_count(2)
        left = shown.evaluate("part => part.getBoundingClientRect().left")
        assert left > title.evaluate("part => part.getBoundingClientRect().right")
