"""A class in a room: phones that poll and answer, a projector, and students who move sliders.

    python -m tests.benchmarks.board [--phones 0 100 300] [--students 40] [--rounds 6]

The app runs in a process of its own, a new one for each number of phones. Each phone polls every
two seconds, as the page does, and answers once in each round: at a random moment of five seconds,
in the last round all phones at the same instant. An answer is at the projector when an event counts
as many answers as were confirmed with it. The answers are then compared one by one with what each
phone sees in the end. LINREG_BOARD_URL chooses the database; without it, it is a new SQLite file.
Memory and CPU time of the server are read from /proc, so on Linux only.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from linreg.board.own_file import VARIABLE
from linreg.board.questions import Question
from linreg.board.store import Board, Room
from tests.benchmarks.load import (
    Process,
    Results,
    lateness,
    move_sliders,
    open_one,
    quantiles,
    visit,
    warm_server,
)

POLL = 2.0  # seconds between two polls of a phone, on average
VOTING = 5.0  # seconds in which the class answers
PAUSE = 3.0  # seconds between two rounds
QUESTION = Question(text="Which epoch?", kind="number", low=0, high=1000)


@dataclass
class Seen:
    """What phones and the projector saw; times in seconds."""

    answers: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    confirmed: list[float] = field(default_factory=list)  # when, in this round
    counted: list[tuple[float, int]] = field(default_factory=list)  # by the projector


class Phone:
    """One connection of a phone to its room."""

    def __init__(self, address: str, code: str) -> None:
        self.host = urlsplit(address).netloc
        self.path, self.token, self.tag = f"/linreg-board/{code}/", "", ""
        self.given: dict[int, float] = {}
        self._one_by_one = asyncio.Lock()

    async def ask(self, method: str, name: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; return the status and the JSON of the answer, if it has one."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {self.path}{name} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"X-Linreg-Participant: {self.token}", f"Content-Length: {len(data)}"]
        lines += [f"If-None-Match: {self.tag}"] if self.tag and method == "GET" else []
        async with self._one_by_one:
            self._writer.write("\r\n".join([*lines, "", ""]).encode() + data)
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            got = await self._reader.readexactly(int(headers.get("content-length", "0")))
        self.tag = headers.get("etag", self.tag)
        return int(head[0].split()[1]), json.loads(got) if got else None

    async def join(self) -> None:
        """Connect, and join the room."""
        host, port = self.host.split(":")
        self._reader, self._writer = await asyncio.open_connection(host, int(port))
        _, joined = await self.ask("POST", "join", {})
        self.token = joined["token"]

    async def poll(self, seen: Seen, rng: random.Random) -> None:
        """Ask for the state again and again."""
        while True:
            await asyncio.sleep(POLL * rng.uniform(0.75, 1.25))
            start = time.perf_counter()
            status, _ = await self.ask("GET", "state")
            seen.polls.append(time.perf_counter() - start)
            seen.unchanged += status == 304
            seen.refused += status not in (200, 304)

    async def answer(self, number: int, value: float, seen: Seen, wait: float) -> None:
        """Answer a question after some seconds."""
        await asyncio.sleep(wait)
        start = time.perf_counter()
        status, _ = await self.ask("POST", "answer", {"round": number, "value": value})
        end = time.perf_counter()
        seen.answers.append(end - start)
        if status == 200:
            seen.confirmed.append(end)
            self.given[number] = value
        else:
            seen.refused += 1

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def main() -> None:
    """Measure each number of phones."""
    parser = argparse.ArgumentParser(description="Load the class board with phones.")
    parser.add_argument("--phones", type=int, nargs="+", default=[0, 100, 300])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=6)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault(VARIABLE, f"sqlite:///{folder}/board.sqlite")
        for phones in chosen.phones:
            with warm_server() as server:
                asyncio.run(_measure(server, phones, chosen.students, chosen.rounds))


async def _measure(server: Process, phones: int, students: int, rounds: int) -> None:
    """Run a class and print what it saw."""
    await visit(server)
    results, rng, seen = Results(), random.Random(phones), Seen()
    board = Board()
    room = await asyncio.to_thread(board.open_room)
    sessions = await asyncio.gather(*(open_one(server, results, i * 0.05) for i in range(students)))
    devices = [Phone(server.address, room.code) for _ in range(phones)]
    for device in devices:
        await device.join()
    background = [asyncio.ensure_future(device.poll(seen, rng)) for device in devices]
    background.append(asyncio.ensure_future(_watch(server, room, seen)))
    memory, cpu, start = server.memory(), server.cpu(), time.perf_counter()
    end = time.monotonic() + rounds * (VOTING + PAUSE)
    with lateness() as lags:
        moving = [move_sliders(session, results, rng, end) for session in sessions]
        lost, _ = await asyncio.gather(
            _hold_class(board, room, devices, seen, rounds), asyncio.gather(*moving)
        )
    passed = time.perf_counter() - start
    cpu = (server.cpu() - cpu) / passed
    for task in background:
        task.cancel()
    print(f"{phones} phones, {students} students, {passed:.0f} s: server {cpu:.0%} of one core")
    if phones:
        print(f"  answers ({len(seen.answers)}) {quantiles(seen.answers)}; lost {lost}")
        print(f"  from the answer to the projector {quantiles(seen.shown)}")
        print(f"  polls ({len(seen.polls)}, {seen.unchanged} unchanged) {quantiles(seen.polls)}")
        print(f"  refused {seen.refused}; client's loop late {quantiles(lags)}")
    if students:
        results.report()
    print(f"  server memory: {memory:.0f} MB, then {server.memory():.0f} MB", flush=True)
    for device in devices:
        device.close()
    await asyncio.gather(*(session.close() for session in sessions))
    board.end_room(room.code, room.host_secret)
    board.close()


async def _hold_class(
    board: Board, room: Room, devices: list[Phone], seen: Seen, rounds: int
) -> int:
    """Ask, let everybody answer, close, reveal; return how many confirmed answers are not there."""
    lost, rng, host = 0, random.Random(1), (room.code, room.host_secret)
    for each in range(rounds):
        number = await asyncio.to_thread(board.ask, *host, QUESTION)
        seen.confirmed, seen.counted = [], []
        at_once = each == rounds - 1
        waits = [VOTING / 2 if at_once else rng.uniform(0, VOTING) for _ in devices]
        answering = [
            device.answer(number, float(i % 1000), seen, wait)
            for i, (device, wait) in enumerate(zip(devices, waits, strict=True))
        ]
        await asyncio.gather(asyncio.sleep(VOTING), *answering)
        await asyncio.sleep(PAUSE)
        await asyncio.to_thread(board.close_vote, *host)
        await asyncio.to_thread(board.reveal, *host)
        for i, when in enumerate(sorted(seen.confirmed), start=1):
            seen.shown += [max(0.0, at - when) for at, count in seen.counted if count >= i][:1]
        states = [await asyncio.to_thread(board.phone_state, room.code, d.token) for d in devices]
        mine = [state["round"]["mine"][0] for state in states]
        lost += sum(
            d.given.get(number) not in (None, m) for d, m in zip(devices, mine, strict=True)
        )
    return lost


async def _watch(server: Process, room: Room, seen: Seen) -> None:
    """Read the projector's events, again and again."""
    host, port = urlsplit(server.address).netloc.split(":")
    while True:
        reader, writer = await asyncio.open_connection(host, int(port))
        path = f"/linreg-board/{room.code}/events"
        headers = f"Host: {host}:{port}\r\nX-Linreg-Host: {room.host_secret}\r\n"
        writer.write(f"GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"data: ") and (asked := json.loads(line[6:])["round"]):
                seen.counted.append((time.perf_counter(), asked["answered"]))
        writer.close()


if __name__ == "__main__":
    main()
