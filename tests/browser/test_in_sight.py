"""What a press changes is in sight where one has just looked, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from linreg.mistakes.catalog import BUGS
from linreg.settings.choices import Mistake
from tests.support.journey import Visit, chart, says

SIZES = [(1366, 768), (390, 664)]


def in_sight(page: Page, part: Locator) -> None:
    """Assert that a part of the page is whole in the window, and that nothing lies on it."""
    expect(part).to_be_in_viewport(ratio=0.99)
    uncovered = """part => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [0.02, 0.5, 0.98].every((share) => part.contains(
        document.elementFromPoint(left + width / 2, top + height * share)));
    }"""
    assert part.evaluate(uncovered)


@pytest.mark.parametrize(("width", "height"), SIZES, ids=["laptop", "phone"])
def test_the_loops_buttons_stay_in_sight_with_what_they_change(
    visit: Visit, width: int, height: int
) -> None:
    """Sentence and first chart stand below the buttons, which stay when the page scrolls."""
    page = visit("loop", width=width, height=height)
    stepper = page.locator(".st-key-loop_stepper")
    next_line = page.get_by_role("button", name="Next line")
    for words in ("One number for how wrong", "nothing to forget", "Backpropagation fills"):
        next_line.click()
        sentence = page.locator("[aria-live=polite]").filter(has_text=words)
        in_sight(page, sentence)
        in_sight(page, chart(page, "The line"))
    expect(says(page, "The step on the loss surface")).to_contain_text("(-0.3900, -1.0000)")
    page.get_by_role("heading", name="The graph that autograd builds").scroll_into_view_if_needed()
    page.mouse.move(width / 2, height - 40)
    page.mouse.wheel(0, 1200)
    expect(chart(page, "The line")).not_to_be_in_viewport()
    in_sight(page, stepper)
    next_line.click()
    expect(page.locator("[aria-live=polite]")).to_contain_text("moves against its gradient")


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


def are_in_sight_together(page: Page) -> None:
    """The cell with the loop and its log."""
    cell = page.get_by_test_id("stCode").filter(has_text="loss.backward()")
    log = page.get_by_test_id("stCode").filter(has_text="Epoch: 90 |")
    top = "cell => cell.scrollIntoView({ block: 'end', behavior: 'instant' })"
    cell.evaluate(top)
    in_sight(page, cell)
    in_sight(page, log)


@pytest.mark.parametrize(("width", "height"), SIZES, ids=["laptop", "phone"])
def test_an_answer_appears_below_the_choices(visit: Visit, width: int, height: int) -> None:
    """In the bug hunt the page goes to the answer where it would be outside the window."""
    page = visit("bug_hunt", width=width, height=height)
    right = BUGS[Mistake.NO_ZERO_GRAD].symptom
    page.get_by_test_id("stRadioOption").filter(has_text=right).click()
    answer = page.get_by_test_id("stAlert").filter(has_text="What you see")
    expect(answer).to_be_visible()
    in_sight(page, answer)


def test_a_pinned_run_says_where_it_is_and_a_button_goes_there(visit: Visit) -> None:
    """Tune opens at the compared runs, also when the charts above them come later."""
    page = visit("bug_hunt", width=1366, height=768)
    page.get_by_role("button", name="Pin this run").click()
    in_sight(page, page.get_by_text("1 of 8 pinned, under Runs compared on Tune."))
    page.get_by_role("button", name="Compare pinned runs").click()
    chart(page, "Compared runs").locator(".linreg-plot .trace").first.wait_for()
    page.locator(".linreg-stage[data-painted]").nth(3).wait_for()
    in_sight(page, page.get_by_role("heading", name="Runs compared"))
    in_sight(page, chart(page, "Compared runs"))
