"""An audit with axe-core: no serious and no critical finding, light and dark, wide and narrow."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.journey import Visit, chart, player, says

TOO_BAD = ("serious", "critical")
AUDIT = """async ([options, tooBad]) => (await axe.run(options)).violations
  .filter(({ impact }) => tooBad.includes(impact)).map(({ id, nodes }) => [id, nodes[0].html])"""
# No colour is on its way to another one. What follows a scroll position rests with it.
AT_REST = """() => document.getAnimations().every((each) => each.playState !== "running"
  || each.timeline !== document.timeline || each.effect.getTiming().iterations === Infinity)"""
# How often each part of the page with charts was drawn, after the colour scheme of the page.
PAINTED = """() => [getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme,
  ...[...document.querySelectorAll(".linreg-stage")].map((stage) => stage.dataset.painted)]"""
THIRTY_FRAMES = """() => new Promise((resolve) => {
  let left = 30;
  const look = () => (left-- ? requestAnimationFrame(look) : resolve());
  look();
})"""
# The track and the handle of a slider, the knob of a toggle and what is chosen, if they have the
# colour of the page: forced colours take all others away.
UNSEEN = """() => {
  const colour = (each) => getComputedStyle(each).backgroundColor;
  const slider = document.querySelector("[data-testid=stSlider] [role=group] > div");
  const handle = slider.querySelector("[data-testid=stSliderThumbValue]").parentElement;
  const knob = document.querySelector("[data-testid=stCheckbox] label > div > div:empty");
  const chosen = document.querySelectorAll("[role=radio][aria-checked=true]");
  return [slider.firstElementChild, handle, knob, ...chosen]
    .filter((each) => [colour(document.body), "rgba(0, 0, 0, 0)"].includes(colour(each)))
    .map((each) => each.outerHTML);
}"""
# No part of a page scrolls sideways, once the charts have their size.
FITS = """() => ["[data-testid=stMain]", "[data-testid=stSidebarContent]", "html"].every((name) => {
  const { scrollWidth, clientWidth } = document.querySelector(name);
  return scrollWidth <= clientWidth;
})"""
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
COLOURS = ALL | {"runOnly": COLOUR_RULES}
# Half of the work of an audit, where the same colours are looked at in another width.
ALL_BUT_COLOURS = ALL | {"rules": {rule: {"enabled": False} for rule in COLOUR_RULES}}

PAGES = {
    "Playground": "?loss=mse&lr=1&typo=1",  # an address put right, a warning, a diverged run
    "Lesson": "lesson?part=training&model=linear&epochs=1000",
    # With batches, and parameters that are NaN: their charts are drawn too.
    "Loop": "loop?batch=16&loss=mse&lr=10&epochs=100&epoch=90&line=backward",
    "Bug hunt": "bug_hunt",
    "Save & load": "save_and_load",
    "CPU or GPU": "gpu",
    "Teach": "teach",
    "Challenges": "challenges?done=printed",
    "Tune": "tune?train=0.6&validation=0.2&pin=slow%3Flr%3D0.001&pin=fast%3Flr%3D0.1",
}


@pytest.mark.parametrize("name", list(PAGES))
def test_each_page_passes_the_audit(visit: Visit, name: str) -> None:
    """With all that a page may show: dark on a phone, light on a laptop, and forced colours.

    The laptop also at 200 % zoom; forced colours at 320 pixels, where no page scrolls sideways. One
    that follows the system from dark to light changes only its colours.
    """
    page = visit(PAGES[name], dark=True, width=390, height=844)
    page.wait_for_function(FITS)
    assert audit(page, COLOURS) == []
    painted = page.evaluate(PAINTED)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"before => ({PAINTED})().every((n, i) => n !== before[i])", arg=painted)
    for width, height, options in ((1440, 900, ALL), (720, 450, ALL_BUT_COLOURS)):
        page.set_viewport_size({"width": width, "height": height})
        assert audit(page, options) == []
    page.emulate_media(forced_colors="active")
    page.set_viewport_size({"width": 320, "height": 450})
    assert audit(page, ALL) == []
    assert page.evaluate(UNSEEN) == []
    page.wait_for_function(FITS)


def audit(page: Page, options: dict[str, Any]) -> list[list[str]]:
    """The serious and critical findings once all of the page is there and at rest."""
    page.get_by_test_id("stHeading").first.wait_for(state="attached")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # what has its scripts yet to come
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_function(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    findings: list[list[str]] = page.evaluate(AUDIT, [options, TOO_BAD])
    return findings


def test_text_alternatives_say_what_is_shown_and_reduced_motion_is_respected(
    visit: Visit,
) -> None:
    """A chart's accessible name is its title and the sentence above it; it follows the cursor.

    A link that would play stands still for those who ask for it.
    """
    page = visit(
        "?at=10&play=true", prepare=lambda page: page.emulate_media(reduced_motion="reduce")
    )
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.evaluate(THIRTY_FRAMES)
    expect(page.locator(".linreg-numbers dd").first).to_have_text("10 of 100")
    epoch = player(page).get_by_role("slider", name="Epoch")
    epoch.press("End")
    titles = ("Predictions", "Loss curves", "Loss surface")
    for title in titles:
        sentence = says(page, title).inner_text()
        assert any(character.isdigit() for character in sentence)
        expect(chart(page, title).get_by_role("group")).to_have_accessible_name(
            f"{chart(page, title).get_by_role('heading').inner_text()}: {sentence}"
        )
    epoch.fill("20")
    for title in titles:
        expect(chart(page, title).get_by_role("group")).to_have_accessible_name(
            re.compile(r"At the cursor: epoch 20 of 100, weight 0\.4146, .*training loss 0\.0891")
        )
