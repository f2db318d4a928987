"""What a class sees without scrolling: whole charts, the player, and the main sliders."""

import pytest
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
# Points every 8 pixels: a chart is in sight where nothing else is on top of it.
LOOK = """() => {
  const seen = new Map([...document.querySelectorAll("figure.linreg-chart")].map((f) => [f, 0]));
  let data = 0, all = 0;
  const step = 8;
  for (let x = step / 2; x < innerWidth; x += step)
    for (let y = step / 2; y < innerHeight; y += step) {
      all += 1;
      const top = document.elementFromPoint(x, y);
      const figure = top?.closest("figure.linreg-chart");
      if (figure) seen.set(figure, seen.get(figure) + step * step);
      if (top?.classList.contains("nsewdrag")) data += 1;
    }
  const whole = [...seen].filter(([figure, area]) => {
    const { width, height } = figure.getBoundingClientRect();
    return area > 0.97 * width * height;
  });
  return { whole: whole.length, share: data / all };
}"""
# The layer of the cursor lies exactly over the data area, however many rows a caption takes.
ALIGNED = """() => [...document.querySelectorAll(".linreg-frame")].every((frame) => {
  const [layer, area] = [".linreg-overlay", ".nsewdrag"].map((name) =>
    frame.querySelector(name).getBoundingClientRect());
  return ["left", "top", "width", "height"].every((side) => Math.abs(layer[side] - area[side]) < 2);
})"""
WORDY = "?noise=0.05&shuffle=true&large=true"


@pytest.mark.parametrize("large", ["", WORDY], ids=["usual type", "large type"])
def test_charts_player_and_sliders_are_in_sight_on_every_wide_window(
    visit: Visit, large: str
) -> None:
    """Three whole charts with nothing on top, and large data areas where the type is usual."""
    page = visit(large)
    for width, height, share in SIZES:
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


def test_a_window_without_room_for_three_charts_keeps_each_readable(visit: Visit) -> None:
    """On a tablet, and on a phone held sideways, charts wrap instead of getting narrow."""
    page = visit(width=820, height=1180)
    for width, height in ((820, 1180), (844, 390)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(RESIZED)
        for plot in page.locator(".linreg-plot").all():
            box = plot.bounding_box()
            assert box is not None
            assert box["width"] > 250, (width, height)
