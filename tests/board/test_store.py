"""Rooms and rounds as a teacher and a class use them, on SQLite.

`tests/board/test_postgres.py` runs the tests of this file on PostgreSQL too.
"""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, delete

from linreg import train
from linreg.board import kept_rooms, leading, opening, taking_part
from linreg.board.names import digest
from linreg.board.questions import Question
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.board.results import PLAIN
from linreg.board.snapshot import load
from linreg.board.store import Board, Room
from linreg.board.tables import plans
from tests.support.boards import CHOICE, NUMBER, Clock, rows_left


@pytest.fixture
def clock() -> Clock:
    """The time as all boards of a test see it."""
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path}/new/board.sqlite"


@pytest.fixture
def board(url: str, clock: Clock) -> Iterator[Board]:
    """A board."""
    board = Board(url, clock)
    yield board
    board.close()


@pytest.fixture
def other(url: str, clock: Clock) -> Iterator[Board]:
    """A board of another process with the same database."""
    board = Board(url, clock)
    yield board
    board.close()


@pytest.fixture
def room(board: Board) -> Room:
    """An open room."""
    return board.open_room()


def refusal(call: Callable[..., object], *arguments: object) -> int:
    """The status with which a call is refused, -1 if without a sentence; 0 if it is allowed."""
    try:
        call(*arguments)
    except BoardRefusal as refused:
        return refused.status if refused.sentence.endswith(".") else -1
    return 0


def exists(board: Board, code: str) -> bool:
    """Whether there is a room with this code."""
    return board.kept.look(code, 0.0) is not None


def test_a_whole_round_with_two_votes(board: Board, room: Room) -> None:
    """Both votes are shown at the end, and neither before."""
    code, secret = room.code, room.host_secret
    tokens = [board.join(code).token for _ in range(3)]
    number = board.ask(code, secret, CHOICE)
    for token in tokens:
        board.answer(code, token, number, 1)
    board.answer(code, tokens[0], number, 0)
    board.close_vote(code, secret)
    board.vote_again(code, secret)
    assert refusal(board.answer, code, tokens[2], number, 0, 1) == 409  # it was on its way
    board.answer(code, tokens[1], number, 0, 2)
    board.close_vote(code, secret)
    before = board.host_state(code, secret)["round"]
    assert (before["answered"], before["result"]) == (1, None)
    assert "values" not in before
    board.reveal(code, secret)
    shown = board.phone_state(code, tokens[1])["round"]
    assert (shown["state"], shown["mine"]) == ("revealed", [1, 0])
    assert shown["result"]["votes"] == [[1, 2, 0], [1, 0, 0]]
    assert shown["result"]["right"] == 0
    assert board.host_state(code, secret)["round"]["values"] == [[0, 1, 1], [0]]


def test_answers_are_shown_at_once_and_what_a_run_tells_when_it_is_known(
    board: Board, other: Board, room: Room
) -> None:
    """Each is a change that phones see; a run that fails tells nothing, and is not awaited."""
    host = room.code, room.host_secret
    asked = Question(text="Which epoch?", kind="number", low=0, high=50, measure="epoch_below")
    told = []
    for engines in (PLAIN, None):
        number = board.ask(*host, asked)
        board.answer(room.code, board.join(room.code).token, number, 7)
        board.finish(*host)  # too early: nothing happens
        board.close_vote(*host)
        board.reveal(*host)
        shown = other.host_state(*host)
        result = shown["round"]["result"]
        assert (sum(result["votes"][0]), result["right"], result["pending"]) == (1, None, True)
        other.finish(*host, engines)
        later = board.host_state(*host)
        assert later["version"] > shown["version"]
        told.append((later["round"]["result"]["right"], later["round"]["result"]["pending"]))
    losses = train(asked.experiment).history.train_loss
    below = next((epoch for epoch, loss in enumerate(losses) if loss < 0.01), None)
    assert told == [(below, False), (None, False)]


def test_answers_are_seen_at_once_and_make_nobody_read_the_room_again(
    board: Board, other: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is the next version of the room, the same as in the database."""
    tokens = [board.join(room.code).token for _ in range(2)]
    number = board.ask(room.code, room.host_secret, NUMBER)
    before = board.phone_state(room.code, tokens[0])
    reads: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(kept_rooms, "load", lambda _connection, code, *_: reads.append(code))
        for token, value in ((tokens[0], 7), (tokens[1], 8), (tokens[0], 9)):
            board.answer(room.code, token, number, value)
        seen = board.phone_state(room.code, tokens[0], max_age=60)
    assert reads == []
    assert (seen["round"]["mine"], seen["round"]["answered"]) == ([9, None], 2)
    assert seen["version"] > before["version"]
    assert seen == other.phone_state(room.code, tokens[0])
    assert before["round"]["mine"] == [None, None]


def test_what_two_processes_count_is_never_taken_for_the_same_version(
    board: Board, other: Board, room: Room, url: str, clock: Clock
) -> None:
    """Whatever comes in between: a version that a process keeps is as in the database."""
    tokens = [board.join(room.code).token for _ in range(3)]
    host, draw, third = (room.code, room.host_secret), random.Random(1), Board(url, clock)
    board.ask(*host, NUMBER)
    seen = 0  # current versions that were kept
    for value in range(150):
        one, number = draw.choice((board, other)), board.host_state(*host)["round"]["number"]
        event = draw.randrange(12)
        if event == 0 and refusal(one.close_vote, *host) == 0:
            refusal(one.vote_again, *host)
        elif event == 1 and refusal(one.close_vote, *host) == 0:
            one.ask(*host, NUMBER)
        elif event == 2:
            tokens.append(one.join(room.code).token)
        else:
            refusal(one.answer, room.code, draw.choice(tokens), number, value)
        kept = [each.kept.look(room.code, draw.choice((0.0, 60.0))) for each in (board, other)]
        truth = third.kept.look(room.code, 0.0)
        assert truth is not None
        current = [each for each in kept if each and each.version >= truth.version]
        assert current == [truth] * len(current)
        seen += len(current)
    third.close()
    assert 150 < seen < 300


def test_a_hundred_answers_at_once_are_all_counted_once(
    board: Board, other: Board, room: Room
) -> None:
    """Through two processes, each answer sent three times at the same instant."""
    tokens = [board.join(room.code).token for _ in range(100)]
    number = board.ask(room.code, room.host_secret, NUMBER)
    start = Barrier(20)

    def answer(worker: int) -> None:
        start.wait()
        for i in range(worker * 5, worker * 5 + 5):
            for where in (board, other, board):
                where.answer(room.code, tokens[i], number, i)

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(answer, range(20)))
    board.close_vote(room.code, room.host_secret)
    board.reveal(room.code, room.host_secret)
    (first, second) = other.host_state(room.code, room.host_secret)["round"]["values"]
    assert (first, second) == (list(range(100)), [])


def test_an_answer_that_was_confirmed_while_the_vote_closed_is_counted(
    board: Board, other: Board, room: Room
) -> None:
    """And one that was refused is not."""
    tokens = [board.join(room.code).token for _ in range(30)]
    number = board.ask(room.code, room.host_secret, NUMBER)
    start = Barrier(31)

    def answer(i: int) -> int:
        start.wait()
        where = board if i % 2 else other
        return refusal(where.answer, room.code, tokens[i], number, i)

    def close(_: int) -> int:
        start.wait()
        return refusal(other.close_vote, room.code, room.host_secret)

    with ThreadPoolExecutor(31) as threads:
        statuses = list(threads.map(lambda i: (answer if i < 30 else close)(i), range(31)))
    assert set(statuses) <= {0, 409}
    assert statuses[30] == 0
    board.reveal(room.code, room.host_secret)
    counted = board.host_state(room.code, room.host_secret)["round"]["values"][0]
    assert counted == [i for i in range(30) if statuses[i] == 0]


def test_of_many_hosts_at_once_one_opens_the_question(
    board: Board, other: Board, room: Room
) -> None:
    """Two tabs, or two presses of a key: the others are told that a question is open."""
    start = Barrier(8)

    def ask(i: int) -> int:
        start.wait()
        return refusal((board, other)[i % 2].ask, room.code, room.host_secret, CHOICE)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(ask, range(8))) == [0] + [409] * 7
    assert board.host_state(room.code, room.host_secret)["round"]["number"] == 1


def test_answers_that_come_too_late_are_refused(board: Board, room: Room, clock: Clock) -> None:
    """To a closed vote, to an earlier question, after a countdown, and before any question."""
    code, secret, token = room.code, room.host_secret, board.join(room.code).token
    assert refusal(board.answer, code, token, 1, 0) == 409
    board.ask(code, secret, CHOICE, 30)
    version = board.phone_state(code, token)["version"]
    assert board.phone_state(code, token)["round"]["closes_in"] == 30
    clock.now += 29
    assert refusal(board.answer, code, token, 1, 0) == 0
    clock.now += 1
    assert refusal(board.answer, code, token, 1, 1) == 409
    state = board.phone_state(code, token)
    assert (state["round"]["state"], state["round"]["mine"]) == ("closed", [0, None])
    assert state["version"] > version
    board.ask(code, secret, CHOICE)
    assert refusal(board.answer, code, token, 1, 0) == 409
    assert refusal(board.answer, code, token, 2, 0) == 0
    board.close_vote(code, secret)
    assert refusal(board.answer, code, token, 2, 0) == 409


def test_the_steps_of_a_round_come_in_their_order(board: Board, room: Room) -> None:
    """Any other order is refused and changes nothing."""
    host = room.code, room.host_secret
    steps = {"close": board.close_vote, "again": board.vote_again, "reveal": board.reveal}

    def allowed() -> set[str]:
        return {name for name, step in steps.items() if refusal(step, *host) == 0}

    assert allowed() == set()
    board.ask(*host, CHOICE)
    assert [refusal(board.vote_again, *host), refusal(board.reveal, *host)] == [409, 409]
    assert refusal(board.ask, *host, CHOICE) == 409
    board.close_vote(*host)
    assert refusal(board.close_vote, *host) == 409
    board.vote_again(*host)
    assert [refusal(board.vote_again, *host), refusal(board.reveal, *host)] == [409, 409]
    board.close_vote(*host)
    assert refusal(board.vote_again, *host) == 409
    board.reveal(*host)
    assert allowed() == set()
    assert board.ask(*host, CHOICE) == 2


def test_a_room_belongs_to_its_host_and_its_devices(board: Board, room: Room) -> None:
    """Secrets and tokens of another room, wrong ones and none are refused everywhere."""
    theirs = board.open_room()
    stranger = board.join(theirs.code).token
    board.ask(room.code, room.host_secret, CHOICE)
    for secret in (theirs.host_secret, stranger, "", room.host_secret[:-1], "é"):
        for act in (board.close_vote, board.vote_again, board.reveal, board.end_room):
            assert refusal(act, room.code, secret) == 403
        assert refusal(board.results_csv, room.code, secret) == 403
        assert refusal(board.host_state, room.code, secret) == 403
        assert refusal(board.ask, room.code, secret, CHOICE) == 403
        assert refusal(board.pause, room.code, secret, True) == 403
        assert refusal(board.bring, room.code, secret, "loop") == 403
    for token in (stranger, room.host_secret, ""):
        assert refusal(board.answer, room.code, token, 1, 0) == 403
        assert refusal(board.phone_state, room.code, token) == 403
        assert refusal(board.solve, room.code, token, "fine") == 403
    assert board.join(room.code, stranger).token != stranger
    state = board.host_state(room.code, room.host_secret)
    assert (state["round"]["answered"], state["paused"], state["bring"]) == (0, False, None)


def test_a_day_later_a_room_is_gone(board: Board, room: Room, url: str, clock: Clock) -> None:
    """For everybody at once, and its rows when somebody cleans up or opens a room."""
    token = board.join(room.code).token
    board.ask(room.code, room.host_secret, CHOICE)
    board.answer(room.code, token, 1, 0)
    board.solve(room.code, token, "fine")
    clock.now += opening.A_DAY - 1
    assert board.remove_expired() == 0
    assert exists(board, room.code)
    clock.now += 1
    assert not exists(board, room.code)
    assert refusal(board.join, room.code, token) == 404
    assert refusal(board.answer, room.code, token, 1, 0) == 404
    assert refusal(board.host_state, room.code, room.host_secret) == 404
    assert board.remove_expired() == 1
    assert rows_left(url) == 0


def test_the_end_of_a_room_deletes_everything(
    board: Board, other: Board, room: Room, url: str
) -> None:
    """In the tables, and in what another process remembers."""
    token = board.join(room.code).token
    board.ask(room.code, room.host_secret, CHOICE)
    board.answer(room.code, token, 1, 0)
    board.solve(room.code, token, "fine")
    assert other.phone_state(room.code, token)["round"]["mine"] == [0, None]
    board.end_room(room.code, room.host_secret)
    assert rows_left(url) == 0
    assert refusal(other.phone_state, room.code, token) == 404
    assert refusal(board.end_room, room.code, room.host_secret) == 404


def test_a_restart_loses_nothing(board: Board, other: Board, room: Room) -> None:
    """A device rejoins as the same participant, and the host by the same secret."""
    joined = board.join(room.code)
    board.ask(room.code, room.host_secret, NUMBER)
    board.answer(room.code, joined.token, 1, 12.5)
    board.close()
    assert other.join(room.code, joined.token) == joined
    assert other.phone_state(room.code, joined.token)["round"]["mine"] == [12.5, None]
    other.close_vote(room.code, room.host_secret)
    assert board.phone_state(room.code, joined.token)["round"]["state"] == "closed"


def test_a_room_that_was_filled_in_a_loop_has_places_again(
    board: Board, room: Room, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute later, for those who come; who has answered or is still there keeps the place."""
    monkeypatch.setattr(taking_part, "MOST_PARTICIPANTS", 5)
    tokens = [board.join(room.code).token for _ in range(5)]
    board.ask(room.code, room.host_secret, CHOICE)
    board.answer(room.code, tokens[0], 1, 2)
    board.solve(room.code, tokens[1], "fine")
    for _ in range(8):
        clock.now += taking_part.SILENT_FOR / 8 + 1
        board.hear_of(room.code, [digest(tokens[2])])
    board.join(room.code)
    assert [refusal(board.phone_state, room.code, token) for token in tokens] == [0] * 3 + [403] * 2
    state = board.host_state(room.code, room.host_secret)
    assert (state["participants"], state["round"]["answered"]) == (4, 1)


def test_unused_rooms_make_place_for_new_ones(
    board: Board, room: Room, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Minutes later, and never those with devices or a question; nobody opens them in a loop."""
    monkeypatch.setattr(opening, "MOST_ROOMS", 5)
    monkeypatch.setattr(opening, "MOST_NEW_ROOMS", 4)
    joined, *unused = (board.open_room().code for _ in range(3))
    board.join(joined)
    board.ask(room.code, room.host_secret, CHOICE)
    assert refusal(board.open_room) == 429  # four in one minute
    clock.now += 61
    young = board.open_room().code
    assert refusal(board.open_room) == 429  # five at once
    clock.now += opening.UNUSED_FOR - 50
    new = board.open_room().code
    left = {code for code in (room.code, joined, *unused, young, new) if exists(board, code)}
    assert left == {room.code, joined, young, new}


def test_rooms_are_bounded(board: Board, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """In number, in participants, in questions, in what the teacher sends."""
    monkeypatch.setattr(opening, "MOST_ROOMS", 2)
    monkeypatch.setattr(taking_part, "MOST_PARTICIPANTS", 40)
    monkeypatch.setattr(leading, "MOST_ROUNDS", 2)
    host = room.code, room.host_secret
    board.open_room()
    assert refusal(board.open_room) == 429
    assert len({board.join(room.code).nickname for _ in range(40)}) == 40
    assert refusal(board.join, room.code) == 409
    for _ in range(2):
        board.ask(*host, CHOICE)
        board.close_vote(*host)
    assert refusal(board.ask, *host, CHOICE) == 429
    assert refusal(board.bring, *host, "x" * 2_001) == 400
    for address in ("javascript:alert(1)", "LOOP?x", "loop?a b", "über"):
        assert refusal(board.bring, *host, address) == 400
    for seconds in (0.0, -1.0, 3_601.0, float("nan"), float("inf")):
        assert refusal(board.vote_again, *host, seconds) == 400


def test_the_teacher_brings_everybody_and_lets_go(board: Board, room: Room) -> None:
    """Every device sees it, with a new version each time."""
    token, host = board.join(room.code).token, (room.code, room.host_secret)
    seen = []
    address = "loop?lr=0.1&at=20"
    acts = [(board.bring, address), (board.pause, True), (board.bring, None), (board.pause, False)]
    for act, value in acts:
        act(*host, value)  # type: ignore[operator]
        state = board.phone_state(room.code, token)
        seen.append((state["version"], state["bring"], state["paused"]))
    assert [rest for _, *rest in seen] == [
        [address, False],
        [address, True],
        [None, True],
        [None, False],
    ]
    assert sorted({version for version, *_ in seen}) == [version for version, *_ in seen]


def test_a_room_keeps_its_plan_and_tells_nobody_that_it_changed(
    board: Board, other: Board, room: Room, url: str
) -> None:
    """Also a room without a row for it, as an older app beside this one opens them."""
    code, secret = room.code, room.host_secret
    token = board.join(code).token
    version = other.phone_state(code, token)["version"]
    board.keep_plan(code, secret, 2, "step: one")
    board.keep_plan(code, secret, 3)
    assert other.kept_plan(code, secret) == ("step: one", 3)
    assert other.phone_state(code, token)["version"] == version
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(plans))
    engine.dispose()
    assert board.kept_plan(code, secret) == ("", 0)
    board.keep_plan(code, secret, 1)
    assert other.kept_plan(code, secret) == ("", 1)
    assert refusal(board.keep_plan, code, "wrong", 1) == 403


def test_the_board_counts_who_is_there_and_who_solved_what(
    board: Board, room: Room, clock: Clock
) -> None:
    """A phone that is not heard of for a while is away; a challenge counts once for each."""
    first, second = (board.join(room.code).token for _ in range(2))
    for token, challenge in ((first, "fine"), (first, "fine"), (second, "fine"), (first, "limit")):
        board.solve(room.code, token, challenge)
    board.ask(room.code, room.host_secret, CHOICE)
    clock.now += 20
    board.hear_of(room.code, [digest(second)])
    version = board.host_state(room.code, room.host_secret)["version"]
    clock.now += 20
    board.hear_of(room.code, [digest(second)])
    state = board.host_state(room.code, room.host_secret)
    assert (state["participants"], state["round"]["present"]) == (2, 1)
    assert state["version"] > version
    assert state["challenges"] == {"fine": 2, "limit": 1}


def test_after_a_time_without_a_server_the_class_is_as_large_as_before(
    board: Board, other: Board, room: Room, clock: Clock
) -> None:
    """Until its phones have had the time to ask again; then those that did are counted."""
    tokens = [board.join(room.code).token for _ in range(3)]
    board.ask(room.code, room.host_secret, CHOICE)
    board.close()
    clock.now += 60
    first = [digest(tokens[0])]
    for away, heard, present in ((0, first, 3), (20, first, 3), (20, first, 1), (40, [], 0)):
        clock.now += away
        other.hear_of(room.code, heard)
        assert other.host_state(room.code, room.host_secret)["round"]["present"] == present


def test_after_a_short_time_without_a_server_the_class_does_not_shrink(
    board: Board, other: Board, room: Room, clock: Clock
) -> None:
    """Whoever asks first, a phone or the projector; who has left is missed a little later."""
    tokens = [digest(board.join(room.code).token) for _ in range(30)]
    board.ask(room.code, room.host_secret, CHOICE)

    def present() -> int:
        return int(other.host_state(room.code, room.host_secret)["round"]["present"])

    clock.now += 35
    tokens.append(digest(board.join(room.code).token))  # somebody new, before all others
    assert present() == 31

    for away, first in ((17, tokens[:1]), (35, tokens[:1]), (17, []), (35, [])):
        for _ in range(3):
            clock.now += 5
            other.hear_of(room.code, tokens)
        clock.now += away
        other.welcome_back(room.code)
        for heard in (first, tokens[:3], tokens[:10], tokens[:20], tokens[:20]):
            other.hear_of(room.code, heard)
            assert present() == 31
            clock.now += 5
        for _ in range(4):
            other.hear_of(room.code, tokens[:20])
            clock.now += 5
        assert present() == 20


def test_a_class_that_leaves_is_missed_while_the_server_is_there(
    board: Board, room: Room, clock: Clock
) -> None:
    """The projector asks on, and one phone in a pocket, each twenty seconds."""
    tokens = [digest(board.join(room.code).token) for _ in range(30)]
    board.ask(room.code, room.host_secret, CHOICE)
    for second in range(5, 70, 5):
        clock.now += 5
        board.hear_of(room.code, tokens[:1] if second % 20 == 0 else [])
    assert board.host_state(room.code, room.host_secret)["round"]["present"] == 1


def test_the_table_of_answers_has_no_name_and_no_formula(board: Board, room: Room) -> None:
    """The teacher sees numbers in place of participants, and no cell is a formula."""
    question = CHOICE.__class__(text="=1+1", kind="choice", options=("@a", "b, c"))
    joined = [board.join(room.code) for _ in range(3)]
    board.ask(room.code, room.host_secret, question)
    for person, value in zip(joined, (0, 1, 0), strict=True):
        board.answer(room.code, person.token, 1, value)
    board.close_vote(room.code, room.host_secret)
    table = board.results_csv(room.code, room.host_secret)
    header, *rows = table.splitlines()
    assert header == "round,question,participant,vote 1,vote 2"
    assert sorted(row.split(",", 3)[3] for row in rows) == ['"b, c",', "'@a,", "'@a,"]
    assert {row[:8] for row in rows} == {"1,'=1+1,"}
    assert not any(person.nickname in table or person.token in table for person in joined)


def test_the_table_of_answers_has_the_numbers_of_those_who_answered(
    board: Board, room: Room
) -> None:
    """In their shortest form; whoever answered only another question has no row."""
    first, second = (board.join(room.code) for _ in range(2))
    for person, value in ((first, 0.25), (second, 1000)):
        number = board.ask(room.code, room.host_secret, NUMBER)
        board.answer(room.code, person.token, number, value)
        board.close_vote(room.code, room.host_secret)
    _, *rows = board.results_csv(room.code, room.host_secret).splitlines()
    cells = [row.split(",") for row in rows]
    assert [(row[0], row[3]) for row in cells] == [("1", "0.25"), ("2", "1000")]
    assert {row[2] for row in cells} == {"1", "2"}


def test_rooms_of_guessed_codes_take_no_more_memory(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open room stays known."""
    monkeypatch.setattr("linreg.board.kept_rooms.MOST_KEPT", 3)
    for code in (room.code, "BCDFG", "BCDFH", "BCDFJ", "BCDFK"):
        board.kept.look(code, 60.0)
    assert len(board.kept._kept) <= 3
    assert board.kept.known(room.code) is not None


def test_a_room_that_has_just_changed_stays_in_memory_but_is_read_again(
    board: Board, room: Room
) -> None:
    """A phone that asked in that moment would be told that the room has ended."""
    board.kept.look(room.code, 0.0)
    board.kept.make_stale(room.code)
    board.remove_expired()
    assert board.kept.known(room.code) is not None
    assert not board.kept.is_fresh(room.code, 60.0)


def test_a_room_is_kept_that_was_dropped_from_memory_while_it_was_read(
    board: Board, room: Room, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a long break, in the moment in which unused rooms are dropped; or a change is noted."""
    token = board.join(room.code).token
    for changes in (False, True):
        clock.now += 700

        def read(*of: Any, changes: bool = changes) -> Any:
            found = load(*of)
            board.kept.forget_unused()
            if changes:
                board.kept.make_stale(room.code)
            return found

        monkeypatch.setattr("linreg.board.kept_rooms.load", read)
        assert board.phone_state(room.code, token)["paused"] is False


def test_nobody_waits_for_ever_for_another_who_asks_the_database(
    board: Board, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the other gets no answer, the sentence comes."""
    monkeypatch.setattr("linreg.board.kept_rooms.WAIT", 0)
    with board.kept._loading, pytest.raises(BoardUnavailable, match="does not answer"):
        exists(board, room.code)
    assert exists(board, room.code)
