"""A phone: one whole chart, the player and the learning rate at once, all of it for fingers."""

import re

import pytest
from playwright.sync_api import Page, expect

from linreg.ui.state.pages import PAGES
from tests.browser.test_picture_in_sight import LOOK
from tests.support.journey import RESIZED, Visit, choose_in, player, plot, slider

PHONE = {"width": 390, "height": 664, "phone": True}
SIZES = [(390, 664), (360, 640), (844, 390), (664, 390)]
# The share of an element that is in the window with nothing on top of it.
IN_SIGHT = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  let seen = 0, all = 0;
  for (let x = left + 2; x < left + width; x += 8)
    for (let y = top + 2; y < top + height; y += 4) {
      all += 1;
      if (element.contains(document.elementFromPoint(x, y))) seen += 1;
    }
  return seen / all;
}"""
# What is smaller than a finger, or written smaller than 14 pixels; text links may be.
TOO_SMALL = """() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const found = [];
  const targets = "button, a, select, summary, label:has(input), .stSlider [role=group] > div";
  for (const target of document.querySelectorAll(targets)) {
    const { width, height } = target.getBoundingClientRect();
    const link = target.closest("[data-testid=stMarkdown], [data-testid=stHeading]");
    if (shown(target) && width > 1 && !link && (width < 43.5 || height < 43.5))
      found.push([target.outerHTML.slice(0, 300), width, height]);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, textContent } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (textContent.trim() && shown(parentElement) && size > 0 && size < 13.9)
      found.push([textContent, size]);
  }
  return found;
}"""


# How wide what is typed into a field may be.
ROOM = """(input) => {
  const { paddingLeft, paddingRight } = getComputedStyle(input);
  return input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}"""


OFF_THE_MIDDLE = """button => {
  const [outer, inner] = [button, button.querySelector("p")].map((e) => e.getBoundingClientRect());
  return Math.abs(outer.left + outer.right - inner.left - inner.right) / 2;
}"""


@pytest.mark.parametrize("large", ["", "?large=true"], ids=["usual type", "large type"])
def test_a_chart_the_player_and_the_learning_rate_are_in_sight(visit: Visit, large: str) -> None:
    """All at once and with nothing on top, also on a phone held sideways."""
    page = visit(large, **PHONE)
    rate = slider(page, "Learning rate").locator("xpath=ancestor::*[@role='group']")
    guided = page.get_by_role("button", name="Guided class")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => ({LOOK})().whole === 1")
        parts = [page.locator(".linreg-controls"), page.locator(".linreg-numbers"), rate]
        if height > width:  # and what the app is
            parts += [page.get_by_text("Watch a model learn"), guided]
            assert guided.evaluate(OFF_THE_MIDDLE) < 2
        for part in parts:
            assert part.evaluate(IN_SIGHT) > 0.97, (width, height, part)
    page.set_viewport_size({"width": 320, "height": 256})  # 400 % zoom: all of it by scrolling
    for part in (plot(page, "Predictions"), page.locator(".linreg-controls")):
        part.evaluate("part => part.scrollIntoView({ block: 'end', behavior: 'instant' })")
        page.wait_for_function(RESIZED)
        assert part.evaluate(IN_SIGHT) > 0.97, part
        assert (part.bounding_box() or {"height": 0})["height"] >= 44
    assert page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth")


def test_a_swipe_or_a_tab_brings_the_next_chart_and_a_tap_leaves_its_axes(visit: Visit) -> None:
    """The tab of the chart in sight is marked; taps and swipes move no axis."""
    page = visit(**PHONE)
    page.wait_for_function(RESIZED)
    before = [ranges(page, title) for title in ("Predictions", "Loss curves")]
    box = plot(page, "Predictions").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.touchscreen.tap(x, y)
    page.touchscreen.tap(x, y)
    swipe(page, x, y)
    tabs = page.get_by_role("group", name="Charts").get_by_role("button")
    expect(tabs.nth(1)).to_have_attribute("aria-current", "true")
    expect(tabs.nth(0)).to_have_attribute("aria-current", "false")
    assert "Loss curves" in tabs.nth(1).inner_text()
    expect(page.locator(".linreg-charts")).to_have_attribute("tabindex", "0")  # keys scroll it too
    assert [ranges(page, title) for title in ("Predictions", "Loss curves")] == before
    expect(plot(page, "Loss curves")).to_be_in_viewport(ratio=1)  # the swipe has ended
    tabs.nth(2).tap()
    expect(plot(page, "Loss surface")).to_be_in_viewport(ratio=1)
    tabs.nth(0).press("Enter")
    expect(plot(page, "Predictions")).to_be_in_viewport(ratio=1)


# Once the sheet stands still, as it moves on for a while after a finger has left it.
BACK_TO_THE_TOP = """async (sheet) => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let still = 0, before; still < 10; before = sheet.scrollTop) {
    await frame();
    still = sheet.scrollTop === before ? still + 1 : 0;
  }
  sheet.scrollTo({ top: 0, behavior: "instant" });
}"""


def test_a_finger_that_moves_up_from_a_slider_scrolls_and_does_not_change_it(
    visit: Visit,
) -> None:
    """A tap sets the slider, a finger that moves sideways takes it along."""
    page = visit(**PHONE)
    rate, epochs = slider(page, "Learning rate"), player(page).get_by_role("slider")
    sheet = page.get_by_test_id("stSidebarContent")
    box = rate.locator("xpath=ancestor::*[@role='group']").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(page, *middle, (0, -1))
    page.wait_for_function("(sheet) => sheet.scrollTop > 20", arg=sheet.element_handle())
    expect(rate).to_have_attribute("aria-valuetext", "0.01")
    sheet.evaluate(BACK_TO_THE_TOP)
    page.touchscreen.tap(*middle)
    expect(rate).not_to_have_attribute("aria-valuetext", "0.01")
    tapped = rate.get_attribute("aria-valuetext") or ""
    swipe(page, *middle)
    expect(rate).not_to_have_attribute("aria-valuetext", tapped)
    assert float(rate.get_attribute("aria-valuetext") or "") < float(tapped)
    box = epochs.bounding_box()
    assert box is not None
    swipe(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, (0, -1))
    expect(epochs).to_have_value("100")


def test_a_swipe_turns_the_parts_of_the_lesson(visit: Visit) -> None:
    """To the next part and back; a finger that moves down the page turns nothing."""
    page = visit("lesson?part=model", **PHONE)
    title = page.locator(".st-key-cells h2").first
    model = title.inner_text()
    swipe(page, 200, 400, (0, -1))
    page.get_by_test_id("stMain").evaluate(BACK_TO_THE_TOP)
    box = title.bounding_box()
    assert box is not None
    swipe(page, 70, box["y"] + 20)  # on text: on a button or on code that scrolls it turns nothing
    expect(page).to_have_url(re.compile("part=training"))
    expect(title).not_to_have_text(model)
    box = title.bounding_box()
    assert box is not None
    swipe(page, 150, box["y"] + 20, (1, 0))
    expect(title).to_have_text(model)


def swipe(page: Page, x: float, y: float, way: tuple[int, int] = (-1, 0)) -> None:
    """Move a finger across a place: to the left, or another way."""
    session = page.context.new_cdp_session(page)
    for moved in range(0, 160, 20):
        kind = "touchMove" if moved else "touchStart"
        start = 80 if way[0] else 0  # upwards it begins at the place
        place = {"x": x + way[0] * (moved - start), "y": y + way[1] * moved}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def ranges(page: Page, title: str) -> list[list[float]]:
    """The ranges of a chart's axes."""
    found: list[list[float]] = plot(page, title).evaluate(
        "({ layout }) => [layout.xaxis.range, layout.yaxis.range]"
    )
    return found


def test_targets_are_large_and_one_tap_opens_the_menu_and_one_a_page(visit: Visit) -> None:
    """At least 44 pixels each, on the Playground with all its settings; text has 14.

    The menu closes by itself; to a page with charts, to one without, and back.
    """
    page = visit(**PHONE)
    page.get_by_text("More settings").tap()
    expect(slider(page, "Seed")).to_be_visible()
    page.get_by_role("button", name="View", exact=True).tap()
    expect(page.get_by_text("Large type")).to_be_visible()
    assert page.evaluate(TOO_SMALL) == []
    page.keyboard.press("Escape")
    choose(page, "Loop")
    expect(page.get_by_role("button", name="Epoch back")).to_be_visible()
    expect(page.get_by_text("Shift + B")).to_be_hidden()
    page.set_viewport_size({"width": 664, "height": 390})
    epoch = page.get_by_role("spinbutton", name="Epoch")
    assert epoch.evaluate(ROOM) > 40  # pixels, for five digits
    page.set_viewport_size({"width": 390, "height": 664})
    for each in (PAGES[-1], PAGES[0]):
        choose(page, each.title)
        expect(page.get_by_role("heading", level=1)).to_have_text(each.heading)
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_a_phone_shows_first_the_sliders_that_can_be_moved(visit: Visit) -> None:
    """A locked one comes last; where none has an effect, the page takes their place."""
    page = visit("?lock=lr-epochs", **PHONE)
    expect(page.get_by_role("group", name="True weight")).to_be_in_viewport(ratio=0.97)
    locked = page.get_by_role("group", name="Learning rate")
    expect(locked).not_to_be_in_viewport()
    locked.scroll_into_view_if_needed()
    expect(locked).to_contain_text("0.01")
    expect(slider(page, "Learning rate")).to_be_disabled()
    choose(page, "Class")
    expect(page.get_by_role("button", name="Open a room")).to_be_visible()
    expect(slider(page, "True weight")).to_be_hidden()
    sheet = page.get_by_test_id("stSidebar")
    assert sheet.evaluate("sheet => sheet.clientHeight") == 0
    page.set_viewport_size({"width": 844, "height": 390})
    assert sheet.evaluate("sheet => sheet.clientWidth") == 0
    page.set_viewport_size({"width": 390, "height": 664})
    choose(page, "Loop")
    expect(slider(page, "True weight")).to_be_visible()


def choose(page: Page, title: str) -> None:
    """Choose a page in the menu."""
    entry = page.get_by_role("link", name=title, exact=True)
    choose_in(page.get_by_test_id("stExpandSidebarButton"), entry)
