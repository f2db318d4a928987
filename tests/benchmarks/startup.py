"""From the start command to the first painted page, and what the first visit sends.

    python -m tests.benchmarks.startup

Starts the server five times by the README's command. A visitor comes as soon as it is healthy, each
time with an empty browser cache. Bytes are those on the wire, headers included, largest files
first; what the websocket carries is counted by its payload.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.support.chromium import chromium
from tests.support.served import served_app

STARTS = 5
SHOWN = 8


def main() -> None:
    """Print the times of all starts and the bytes of the last visit."""
    healthy, painted = [], []
    with chromium() as browser:
        for _ in range(STARTS):
            start = time.perf_counter()
            with served_app() as address:
                healthy.append(time.perf_counter() - start)
                sizes = first_visit(browser, address)
                painted.append(time.perf_counter() - start)
    for name, seconds in (("healthy", healthy), ("first page painted", painted)):
        print(
            f"{name} after {statistics.median(seconds):.1f} s "
            f"(median of {STARTS} starts, {min(seconds):.1f} to {max(seconds):.1f})"
        )
    print(f"first visit: {sum(sizes.values()) / 1e6:.2f} MB on the wire in {len(sizes)} files")
    for name, size in sizes.most_common(SHOWN):
        print(f"  {size / 1e3:7.0f} kB  {name}")


def first_visit(
    browser: Browser, address: str, look: Callable[[Page], object] = lambda _: None
) -> Counter[str]:
    """Open a page with an empty cache; return the bytes of each file until its charts stand.

    `look` gets the page then.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    network = context.new_cdp_session(page)
    sizes: Counter[str] = Counter()
    names: dict[str, str] = {}

    def named(event: dict[str, Any]) -> None:
        names[event["requestId"]] = urlsplit(event["response"]["url"]).path

    def loaded(event: dict[str, Any]) -> None:
        sizes[names.get(event["requestId"], "unknown")] += int(event["encodedDataLength"])

    def received(event: dict[str, Any]) -> None:
        data = event["response"]["payloadData"]  # base64 where it is binary
        sizes["websocket"] += len(data) * 3 // 4

    network.on("Network.responseReceived", named)
    network.on("Network.loadingFinished", loaded)
    network.on("Network.webSocketFrameReceived", received)
    network.send("Network.enable")
    page.goto(address)
    page.locator(".linreg-stage[data-painted]").wait_for()
    look(page)
    context.close()
    return sizes


if __name__ == "__main__":
    main()
