"""From the key press on a slider to the painted charts, in headless Chromium.

    python -m tests.benchmarks.latency

Presses arrow keys on the learning-rate slider, in an app served here, with all three charts in
sight. A change counts as painted in the first task after the animation frame that follows the
stage's word that it has drawn: by then the browser has painted that frame. Fresh changes train 200
epochs; cached ones go back over the same values. Blank time is every animation frame in which a
chart has no picture.
"""

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import HOW_TO_GET_ONE, find_chromium
from tests.support.served import served_app

CHANGES = 30

WATCH = """
() => {
  const stage = document.querySelector(".linreg-stage");
  window.marks = { pressed: 0, painted: [], blank: 0, last: performance.now() };
  document.addEventListener("keydown", () => { marks.pressed = performance.now(); }, true);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => marks.painted.push(performance.now() - marks.pressed);
  new MutationObserver(() => requestAnimationFrame(() => channel.port2.postMessage(0)))
    .observe(stage, { attributeFilter: ["data-painted"] });
  const frame = () => {
    const now = performance.now();
    const plots = [...document.querySelectorAll(".linreg-plot")];
    const empty = plots.length !== 3
      || plots.some((plot) => !plot.querySelector(".scatterlayer .trace"));
    if (empty) marks.blank += now - marks.last;
    marks.last = now;
    requestAnimationFrame(frame);
  };
  frame();
}
"""


def main() -> None:
    """Print the distributions."""
    path = find_chromium()
    if path is None:
        raise SystemExit(HOW_TO_GET_ONE)
    with served_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/?epochs=200")
        page.locator(".linreg-chart .main-svg").nth(1).wait_for()
        page.wait_for_timeout(1000)
        page.evaluate(WATCH)
        _report("fresh runs of 200 epochs", _press(page, "ArrowRight"))
        _report("cached runs", _press(page, "ArrowLeft"))
        print(f"blank: {page.evaluate('marks.blank'):.0f} ms in all")
        browser.close()


def _press(page: Page, key: str) -> list[float]:
    page.evaluate("marks.painted = []")
    slider = page.get_by_role("group", name="Learning rate").get_by_role("slider")
    for change in range(1, CHANGES + 1):
        slider.press(key)
        page.wait_for_function(f"() => marks.painted.length >= {change}")
        page.wait_for_timeout(150)
    times: list[float] = page.evaluate("marks.painted")
    return times


def _report(name: str, times: list[float]) -> None:
    p50, p95 = np.quantile(times, [0.5, 0.95])
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({len(times)} changes)")


if __name__ == "__main__":
    main()
