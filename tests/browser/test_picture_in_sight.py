"""What a class sees without scrolling: whole charts, the player, and the main sliders."""

import re

from playwright.sync_api import Locator, Page, expect

from linreg.core.experiment import SETTINGS
from linreg.ui.sidebar import FIRST
from tests.support.journey import RESIZED, Visit, player, slider

# Width and height of the window, and the share of it that the data areas of the charts take.
SIZES = [
    (1920, 1080, 0.38),
    (1440, 900, 0.30),
    (1366, 768, 0.24),
    (1280, 720, 0.21),
    (1024, 768, 0.15),
]
# At 400 points of each chart and of its data area: is it in sight there, with nothing on top?
LOOK = """() => {
  const seen = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    let found = 0;
    for (let i = 0.5; i < 20; i += 1)
      for (let j = 0.5; j < 20; j += 1) {
        const at = document.elementFromPoint(left + (i * width) / 20, top + (j * height) / 20);
        if (element.contains(at)) found += 1;
      }
    return { part: found / 400, area: (found / 400) * width * height };
  };
  const whole = [...document.querySelectorAll("figure.linreg-chart")].map(seen);
  const data = [...document.querySelectorAll("figure.linreg-chart .nsewdrag")].map(seen);
  return {
    whole: whole.filter(({ part }) => part > 0.97).length,
    share: data.reduce((sum, { area }) => sum + area, 0) / (innerWidth * innerHeight),
  };
}"""

# Scrolled by 300 pixels: where in the window, below the header, does something lie on a chart?
COVERED = """() => {
  document.querySelector('[data-testid="stMain"]').scrollTo({ top: 300, behavior: "instant" });
  const top = document.querySelector('[data-testid="stHeader"]').getBoundingClientRect().bottom;
  return [...document.querySelectorAll("figure.linreg-chart")].flatMap((chart) => {
    const { left, right, bottom } = chart.getBoundingClientRect();
    const places = [];
    for (let x = left + 4; x < right; x += 16)
      for (let y = top + 4; y < Math.min(bottom, innerHeight); y += 16)
        if (!chart.contains(document.elementFromPoint(x, y))) places.push([x, y]);
    return places;
  });
}"""

# The layer of the cursor lies exactly over the data area, however many rows a caption takes.
ALIGNED = """() => [...document.querySelectorAll(".linreg-frame")].every((frame) => {
  const [layer, area] = [".linreg-overlay", ".nsewdrag"].map((name) =>
    frame.querySelector(name).getBoundingClientRect());
  return ["left", "top", "width", "height"].every((side) => Math.abs(layer[side] - area[side]) < 2);
})"""
WORDY = "?noise=0.05&shuffle=true"


def test_charts_player_and_sliders_are_in_sight_on_every_wide_window(visit: Visit) -> None:
    """Three whole charts with nothing on top, and large data areas where the type is usual.

    On a tablet and on a phone charts wrap instead of getting narrow; nothing is wider than a page.
    """
    page = visit(WORDY)
    assert_in_sight(page, large=False)
    below = page.get_by_text("Below the picture: results, state_dict, log and code.")
    expect(below).to_be_hidden()  # in a narrow window its line is the welcome's
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(below).to_be_in_viewport(ratio=0.97)
    for width, height in ((1366, 768), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        look(page)
        assert page.evaluate(COVERED) == [], (width, height)
        page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_text("Large type", exact=True).click()
    expect(page).to_have_url(re.compile("large=true"))
    assert_in_sight(page, large=True)
    for width, height, least in ((820, 1180, 250), (844, 390, 250), (390, 900, 280)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(RESIZED)
        assert page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth")
        for plot in page.locator(".linreg-plot").all():
            box = plot.bounding_box()
            assert box is not None
            assert box["width"] > least, (width, height)
        box = page.locator(".linreg-plot").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width


def assert_in_sight(page: Page, *, large: bool) -> None:
    """At each size three whole charts, the player and the main sliders."""
    for width, height, share in SIZES[::2] if large else SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found = look(page)
        assert found["whole"] == 3, (width, height)
        page.wait_for_function(ALIGNED)
        assert large or found["share"] >= share, (width, height, found)
        for part in (player(page), *sliders(page)):
            box = part.bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height, (width, height)


def look(page: Page) -> dict[str, float]:
    """How many charts are whole, and the share of their data areas, once all have their size."""
    page.wait_for_function(RESIZED)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    found: dict[str, float] = page.evaluate(LOOK)
    return found


def sliders(page: Page) -> list[Locator]:
    """The main sliders of the sidebar."""
    return [slider(page, SETTINGS[name].label) for name in FIRST if name != "device"]
