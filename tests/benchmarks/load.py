"""A whole class at once: many websocket sessions that change settings on the Playground.

    python -m tests.benchmarks.load [--sessions 1 10 40 100] [--seconds 60] [--soak MINUTES]

The app runs in a process of its own, a new one for each number of sessions, warmed up when they
come. This process holds all sessions. It prints how late its own event loop was, so that nobody
mistakes a busy client for a slow server. Each session loads the page, then moves one slider every
two seconds on average: half of the moves lead to settings of 100 to 1,000 epochs that nobody had
before (misses), half go back to where that slider was before (hits). A change that falls due while
the last one is unanswered is made when the answer comes, timed from then, and counted as late. With
--soak, 40 sessions come and go, each living 20 to 90 seconds. Memory and CPU time of the server are
read from /proc, so on Linux only.
"""

import argparse
import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from linreg.ui.server.warm_up import LATER
from tests.support.served import Server
from tests.support.websocket_session import Answer, WebsocketSession, open_session

GAP = 2.0  # seconds between two changes of a session, on average
WARM = 9.0  # seconds more than until a warm server imports the rest of PyTorch
ARRIVAL = 0.05  # seconds between two sessions that come
KEPT = 125  # seconds after which Streamlit lets go of a session that has left: 120, and some more
SOAKING = 40  # sessions at a time
LIVES = (20.0, 90.0)  # seconds
TICK = 0.02  # seconds between two looks at the client's own lateness
SLIDERS = ("epochs", "weight", "bias", "seed")  # the last under More settings
FEWEST, MOST = 100, 1000  # epochs of a change that nobody made before


class Process(Server):
    """The app's process, seen from outside."""

    def memory(self) -> float:
        """Return its resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000

    def cpu(self) -> float:
        """Return the seconds of CPU time that it has used."""
        parts = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def caches(self) -> str:
        """Return a text: what the app's caches hold, and how many entries made room for others."""
        size = self.metric("cache_memory_bytes{", "linreg") / 1e6
        missed = self.metric("cache_lookups_total{", "linreg", 'result="miss"')
        gone = self.metric("cache_evictions_total{", "linreg")
        return f"caches {size:.1f} MB; of {missed:.0f} entries {gone:.0f} evicted"


@dataclass
class Results:
    """What all sessions saw."""

    hits: list[Answer] = field(default_factory=list)
    misses: list[Answer] = field(default_factory=list)
    loads: list[Answer] = field(default_factory=list)
    late: int = 0
    used: set[tuple[str, ...]] = field(default_factory=set)

    def report(self) -> None:
        """Print times to the charts and to the end, and what went wrong."""
        for name in ("loads", "hits", "misses"):
            answers: list[Answer] = getattr(self, name)
            good = [answer for answer in answers if not answer.errors]
            if good:
                chart, end = (
                    quantiles([getattr(a, x) for a in good]) for x in ("chart", "finished")
                )
                size = np.mean([answer.size for answer in good]) / 1000
                print(f"  {name} ({len(good)}, {size:.0f} kB each): charts {chart}; end {end}")
        errors = Counter(e for a in (*self.loads, *self.hits, *self.misses) for e in a.errors)
        print(f"  errors: {dict(errors) or 'none'}; {self.late} changes late")


def main() -> None:
    """Measure each number of sessions, or soak."""
    parser = argparse.ArgumentParser(description="Load the app with many sessions.")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 40, 100])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    chosen = parser.parse_args()
    if chosen.soak:
        with warm_server() as server:
            asyncio.run(_soak(server, chosen.soak))
        return
    for count in chosen.sessions:
        with warm_server() as server:
            asyncio.run(_load(server, count, chosen.seconds))


@contextmanager
def warm_server() -> Iterator[Process]:
    """Serve the app until the block ends; it begins when the server is warm."""
    with Process() as server:
        time.sleep(LATER + WARM)
        yield server


async def _load(server: Process, count: int, seconds: float) -> None:
    await visit(server)
    results, rng = Results(), random.Random(count)
    before = server.memory()
    with lateness() as lags:
        opening = [open_one(server, results, wait=i * ARRIVAL) for i in range(count)]
        sessions = await asyncio.gather(*opening)
        opened, cpu, start = server.memory(), server.cpu(), time.perf_counter()
        own = time.process_time()
        end = time.monotonic() + seconds
        await asyncio.gather(*(move_sliders(session, results, rng, end) for session in sessions))
        passed = time.perf_counter() - start
    cpu, own = (server.cpu() - cpu) / passed, (time.process_time() - own) / passed
    during, changes = server.memory(), len(results.hits) + len(results.misses)
    print(f"{count} sessions, {seconds:.0f} s: {changes / passed:.1f} changes a second")
    results.report()
    print(f"  server {cpu:.0%} of one core; client {own:.0%}, its loop late {quantiles(lags)}")
    await asyncio.gather(*(session.close() for session in sessions))
    await _let_go(server)
    print(
        f"  server memory: before {before:.0f} MB, with all sessions {opened:.0f} "
        f"({(opened - before) / count:.2f} MB each), after their changes {during:.0f}, "
        f"after they left {server.memory():.0f}; {server.caches()}"
    )


async def _soak(server: Process, minutes: float) -> None:
    await visit(server)
    results, rng = Results(), random.Random(SOAKING)
    start = time.monotonic()
    end = start + minutes * 60
    print(f"before: {server.memory():.0f} MB", flush=True)
    with lateness() as lags:
        visits = [_come_and_go(server, results, rng, end) for _ in range(SOAKING)]
        everybody = asyncio.gather(*visits)
        while time.monotonic() < end:
            await asyncio.sleep(min(60.0, end - time.monotonic()))
            passed = (time.monotonic() - start) / 60
            caches = await asyncio.to_thread(server.caches)
            print(f"minute {passed:.0f}: {server.memory():.0f} MB; {caches}", flush=True)
        await everybody
    await _let_go(server)
    print(f"{len(results.loads)} sessions in all; client's loop late {quantiles(lags)}")
    results.report()
    print(f"  after they left {server.memory():.0f} MB; {server.caches()}")


async def _come_and_go(server: Process, results: Results, rng: random.Random, end: float) -> None:
    await asyncio.sleep(rng.uniform(0, GAP))
    while time.monotonic() < end:
        session = await open_one(server, results)
        await move_sliders(session, results, rng, min(end, time.monotonic() + rng.uniform(*LIVES)))
        await session.close()


async def open_one(server: Process, results: Results, wait: float = 0) -> WebsocketSession:
    """Open a page after `wait` seconds, and keep how long that took."""
    await asyncio.sleep(wait)
    session = await open_session(server.address)
    results.loads.append(await session.load())
    return session


async def move_sliders(
    session: WebsocketSession, results: Results, rng: random.Random, end: float
) -> None:
    """Move a slider every two seconds until `end`, and keep how long each change took."""
    due = time.monotonic() + rng.uniform(0, GAP)
    back = ("weight", session.text("weight"))
    while due < end:
        now = time.monotonic()
        results.late += now > due
        await asyncio.sleep(max(0, due - now))
        hit = rng.random() < 0.5
        name, text = back if hit else _unknown(session, results.used, rng)
        back = (name, session.text(name))
        answer = await session.change(name, text)
        (results.hits if hit else results.misses).append(answer)
        if answer.errors:
            return
        due = max(due + rng.uniform(0.5, 1.5) * GAP, time.monotonic())


def _unknown(
    session: WebsocketSession, used: set[tuple[str, ...]], rng: random.Random
) -> tuple[str, str]:
    """Return a slider and where to move it, so that no session has had these settings before."""
    lengths = [e for e in session.controls["epochs"].options if FEWEST <= int(e) <= MOST]
    while True:
        name = rng.choice(SLIDERS)
        text = {
            "epochs": rng.choice(lengths),
            "seed": str(rng.randrange(1000)),
        }.get(name, f"{rng.randrange(-200, 201) / 100:g}")
        settings = tuple(text if each == name else session.text(each) for each in SLIDERS)
        if settings not in used:
            used.add(settings)
            return name, text


async def visit(server: Process) -> None:
    """Come once and leave."""
    session = await open_session(server.address)
    await session.load()
    await session.close()


async def _let_go(server: Process) -> None:
    """Wait until Streamlit has dropped the sessions, which it does when the next one leaves."""
    await asyncio.sleep(KEPT)
    await visit(server)
    await asyncio.sleep(1)


@contextmanager
def lateness() -> Iterator[list[float]]:
    """Yield a list of how late this event loop was, in seconds; it grows while the block runs."""
    lags: list[float] = []

    async def watch() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(TICK)
            lags.append(time.perf_counter() - start - TICK)

    task = asyncio.get_running_loop().create_task(watch())
    yield lags
    task.cancel()


def quantiles(seconds: list[float]) -> str:
    """Return three quantiles as a text."""
    p50, p95, p99 = np.quantile(seconds, [0.5, 0.95, 0.99]) * 1000
    return f"p50/p95/p99 {p50:.0f}/{p95:.0f}/{p99:.0f} ms"


if __name__ == "__main__":
    main()
