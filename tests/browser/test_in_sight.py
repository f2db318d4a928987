"""What a press changes is in sight where one has just looked, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

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
    stepper = page.locator(".st-key-stepper")
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
