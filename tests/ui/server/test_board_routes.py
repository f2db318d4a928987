"""The class board over HTTP: what phones send is checked, counted, or refused with a sentence."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from linreg import Experiment, train, ui
from linreg.board import database, taking_part
from linreg.board.exchanged import HEARD_EVERY
from linreg.board.names import digest
from linreg.board.questions import Question
from linreg.board.refusals import BoardUnavailable
from linreg.board.store import Board, Room
from linreg.ui.parts import class_rates
from linreg.ui.server import board_lookup, board_requests, board_routes, presence
from linreg.ui.server.rate_limit import RateLimit
from linreg.ui.work.board import class_board, opened_board
from tests.support.asgi import Answer, ask
from tests.support.boards import Clock
from tests.support.coroutines import result_of
from tests.ui.parts.test_packing import unpacked

CHOICE = Question(text="Will the loss fall?", kind="choice", options=("Yes", "No"), right=0)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    """The board of the process, with a file of this test."""
    monkeypatch.setenv("LINREG_BOARD_URL", f"sqlite:///{tmp_path}/new/board.sqlite")
    opened_board.cache_clear()
    yield class_board()
    class_board().close()
    opened_board.cache_clear()


@pytest.fixture
def room(board: Board) -> Room:
    """An open room."""
    return board.open_room()


class Phone:
    """A device of one room, and the routes that it talks to."""

    def __init__(self, code: str, app: Starlette | None = None) -> None:
        self.app = app or Starlette(routes=board_routes.board_routes())
        self.code = code
        self.headers: dict[str, str] = {}

    async def post(self, name: str, body: Any, **headers: str) -> Answer:
        """Send JSON, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, headers = f"/linreg-board/{self.code}/{name}", self.headers | headers
        return await ask(self.app, path, method="POST", body=raw, headers=headers)

    async def join(self) -> Answer:
        """Join, and keep the token."""
        answer = await self.post("join", {})
        self.headers = {"X-Linreg-Participant": answer.json["token"]}
        return answer

    async def state(self, **headers: str) -> Answer:
        """Ask what is to be seen."""
        path, headers = f"/linreg-board/{self.code}/state", self.headers | headers
        return await ask(self.app, path, headers=headers)

    async def swarm(self) -> Answer:
        """Ask for the runs of the class."""
        return await ask(self.app, f"/linreg-board/{self.code}/swarm", headers=self.headers)


def test_a_phone_joins_answers_and_sees_what_is_new(board: Board, room: Room) -> None:
    """The second time it is told that nothing is new, and a rejoin gives the same participant."""
    number = board.ask(room.code, room.host_secret, CHOICE)

    async def visit() -> None:
        phone = Phone(room.code.lower())
        joined = await phone.join()
        again = await phone.post("join", {"token": joined.json["token"]})
        assert again.json == joined.json
        counted = await phone.post("answer", {"round": number, "value": 1})
        assert counted.json == {"round": number, "vote": 1, "value": 1}
        first = await phone.state()
        assert first.json["nickname"] == joined.json["nickname"]
        assert first.json["round"]["mine"] == [1, None]
        assert first.headers["cache-control"] == "no-store"
        tag = {"If-None-Match": first.headers["etag"]}
        same = await phone.state(**tag)
        assert (same.status, same.body) == (304, b"")
        board.close_vote(room.code, room.host_secret)
        board.kept.make_stale(room.code)
        assert (await phone.state(**tag)).json["round"]["state"] == "closed"
        board.vote_again(room.code, room.host_secret)
        delayed = await phone.post("answer", {"round": number, "vote": 1, "value": 0})
        assert (delayed.status, "too late" in delayed.json["error"]) == (409, True)
        board.close_vote(room.code, room.host_secret)
        late = await phone.post("answer", {"round": number, "value": 0})
        assert (late.status, "too late" in late.json["error"]) == (409, True)

    result_of(visit())
    board.reveal(room.code, room.host_secret)
    shown = board.host_state(room.code, room.host_secret)["round"]["result"]
    assert shown["votes"] == [[0, 1], [0, 0]]


BAD_BODIES = [
    *(b"", b"{", b"[]", b"1", b"null", b"\xff", b"[" * 1024, b'{"round": 1, "value": }'),
    *(
        b'{"round": "1", "value": 0}',
        b'{"value": 0}',
        b'{"round": 1}',
        *(b'{"round": true, "value": 0}', b'{"round": 1, "vote": "1", "value": 0}'),
    ),
    *(b'{"round": 1, "value": %s}' % value for value in (b"null", b'"0"', b"[0]", b"true", b"2")),
    *(b'{"round": 1, "value": %s}' % value for value in (b"-1", b"0.5", b"NaN", b"1e999")),
    b'{"round": 1, "value": 1%s}' % (b"0" * 900),
]


def test_bodies_that_are_wrong_are_refused_with_a_sentence(board: Board, room: Room) -> None:
    """None of them changes anything."""
    board.ask(room.code, room.host_secret, CHOICE)

    async def send() -> list[Answer]:
        answers = []
        for body in BAD_BODIES:
            phone = Phone(room.code)  # with rate limits of its own
            await phone.join()
            answers.append(await phone.post("answer", body))
        answers.append(await phone.post("join", {"token": 1}))
        answers.append(await phone.post("join", {"token": "x" * 65}))
        return answers

    for answer in result_of(send()):
        assert answer.status == 400
        assert answer.json["error"].endswith(".")
    assert board.host_state(room.code, room.host_secret)["round"]["answered"] == 0


def test_a_body_of_more_than_a_kilobyte_is_refused(room: Room) -> None:
    """In one part or in many, and before the rest of it is read."""

    async def send() -> list[int]:
        phone = Phone(room.code)
        path = f"/linreg-board/{room.code}/join"
        sizes = ([b" " * 1025], [b" " * 100] * 11, [b" " * 1022, b"{}"])
        return [(await ask(phone.app, path, method="POST", body=parts)).status for parts in sizes]

    assert result_of(send()) == [413, 413, 200]


@pytest.mark.parametrize(
    "code", ["BCDFG", "AAAAA", "x", "..%2f", "BCDFGH", "ß" * 5, "%00", "🦊" * 5]
)
def test_a_code_of_no_room_is_not_found(board: Board, code: str, tmp_path: Path) -> None:
    """And asking makes no database."""
    headers = {"X-Linreg-Participant": "x"}
    answer = result_of(ask(Phone(code).app, f"/linreg-board/{code}/state", headers=headers))
    assert (answer.status, answer.json["error"][-1]) == (404, ".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://class.example"}, 200),
        ({"Origin": "https://class.example"}, 200),
        ({"Origin": "https://outside.example", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://class.example:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://class.example"}, 403),
    ],
)
def test_pages_of_other_sites_are_refused(room: Room, headers: dict[str, str], status: int) -> None:
    """Behind a proxy that changes the host, the browser's own word counts."""
    assert result_of(Phone(room.code).post("join", {}, **headers)).status == status


def test_a_stranger_sees_nothing(board: Board, room: Room) -> None:
    """Neither without a token, nor with one of another room, nor as a host with a wrong secret."""
    other = board.open_room()

    async def visit() -> list[int]:
        phone = Phone(room.code)
        path = f"/linreg-board/{room.code}/"
        await phone.join()
        outside = Phone(other.code, phone.app)
        outside.headers = phone.headers
        asked = [
            await ask(phone.app, path + "state"),
            await ask(phone.app, path + "state", headers={"X-Linreg-Participant": "x" * 65}),
            await outside.state(),
            await outside.post("answer", {"round": 1, "value": 0}),
            await ask(phone.app, path + "events"),
            await ask(phone.app, path + "events", headers={"X-Linreg-Host": other.host_secret}),
            await ask(phone.app, path + "events", headers={"X-Linreg-Host": "ü"}),
        ]
        return [answer.status for answer in asked]

    assert result_of(visit()) == [403] * 7


def test_the_reply_to_an_answer_has_the_state_where_it_is_known(board: Board, room: Room) -> None:
    """The phone need not ask for it then; it has to where another process has changed the room."""
    number = board.ask(room.code, room.host_secret, CHOICE)
    other = Board(board._database._url)

    async def visit() -> tuple[Answer, Answer, Answer, Answer]:
        phone = Phone(room.code)
        await phone.join()
        await phone.state()
        counted = await phone.post("answer", {"round": number, "value": 1})
        polled = await phone.state()
        same = await phone.state(**{"If-None-Match": counted.headers["etag"]})
        other.join(room.code)
        return counted, polled, same, await phone.post("answer", {"round": number, "value": 0})

    counted, polled, same, alone = result_of(visit())
    other.close()
    seen = counted.json["state"]
    assert seen["round"]["mine"] == [1, None]
    assert seen | {"expires_in": 0} == polled.json | {"expires_in": 0}
    assert same.status == 304
    assert (alone.status, "state" in alone.json) == (200, False)


def test_an_answer_waits_only_for_its_own_transaction(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each one changes the room, which is read again for those who look at it, not for the next."""
    number = board.ask(room.code, room.host_secret, CHOICE)
    looks: list[str] = []

    async def visit() -> list[int]:
        phones = [Phone(room.code) for _ in range(5)]
        for phone in phones:
            await phone.join()
        monkeypatch.setattr(board.kept, "look", lambda code, _max_age: looks.append(code))
        answers = [await phone.post("answer", {"round": number, "value": 1}) for phone in phones]
        board.end_room(room.code, room.host_secret)
        answers.append(await phones[0].post("answer", {"round": number, "value": 1}))
        return [answer.status for answer in answers]

    assert result_of(visit()) == [200] * 5 + [404]
    assert looks == []


def test_a_phone_gets_the_runs_that_its_class_chose(board: Board, room: Room) -> None:
    """As the projector shows them, once they are revealed; nobody else gets them."""
    rate = Question(text="Which rate?", kind="setting", setting="lr", link="?epochs=20")
    number = board.ask(room.code, room.host_secret, rate)

    async def visit() -> tuple[Answer, ...]:
        phones = [Phone(room.code) for _ in range(3)]
        for phone, lr in zip(phones, (0.1, 0.01, 0.1), strict=True):
            await phone.join()
            await phone.post("answer", {"round": number, "value": lr})
        board.close_vote(room.code, room.host_secret)
        early = await phones[0].swarm()
        board.reveal(room.code, room.host_secret)
        board.finish(room.code, room.host_secret)
        seen, stranger = await phones[0].swarm(), await Phone(room.code).swarm()
        return early, seen, stranger

    early, seen, stranger = result_of(visit())
    assert (early.status, early.json["error"]) == (409, "There are no runs to watch now.")
    assert stranger.status == 403
    swarm = unpacked(seen.body)["swarm"]
    assert swarm["rates"] == [0.01, 0.1]
    assert swarm["sizes"][1] > swarm["sizes"][0]
    for path, lr in zip(swarm["weight"], swarm["rates"], strict=True):
        plain = train(replace(rate.experiment, lr=lr)).history
        np.testing.assert_array_equal(path, plain.weight[:-1])


def test_runs_that_cannot_be_trained_are_a_sentence_for_each_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each asks anew: a failure is not kept."""

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(class_rates, "sweep", fails)
    for _ in range(2):
        with pytest.raises(BoardUnavailable, match="cannot be trained here"):
            class_rates.swarm_in_turn(Experiment(epochs=3), (0.1, 0.2))


def test_a_flood_is_refused_and_others_go_on(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each device has its own limit; tries of unknown codes have one together."""
    stopped = partial(RateLimit, clock=lambda: 0.0)
    for module in (board_routes, board_lookup):
        monkeypatch.setattr(module, "RateLimit", stopped)
    number = board.ask(room.code, room.host_secret, CHOICE)

    async def flood() -> tuple[list[int], list[int], int, list[int]]:
        phone = Phone(room.code)
        other = Phone(room.code, phone.app)
        await phone.join()
        await other.join()
        answers = [await phone.post("answer", {"round": number, "value": 0}) for _ in range(15)]
        polls = [await phone.state() for _ in range(30)]
        theirs = await other.post("answer", {"round": number, "value": 1})
        codes = [f"BC{a}{b}{c}" for a in "BCDFG" for b in "BCDFGHJKLM" for c in "BCDFGHJKLM"]
        path = "/linreg-board/{}/state"
        guesses = [
            await ask(phone.app, path.format(code), headers={"X-Linreg-Participant": code})
            for code in codes
        ]
        return (
            [each.status for each in answers],
            [each.status for each in polls],
            theirs.status,
            [each.status for each in guesses],
        )

    answers, polls, theirs, guesses = result_of(flood())
    assert answers[:10] == [200] * 10
    assert 429 in answers
    assert polls[:20] == [200] * 20
    assert 429 in polls
    assert theirs == 200
    assert set(guesses) == {404, 429}


def test_the_projector_gets_each_change_and_never_a_single_answer(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As events that no proxy keeps back; the end of the room ends the stream."""
    monkeypatch.setattr(board_routes, "FRESH_FOR", 0.01)
    number = board.ask(room.code, room.host_secret, CHOICE)

    async def watch() -> Answer:
        phone, is_revealed = Phone(room.code), asyncio.Event()
        await phone.join()

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                await send(message)
                if b'"state":"revealed"' in message.get("body", b"").replace(b" ", b""):
                    is_revealed.set()

            await phone.app(scope, receive, note)

        headers = {"X-Linreg-Host": room.host_secret}
        events = f"/linreg-board/{room.code}/events"
        watching = asyncio.ensure_future(ask(noted, events, headers=headers))
        await phone.post("answer", {"round": number, "value": 0})
        await asyncio.to_thread(board.close_vote, room.code, room.host_secret)
        await asyncio.to_thread(board.reveal, room.code, room.host_secret)
        await is_revealed.wait()
        await asyncio.to_thread(board.end_room, room.code, room.host_secret)
        return await watching

    answer = result_of(watch())
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    *changes, end = answer.body.decode().strip().split("\n\n")
    seen = [json.loads(change.removeprefix("event: state\ndata: ")) for change in changes]
    versions = [state["version"] for state in seen]
    assert versions == sorted(set(versions))
    assert [s["round"]["state"] for s in seen][-1] == "revealed"
    assert all("values" not in s["round"] for s in seen if s["round"]["state"] != "revealed")
    assert end.startswith("event: refused\n")


def test_a_room_has_so_many_projectors_and_each_hears_of_a_database_that_fails(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is refused; a stream that has ended makes place."""
    monkeypatch.setattr(board_routes, "FRESH_FOR", 0.01)
    monkeypatch.setattr(board_routes, "MOST_STREAMS", 2)
    requests, headers = board_routes.BoardRequests(), {"X-Linreg-Host": room.host_secret}
    monkeypatch.setattr(board_routes, "BoardRequests", lambda: requests)
    path = f"/linreg-board/{room.code}/events"

    async def watch() -> tuple[list[Answer], list[Answer]]:
        app = Phone(room.code).app
        watching = [asyncio.ensure_future(ask(app, path, headers=headers)) for _ in range(2)]
        async with asyncio.timeout(30):
            while requests._streams.get(room.code) != 2:
                await asyncio.sleep(0)
        third = await ask(app, path, headers=headers)
        with monkeypatch.context() as failing:
            failing.setattr(board.kept, "look", fails)
            ended = await asyncio.gather(*watching)
        monkeypatch.setattr(board_routes, "STREAM_FOR", 0.0)
        return ended, [third, await ask(app, path, headers=headers)]

    def fails(*_: object) -> None:
        raise BoardUnavailable("The database rests.")

    ended, (third, later) = result_of(watch())
    assert third.json["error"] == "A room has 2 projectors at most."
    for answer in ended:
        assert answer.body.decode().split("\n\n")[-2].startswith("event: unavailable")
    assert later.status == 200


def test_a_busy_server_says_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its threads have more to do than they can; a token that is none is refused."""

    async def visit() -> list[tuple[int, str]]:
        phone = Phone(room.code)
        await phone.join()
        wrong = [await phone.post("join", {"token": token}) for token in (1, "x" * 65)]
        monkeypatch.setattr(board_lookup, "MOST_WAITING", 0)
        return [(a.status, a.json["error"]) for a in (*wrong, await phone.post("join", {}))]

    *wrong, busy = result_of(visit())
    assert wrong == [(400, "The token is not one.")] * 2
    assert busy == (503, "The server is busy. Try again in a moment.")


def test_a_body_that_does_not_arrive_is_not_awaited_for_ever(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow sender keeps nothing busy."""
    monkeypatch.setattr(board_requests, "BODY_WAIT", 0.0)

    async def never(_: object) -> bytes:
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(board_requests, "_read", never)
    refused = result_of(Phone(room.code).post("join", {}))
    assert (refused.status, refused.json["error"]) == (400, "The request did not arrive.")


def test_a_database_that_fails_is_said_and_found_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With status 503 and a sentence for each request, and one line in the log."""
    logged: list[object] = []
    monkeypatch.setattr(database.LOG, "warning", lambda *line: logged.append(line))
    monkeypatch.setattr(database, "RESTS", 60.0)
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    board = Board(f"sqlite:///{folder}")  # which is no file
    monkeypatch.setattr(board_lookup, "_import_board", lambda: lambda: board)

    async def join_often() -> list[Answer]:
        phone = Phone("BCDFG")
        return await asyncio.gather(*(phone.post("join", {}) for _ in range(10)))

    for answer in result_of(join_often()):
        assert (answer.status, answer.json["error"][-1]) == (503, ".")
    assert len(logged) == 1
    folder.rmdir()
    board._database._rests_until = 0.0
    assert result_of(Phone(board.open_room().code).join()).status == 200
    board.close()


def test_a_phone_in_a_pocket_is_still_there() -> None:
    """Its next question comes, and is noted, before it counts as away; also without a server."""
    script = (Path(ui.__file__).parent / "browser/class_phone.js").read_text(encoding="utf-8")
    times = re.findall(r"const (?:ASLEEP|LONGEST) = ([\d_]+);", script)
    assert len(times) == 2
    longest = 1.2 * max(int(time) for time in times) / 1000  # the script's jitter
    assert longest + 2 * HEARD_EVERY < taking_part.PRESENT_FOR


def test_no_token_is_kept_and_nothing_of_a_room_that_ended(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of who is there, and of who asks too often, the server's memory has only hashes."""
    requests = board_routes.BoardRequests()
    monkeypatch.setattr(board_routes, "BoardRequests", lambda: requests)
    number = board.ask(room.code, room.host_secret, CHOICE)

    async def visit() -> None:
        phone = Phone(room.code)
        token = (await phone.join()).json["token"]
        await phone.post("answer", {"round": number, "value": 0})
        await phone.state()
        heard, limits = requests._presence._heard, (requests._polls, requests._answers)
        assert heard[room.code][1] == {digest(token)}
        assert token not in "".join(key for limit in limits for key in limit._left)
        await asyncio.to_thread(board.end_room, room.code, room.host_secret)
        assert (await phone.state()).status == 404
        assert requests._presence._heard == {}

    result_of(visit())


def test_who_asks_is_noted_from_time_to_time_and_a_stream_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A phone that was silent counts again; a database that cannot note it disturbs nobody."""
    clock = Clock()
    board = Board(f"sqlite:///{tmp_path}/board.sqlite", clock)
    room, requests = board.open_room(), board_routes.BoardRequests()
    host = (room.code, room.host_secret)
    board.ask(*host, CHOICE)
    monkeypatch.setattr(board_lookup, "_import_board", lambda: lambda: board)
    monkeypatch.setattr(board_routes, "BoardRequests", lambda: requests)
    monkeypatch.setattr(presence, "HEARD_EVERY", 0.0)
    monkeypatch.setattr(board_routes, "FRESH_FOR", 0.001)
    monkeypatch.setattr(board_routes, "STREAM_FOR", 0.02)

    async def visit() -> tuple[int, int, Answer, Answer]:
        phone = Phone(room.code)
        await phone.join()
        clock.now += taking_part.PRESENT_FOR / 2
        other = board.join(room.code)
        clock.now += taking_part.PRESENT_FOR / 2 + 1
        board.hear_of(room.code, [digest(other.token)])
        before = board.host_state(*host)["round"]["present"]
        await phone.state()
        await asyncio.gather(*requests._presence._tasks)
        after = board.host_state(*host)["round"]["present"]
        with monkeypatch.context() as failing:
            failing.setattr(board, "hear_of", fails)
            still = await phone.state()
            await asyncio.gather(*requests._presence._tasks)
        path = f"/linreg-board/{room.code}/events"
        headers = {"X-Linreg-Host": room.host_secret}
        return before, after, still, await ask(phone.app, path, headers=headers)

    def fails(*_: object) -> None:
        raise BoardUnavailable("The database rests.")

    before, after, still, stream = result_of(visit())
    assert (before, after, still.status) == (1, 2, 200)
    assert stream.body.count(b"event: state") == 1
    board.close()
