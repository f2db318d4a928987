"""Pages on paper: one column in black on white, charts whole, and no controls."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.support.journey import Visit, player

WIDTH = 680  # pixels of a page of paper between its margins, in CSS pixels
# The data areas of charts, and whether each lies inside its figure and beside no other figure.
CHARTS = """() => [...document.querySelectorAll("figure.linreg-chart")].map((figure) => {
  const outer = figure.getBoundingClientRect();
  const inner = figure.querySelector(".main-svg").getBoundingClientRect();
  return { left: outer.left, top: outer.top, bottom: outer.bottom,
    inside: inner.top >= outer.top && inner.bottom <= outer.bottom + 1, width: inner.width };
})"""
COLOURS = """() => [...document.querySelectorAll(".xtitle, .xtick text, h1, p, td, dd")]
  .filter((each) => each.checkVisibility())
  .map((each) => getComputedStyle(each)[each.closest("svg") ? "fill" : "color"])"""

# The widths of the charts in the task in which the printer asks for the page.
AT_ONCE = """async () => {
  window.dispatchEvent(new Event("beforeprint"));
  for (let turn = 0; turn < 100; turn += 1) await null;
  const charts = [...document.querySelectorAll(".linreg-plot .main-svg:first-child")];
  return charts.map((svg) => svg.width.baseVal.value);
}"""


def on_paper(page: Page) -> None:
    """Look at the page as the printer gets it."""
    page.set_viewport_size({"width": WIDTH, "height": 1000})
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def test_the_playground_prints_as_one_column_without_controls(visit: Visit) -> None:
    """From the dark theme and while presenting too; afterwards the screen is as before."""
    page = visit("?present=true", dark=True)
    assert page.evaluate(AT_ONCE) == [640] * 3
    on_paper(page)
    expect(page.get_by_role("heading", level=1)).to_have_css("clip-path", "none")
    for hidden in ("stHeader", "stSidebar"):
        expect(page.get_by_test_id(hidden)).to_be_hidden()
    expect(page.locator("button:visible:not(.linreg-numbers button)")).to_have_count(0)
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(player(page).get_by_text("training loss")).to_be_visible()
    page.wait_for_function(f"() => ({CHARTS})().every(({{ width }}) => width === 640)")
    charts = page.evaluate(CHARTS)
    heading = page.get_by_role("heading", level=1).bounding_box()
    assert heading is not None
    assert heading["y"] + heading["height"] <= charts[0]["top"]
    assert heading["height"] < heading["width"]  # in lines, not letter below letter
    assert [chart["inside"] for chart in charts] == [True] * 3
    assert len({chart["left"] for chart in charts}) == 1
    assert all(a["bottom"] <= b["top"] for a, b in pairwise(charts))
    assert set(page.evaluate(COLOURS)) == {"rgb(0, 0, 0)"}
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    assert pages(page) <= 4
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="Leave the presentation")).to_be_visible()
    expect(page.locator(".xtitle").first).not_to_have_css("fill", "rgb(0, 0, 0)")


def prints_all_its_code(page: Page) -> None:
    """The lesson in one column, and no line is cut at the edge of the paper.

    (tests/browser/test_in_sight.py has the page open.)
    """
    on_paper(page)
    for code in page.locator("[data-testid=stCode]").all():
        assert code.evaluate("code => code.scrollWidth <= code.clientWidth + 1")
    lefts = page.get_by_test_id("stColumn").evaluate_all(
        "columns => columns.map((each) => each.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 1
    assert pages(page) < 20


def pages(page: Page) -> int:
    """How many sheets the printed page takes."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf()))
