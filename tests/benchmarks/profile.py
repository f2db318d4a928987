"""Where the milliseconds of one change go, from the key press to the painted charts.

    python -m tests.benchmarks.profile

Presses arrow keys on the learning-rate slider as in latency.py, and takes time stamps in the page:
of the key, of the question for the charts and its answer, of the paint, and of the last message of
the page itself, which Streamlit renders meanwhile. The times of training and figures come from the
metrics of Streamlit's caches. The rest of the answer is the wire, and an answer that waits until
the browser has rendered something else. Nothing in the app is measured from inside.
"""

import numpy as np
from playwright.sync_api import Page

from tests.benchmarks.latency import CHANGES, press, watched_page
from tests.support.served import Server

STAMP = """
window.stamps = { asked: 0, answered: 0, received: 0 };
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (way, url, ...how) {
  this.isPicture = String(url).includes("linreg-picture");
  open.call(this, way, url, ...how);
};
XMLHttpRequest.prototype.send = function (...what) {
  if (this.isPicture) {
    stamps.asked = performance.now();
    this.addEventListener("readystatechange", () => {
      if (this.readyState === 4) stamps.answered = performance.now();
    });
  }
  send.apply(this, what);
};
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", () => (stamps.received = performance.now()));
  }
};
"""
TAKE = """
() => {
  const { pressed } = marks, { asked, answered, received } = stamps;
  const painted = pressed + marks.painted.at(-1);
  const parts = [painted - pressed, asked - pressed, answered - asked, painted - answered];
  return [...parts, received - painted];
}
"""
CACHES = ("linreg.ui.work.cache._trained", "linreg.ui.parts.stage.content")


def main() -> None:
    """Print a table: each part of a change in ms, for fresh and for cached runs."""
    with Server() as server, watched_page(server.address, STAMP) as page:
        fresh, cached = (_changes(page, server, key) for key in ("ArrowRight", "ArrowLeft"))
    _report(_parts(fresh), _parts(cached))


def _changes(page: Page, server: Server, key: str) -> list[list[float]]:
    """Return for each change the stamps of TAKE and what training and figures took, in ms."""
    rows = []
    for _ in range(CHANGES):
        before = _computed(server)
        press(page, key)
        after = _computed(server)
        rows.append([*page.evaluate(TAKE), *(b - a for a, b in zip(before, after, strict=True))])
    return rows


def _computed(server: Server) -> list[float]:
    """Return how long the caches have computed so far, in ms, first training, then figures."""
    name = "cache_compute_duration_seconds_sum{"
    return [1000 * server.metric(name, f'cache="{cache}"') for cache in CACHES]


def _parts(rows: list[list[float]]) -> dict[str, list[float]]:
    parts: dict[str, list[float]] = {}
    for total, before, answer, paint, rest, training, figures in rows:
        for name, value in {
            "browser: key press to question": before,
            "server: training": training,
            "server: figures and packing": figures,
            "wire and waiting: rest of the answer": answer - training - figures,
            "browser: answer to paint": paint,
            "all: key press to paint": total,
            "(then: the page's last message)": rest,
        }.items():
            parts.setdefault(name, []).append(value)
    return parts


def _report(fresh: dict[str, list[float]], cached: dict[str, list[float]]) -> None:
    print(f"{'ms, p50 and p95':40}{'fresh, 200 epochs':>20}{'cached':>14}")
    for name, values in fresh.items():
        cells = [np.quantile(column, [0.5, 0.95]) for column in (values, cached[name])]
        texts = [f"{p50:.0f} / {p95:.0f}" for p50, p95 in cells]
        print(f"{name:40}{texts[0]:>20}{texts[1]:>14}")


if __name__ == "__main__":
    main()
