"""Where the milliseconds of one change go, from the key press to the painted charts.

    python -m tests.benchmarks.profile

Presses arrow keys on the learning-rate slider as in latency.py, and takes time stamps in the page:
of the key, the request, the largest message of the answer (the charts), its last one, and the
paint. The times of training and figures come from the metrics of Streamlit's caches; the wire is
the round trip of an empty message to the same server. The script's part also holds the browser's
handling of the messages that come before the charts. Nothing in the app is measured from inside.
"""

import asyncio
import time

import numpy as np
from playwright.sync_api import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect

from tests.benchmarks.latency import CHANGES, press, watched_page
from tests.support.served import Server
from tests.support.websocket_session import PATH

STAMP = """
window.stamps = { sent: [], received: [] };
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", ({ data }) =>
      stamps.received.push([performance.now(), data.byteLength ?? data.size]));
  }
  send(data) {
    stamps.sent.push(performance.now());
    super.send(data);
  }
};
"""
TAKE = """
() => {
  const [sent, received, pressed] = [stamps.sent[0], stamps.received, marks.pressed];
  const charts = received.reduce((most, one) => (one[1] > most[1] ? one : most))[0];
  const painted = pressed + marks.painted.at(-1);
  return [
    painted - pressed, sent - pressed, charts - sent, painted - charts, received.at(-1)[0] - charts,
  ];
}
"""
CACHES = ("linreg.ui.work.cache._trained", "linreg.ui.parts.stage.content")


def main() -> None:
    """Print a table: each part of a change in ms, for fresh and for cached runs."""
    with Server() as server:
        wire = asyncio.run(_round_trips(server.address))
        with watched_page(server.address, STAMP) as page:
            fresh, cached = (_changes(page, server, key) for key in ("ArrowRight", "ArrowLeft"))
    _report(_parts(fresh, wire), _parts(cached, wire))


def _changes(page: Page, server: Server, key: str) -> list[list[float]]:
    """Return for each change the stamps of TAKE and what training and figures took, in ms."""
    rows = []
    for _ in range(CHANGES):
        before = _computed(server)
        page.evaluate("stamps.sent = []; stamps.received = []")
        press(page, key)
        after = _computed(server)
        rows.append([*page.evaluate(TAKE), *(b - a for a, b in zip(before, after, strict=True))])
    return rows


def _computed(server: Server) -> list[float]:
    """Return how long the caches have computed so far, in ms, first training, then figures."""
    name = "cache_compute_duration_seconds_sum{"
    return [1000 * server.metric(name, f'cache="{cache}"') for cache in CACHES]


async def _round_trips(address: str) -> float:
    """Return the median time of an empty message there and back, in ms."""
    times = []
    where = address.replace("http", "ws", 1) + PATH
    async with connect(where, subprotocols=["streamlit"], proxy=None) as connection:  # type: ignore[list-item]
        for _ in range(CHANGES):
            start = time.perf_counter()
            await connection.send(BackMsg(app_heartbeat=True).SerializeToString())
            await connection.recv()
            times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


def _parts(rows: list[list[float]], wire: float) -> dict[str, list[float]]:
    parts: dict[str, list[float]] = {}
    for total, before, answer, paint, rest, training, figures in rows:
        for name, value in {
            "browser: key press to request": before,
            "wire: an empty round trip": wire,
            "script, and earlier messages read": answer - wire - training - figures,
            "server: training": training,
            "server: figures and packing": figures,
            "browser: charts' message to paint": paint,
            "all: key press to paint": total,
            "(beside it: the page's other messages)": rest,
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
