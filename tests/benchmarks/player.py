"""How smoothly the player plays, and how much a run sends.

    python -m tests.benchmarks.player

Plays in Chromium without a window, with all three views in sight, and measures the time between
animation frames over three seconds. Bytes are those of the stage's message for runs on the lesson's
rows. None of these runs ends with two alternating values, which would make the message smaller.
"""

import numpy as np

from linreg import Experiment, Loss, Optimizer, train
from linreg.ui.parts.stage import content
from linreg.ui.state.view import VIEW, Picture
from tests.support.chromium import chromium
from tests.support.served import served_app

SECONDS = 3

FRAMES = """
(seconds) => new Promise((resolve) => {
  const times = [];
  const start = performance.now();
  const frame = (now) => {
    times.push(now);
    if (now - start < seconds * 1000) requestAnimationFrame(frame);
    else resolve(times);
  };
  requestAnimationFrame(frame);
})
"""


def main() -> None:
    """Print frames a second for three lengths of run, then bytes."""
    with served_app() as address, chromium() as browser:
        for epochs in (100, 1000, 10_000):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/?epochs={epochs}&at=0")
            page.locator(".linreg-stage[data-painted]").wait_for()
            page.wait_for_timeout(2000)
            page.get_by_role("button", name="Play").click()
            page.wait_for_timeout(300)
            gaps = np.diff(page.evaluate(FRAMES, SECONDS))
            print(
                f"{epochs} epochs: {1000 / np.median(gaps):.0f} frames a second (median of "
                f"{SECONDS} s), p95 {np.quantile(gaps, 0.95):.1f} ms, worst {gaps.max():.1f} ms, "
                f"{(gaps > 50).sum()} of {len(gaps)} frames over 50 ms"
            )
            page.close()
    picture = Picture(**{name: setting.default for name, setting in VIEW.items()})
    for epochs in (100, 1000, 10_000):
        run = train(Experiment(epochs=epochs, loss=Loss.MSE, optimizer=Optimizer.ADAM))
        size = len(content(run, picture))
        print(f"{epochs} epochs send {size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
