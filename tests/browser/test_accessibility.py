"""An audit with axe-core: no serious and no critical finding, light and dark, wide and narrow."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.journey import Visit, chart, says

TOO_BAD = ("serious", "critical")
# No colour is on its way to another one.
AT_REST = """() => document.getAnimations().every(
  (each) => each.playState !== "running" || each.effect.getTiming().iterations === Infinity)"""


PAGES = {
    "Playground": "?loss=mse&lr=1&typo=1",  # an address put right, a warning, a diverged run
    "Lesson": "lesson?model=linear&epochs=1000",
    "Loop": "loop?batch=16&line=step",
    "Bug hunt": "bug_hunt",
    "Save & load": "save_and_load",
    "CPU or GPU": "gpu",
    "Teach": "teach",
    "Challenges": "challenges?done=twice",
    "Tune": "tune?train=0.6&validation=0.2&pin=slow%3Flr%3D0.001&pin=fast%3Flr%3D0.1",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_each_page_passes_the_audit(visit: Visit, name: str, scheme: str) -> None:
    """With all that a page may show: laptop, phone, and forced colours at 200 % zoom and 320 px."""
    page = visit(PAGES[name], dark=scheme == "dark")
    assert audit(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert audit(page) == []
    page.emulate_media(forced_colors="active")
    for width in (720, 320):
        page.set_viewport_size({"width": width, "height": 450})
        assert audit(page) == []


def audit(page: Page) -> list[tuple[str, str]]:
    """The serious and critical findings once all of the page is there and at rest."""
    page.get_by_test_id("stHeading").first.wait_for(state="attached")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # what has its scripts yet to come
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_function(AT_REST)
    findings = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in findings if v["impact"] in TOO_BAD]


@pytest.mark.parametrize("title", ["Predictions", "Loss curves", "Loss surface"])
def test_each_chart_has_a_text_alternative_that_says_what_it_shows_now(
    visit: Visit, title: str
) -> None:
    """The chart's accessible name is its title with the sentence that stands above it."""
    page = visit()
    sentence = says(page, title).inner_text()
    assert any(character.isdigit() for character in sentence)
    expect(chart(page, title).get_by_role("group")).to_have_accessible_name(
        f"{chart(page, title).get_by_role('heading').inner_text()}: {sentence}"
    )


def test_the_text_alternatives_follow_the_cursor(visit: Visit) -> None:
    """After 20 epochs they say so, with the numbers of that model."""
    page = visit("?at=20")
    for title in ("Predictions", "Loss curves", "Loss surface"):
        expect(chart(page, title).get_by_role("group")).to_have_accessible_name(
            re.compile(r"At the cursor: epoch 20 of 100, weight 0\.4146, .*training loss 0\.0891")
        )


def test_reduced_motion_is_respected(visit: Visit) -> None:
    """A link that would play stands still for those who ask for it."""
    page = visit()
    page.emulate_media(reduced_motion="reduce")
    page.goto(page.url + "?at=10&play=true")
    page.locator(".linreg-stage[data-painted]").wait_for()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(".linreg-numbers dd").first).to_have_text("10 of 100")
