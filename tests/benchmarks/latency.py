"""From the key press on a slider to the painted charts, in Chromium without a window.

    python -m tests.benchmarks.latency

Presses arrow keys on the learning-rate slider, in an app served here, with all three charts in
sight. The stage marks itself when it has drawn the charts. A change counts as painted in the first
task after the next animation frame, when the browser has painted it. Fresh changes train 200
epochs; cached ones go back over the same values. Blank time is the sum of all animation frames in
which a chart has no picture. Then the mouse drags the learning rate for three seconds: the time
from a move of the handle to the frame that shows its sketch, and the frames in a second. At last
the same keys on tests/support/plain_app.py, which shows the same charts by Streamlit's own means.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from playwright.sync_api import Page

from linreg.ui.server.warm_up import LATER
from tests.benchmarks.load import WARM
from tests.support.chromium import chromium
from tests.support.served import Server, served_app

CHANGES = 30
PLAIN = "tests/support/plain_app.py"
DRAG_SECONDS = 3

# A chart of the plain app has the learning rate in its title.
WATCH_PLAIN = """
() => {
  window.marks = { pressed: 0, painted: [] };
  const value = () => document.querySelector("input[type=range]").getAttribute("aria-valuetext");
  let waiting = false;
  document.addEventListener("keydown", () => {
    [marks.pressed, waiting] = [performance.now(), true];
  }, true);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const titles = [...document.querySelectorAll(".js-plotly-plot .gtitle")];
    const isNew = ({ textContent }) => textContent.endsWith(` ${value()}`);
    const done = titles.length === 3 && titles.every(isNew);
    if (waiting && done) {
      waiting = false;
      marks.painted.push(performance.now() - marks.pressed);
    }
  };
  const frame = () => {
    channel.port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  frame();
}
"""

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


DRAG = """
() => {
  window.drag = { times: [], frames: 0, moved: 0, from: performance.now(), longest: 0 };
  const line = document.querySelector('[aria-label="Learning rate"][type=range]');
  const sketch = () => document.querySelector(".linreg-sketch-line")?.getAttribute("d");
  let seen = sketch();
  new MutationObserver(() => { drag.moved ||= performance.now(); })
    .observe(line, { attributeFilter: ["aria-valuetext"] });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) drag.longest = Math.max(drag.longest, duration);
  }).observe({ entryTypes: ["longtask"] });
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (drag.moved && sketch() !== seen) {
      drag.times.push(performance.now() - drag.moved);
      [drag.moved, seen] = [0, sketch()];
    }
  };
  const frame = () => {
    drag.frames += 1;
    channel.port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  frame();
}
"""


def main() -> None:
    """Print the distributions."""
    with served_app() as address, watched_page(address) as page:
        fresh, cached = _times(page, "ArrowRight"), _times(page, "ArrowLeft")
        _report("fresh runs of 200 epochs", fresh)
        _report("cached runs", cached)
        print(f"blank: {page.evaluate('marks.blank'):.0f} ms in all")
        _drag(page)
    plain_fresh, plain_cached = _plain_times()
    _report("a plain app, fresh", plain_fresh)
    _report("a plain app, cached", plain_cached)
    ratios = np.median(plain_fresh) / np.median(fresh), np.median(plain_cached) / np.median(cached)
    print(f"times as long in the plain app: {ratios[0]:.1f} fresh, {ratios[1]:.1f} cached")


@contextmanager
def watched_page(address: str, script: str = "") -> Iterator[Page]:
    """Open a run of 200 epochs, and keep the times of what happens in `marks` of the page.

    The server is warm then, as in a class.

    script: runs in the page before all others.
    """
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(script)
        page.goto(f"{address}/?epochs=200")
        page.locator(".linreg-stage[data-painted]").wait_for()
        page.wait_for_timeout(1000 * (LATER + WARM))
        page.evaluate(WATCH)
        yield page


def _plain_times() -> tuple[list[float], list[float]]:
    """Return the times of fresh and of cached changes in the plain app."""
    with Server(script=PLAIN) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.address)
        page.wait_for_function("document.querySelectorAll('.js-plotly-plot .gtitle').length === 3")
        page.wait_for_timeout(1000)
        page.evaluate(WATCH_PLAIN)
        return _times(page, "ArrowRight"), _times(page, "ArrowLeft")


def press(page: Page, key: str) -> None:
    """Press a key on the learning rate, and wait until the charts are painted."""
    page.evaluate("marks.painted = []")
    page.get_by_role("slider", name="Learning rate").press(key)
    page.wait_for_function("() => marks.painted.length >= 1")
    page.wait_for_timeout(150)


def _times(page: Page, key: str) -> list[float]:
    times: list[float] = []
    for _ in range(CHANGES):
        press(page, key)
        times += page.evaluate("marks.painted")
    return times


def _drag(page: Page) -> None:
    """Drag the handle to and fro, and print what the page saw."""
    handle = page.get_by_role("group", name="Learning rate").get_by_role("slider")
    box = handle.locator("xpath=ancestor::*[contains(@style, 'left:')][1]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1, y)
    page.evaluate(DRAG)
    end = time.monotonic() + DRAG_SECONDS
    step = 0
    while time.monotonic() < end:
        step += 1
        page.mouse.move(x - 40 + abs(step % 80 - 40), y)
    found = page.evaluate("({...drag, seconds: (performance.now() - drag.from) / 1000})")
    page.mouse.up()
    _report("drag, move to sketch", found["times"])
    print(
        f"drag: {found['frames'] / found['seconds']:.0f} frames a second, longest task "
        f"{found['longest']:.0f} ms"
    )


def _report(name: str, times: list[float]) -> None:
    p50, p95 = np.quantile(times, [0.5, 0.95])
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({len(times)} changes)")


if __name__ == "__main__":
    main()
