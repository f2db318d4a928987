"""*Present* and large type, on every page: what fills the window, and the ways in and out."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_picture_in_sight import SIZES, look
from tests.support.journey import Visit, chart, open_page, player, slider

STEP = "scale=log&model=linear&curtain=true&epochs=1000&plan=4"
STEP_8 = "noise=0.1&train=0.6&validation=0.2&shuffle=true&epochs=200&curtain=true&plan=8"
SHARE = 0.5  # of a projector's window, for the data areas of the three charts


def leave(page: Page) -> Locator:
    """The small button that ends the presentation."""
    return page.get_by_role("button", name="Leave the presentation")


def expect_type(page: Page, pixels: int) -> None:
    """The size of the page's texts."""
    expect(page.locator("body")).to_have_css("font-size", f"{pixels}px")


def test_presenting_begins_by_a_link_or_a_key_and_outlives_a_change_of_page(visit: Visit) -> None:
    """What a link hides is not shown while presenting either."""
    page = visit("?hide=weight&present=true", width=1920, height=1080)
    the_picture_fills_the_window_between_the_main_sliders_and_the_player(page)
    it_outlives_a_change_of_page_and_is_not_in_the_address(page)


def the_picture_fills_the_window_between_the_main_sliders_and_the_player(page: Page) -> None:
    """No menu, whole charts, player and sliders in sight, and a way out."""
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.get_by_role("button", name="Pin this run")).to_be_hidden()
    for width, height, _ in SIZES[::2]:
        page.set_viewport_size({"width": width, "height": height})
        found = look(page)
        assert found["whole"] == 3, (width, height)
        assert width < 1920 or found["share"] >= SHARE
        for part in (player(page), slider(page, "Learning rate"), leave(page)):
            box = part.bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= box["y"] + box["height"] <= height, (width, height)
    for width, height in ((820, 1180), (768, 700)):  # a tablet, and half of a screen
        page.set_viewport_size({"width": width, "height": height})
        for name in ("True bias", "Learning rate"):
            expect(page.get_by_role("group", name=name)).to_be_in_viewport(ratio=0.75)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))


def it_outlives_a_change_of_page_and_is_not_in_the_address(page: Page) -> None:
    """P begins it, the small menu goes to another page, and the button ends it.

    The sliders are whole, though the sidebar was scrolled.
    """
    page.set_viewport_size({"width": 1440, "height": 560})
    expect_type(page, 16)
    sidebar = page.get_by_test_id("stSidebarContent")
    sidebar.evaluate("bar => bar.scrollTo(0, 1000)")
    assert sidebar.evaluate("bar => bar.scrollTop") > 50
    page.get_by_role("switch", name="Large type").focus()
    page.keyboard.press("p")
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("present"))
    expect(page.get_by_text("True bias")).to_be_in_viewport()  # what the link hides is not shown
    expect(slider(page, "True weight")).to_have_count(0)
    page.get_by_role("button", name="Pages").click()
    open_page(page, "Loop")
    expect(page.get_by_role("heading", name="The training loop, line by line")).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect_type(page, 20)
    slider(page, "Learning rate").focus()
    page.keyboard.press("n")  # a slider takes no letter
    expect(page).to_have_url(re.compile("line=loss"))
    page.get_by_role("spinbutton", name="Epoch").focus()
    page.keyboard.type("p")  # a letter for a text field is no command
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    leave(page).click()
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    expect_type(page, 16)


def test_a_rate_that_the_slider_lacks_stands_in_place_of_the_sliders_own(visit: Visit) -> None:
    """Nobody reads the stop beside it; a move of the slider brings its own value back."""
    page = visit("?lr=0.0027&present=true", width=1280, height=720)
    used, own = page.get_by_text("0.0027", exact=True), page.get_by_test_id("stSliderThumbValue")
    expect(used).to_be_in_viewport(ratio=0.99)
    expect(own.filter(has_text="0.0028")).to_have_count(1)
    expect(own.filter(has_text="0.0028")).to_be_hidden()
    used.click(trial=True)  # nothing lies on it
    slider(page, "Learning rate").press("ArrowRight")
    expect(used).to_have_count(0)
    expect(own.filter(has_text="0.003")).to_be_in_viewport()


def test_what_came_of_a_guess_leaves_bar_and_picture_in_sight(visit: Visit) -> None:
    """In a step of the plan and without it, while presenting and not; pages are not too wide.

    No page's title takes room from its chart while presenting.
    """
    for address, plan in (("?curtain=true", False), (f"?{STEP}", True)):
        page = visit(address, width=1366, height=768)
        page.get_by_test_id("stRadioOption").first.click()
        verdict = page.get_by_test_id("stAlert").filter(has_text="Right.")
        for present in (False, True):
            if present:
                page.keyboard.press("p")
                expect(page.get_by_test_id("stHeader")).to_be_hidden()
            for width, height, _ in SIZES[:4]:
                page.set_viewport_size({"width": width, "height": height})
                for part in (player(page), verdict):
                    expect(part).to_be_in_viewport(ratio=0.99)
                assert comes_whole(page), (address, present, width)
                verdict.click(trial=True)  # nothing lies on it
                for name in ("Back", "Next", "Leave the plan") if plan else ("View",):
                    page.get_by_role("button", name=name, exact=True).click(trial=True)
        page.keyboard.press("Escape")
    page = visit("tune?present=true", width=1280, height=720)
    expect(chart(page, "Loss after 100 epochs")).to_be_in_viewport(ratio=0.99)
    page = visit("tune?curtain=true&present=true", width=1280, height=720)
    expect(page.get_by_role("button", name="Lift the curtain")).to_be_in_viewport(ratio=0.99)
    page = visit(f"tune?{STEP_8}&present=true", width=1366, height=768)
    expect(page.get_by_role("button", name="Lift the curtain")).to_be_in_viewport(ratio=0.99)
    page.get_by_test_id("stRadioOption").first.click()
    for width, height, _ in SIZES[:4]:
        page.set_viewport_size({"width": width, "height": height})
        expect(chart(page, "Loss after 200 epochs")).to_be_in_viewport(ratio=0.99)
    for path in ("lesson", "loop"):
        page = visit(f"{path}?present=true", width=1280, height=720)
        page.locator(f".st-key-{path}_stepper").wait_for()
        assert page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth")


def comes_whole(page: Page) -> bool:
    """Whether all three charts come into sight; they are drawn one after another."""
    for _ in range(100):
        if look(page)["whole"] == 3:
            return True
        page.wait_for_timeout(100)
    return False


def test_large_type_is_for_every_page(visit: Visit) -> None:
    """A link to a page without charts has it, and the page after it too, in texts and charts.

    Even if one goes on before the switch of large type has been drawn.
    """
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    def hold(page: Page) -> None:
        page.route("**/Checkbox.*", keep)

    page = visit("teach?large=true", prepare=hold)
    expect_type(page, 20)
    open_page(page, "Playground")
    for route in held:
        route.continue_()
    page.locator(".linreg-stage[data-painted]").wait_for()
    expect(page).to_have_url(re.compile("large=true"))
    expect_type(page, 20)
    page.get_by_text("Large type", exact=True).click()
    expect(page).not_to_have_url(re.compile("large"))
    expect_type(page, 16)
    tick = page.locator(".xtick text").first
    expect(tick).not_to_have_css("font-size", re.compile("^2"))
