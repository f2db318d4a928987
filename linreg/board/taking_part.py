"""What a device does in a room, inside a transaction that holds the room's row."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from linreg.board.leading import is_open, present_round
from linreg.board.names import digest, new_nickname, new_secret
from linreg.board.questions import Question, read_question
from linreg.board.refusals import NOT_HERE, BoardRefusal
from linreg.board.tables import answers, participants, rooms, solved

MOST_PARTICIPANTS = 500  # of one room
PRESENT_FOR = 20.0  # seconds after a phone was last heard of


@dataclass(frozen=True, kw_only=True)
class Joined:
    """What a device keeps: its token, and the nickname that it was given."""

    token: str
    nickname: str


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer that was counted."""

    round: int
    vote: int
    value: float


def join(connection: Connection, room: int, token: str | None, now: float) -> Joined:
    """Return a new participant; with a token that the room knows, the same one again."""
    here = participants.c.room == room
    if token:
        its_name = select(participants.c.nickname).where(_is(room, token))
        if known := connection.scalar(its_name):
            hear_of(connection, room, [digest(token)], now)
            return Joined(token=token, nickname=known)
    taken = set(connection.scalars(select(participants.c.nickname).where(here)))
    if len(taken) >= MOST_PARTICIPANTS:
        raise BoardRefusal(429, f"The room is full: it has {MOST_PARTICIPANTS} devices.")
    new = Joined(token=new_secret(), nickname=new_nickname(taken))
    row = {"room": room, "token": digest(new.token), "nickname": new.nickname, "seen": now}
    connection.execute(insert(participants).values(row))
    hear_of(connection, room, [], now)
    return new


def answer(
    connection: Connection, room: int, token: str, number: int, value: object, now: float
) -> Answered:
    """Count an answer in the open vote of the present round, in place of an earlier one."""
    participant = _present(connection, room, token)
    asked = present_round(connection, room)
    if asked["number"] != number:
        raise BoardRefusal(409, "The class has gone on to another question.")
    if not is_open(asked, now):
        raise BoardRefusal(409, "The vote is closed. This answer came too late.")
    counted = _checked(read_question(asked["question"]), value)
    key = {"round": asked["id"], "vote": asked["vote"], "participant": participant}
    _put(connection, key, counted)
    return Answered(round=number, vote=asked["vote"], value=counted)


def solve(connection: Connection, room: int, token: str, challenge: str) -> None:
    """Count a solved challenge, once for each participant."""
    participant = _present(connection, room, token)
    this = (solved.c.participant == participant) & (solved.c.challenge == challenge)
    if connection.execute(select(solved).where(this)).first() is None:
        row = {"participant": participant, "challenge": challenge}
        connection.execute(insert(solved).values(row))


def hear_of(connection: Connection, room: int, tokens: Collection[str], now: float) -> bool:
    """Note that these devices, by hash, are there; return whether the number of present changed."""
    here = participants.c.room == room
    if tokens:
        these = here & participants.c.token.in_(tokens)
        connection.execute(update(participants).where(these).values(seen=now))
    counted = select(func.count()).where(here & (participants.c.seen > now - PRESENT_FOR))
    present = connection.scalar(counted)
    changed = update(rooms).where((rooms.c.id == room) & (rooms.c.present != present))
    return connection.execute(changed.values(present=present)).rowcount > 0


def _is(room: int, token: str) -> ColumnElement[bool]:
    return (participants.c.room == room) & (participants.c.token == digest(token))


def _present(connection: Connection, room: int, token: str) -> int:
    """Return the row of the participant with this token."""
    found = connection.scalar(select(participants.c.id).where(_is(room, token)))
    if found is None:
        raise BoardRefusal(403, NOT_HERE)
    return int(found)


def _checked(question: Question, value: object) -> float:
    try:
        return question.check(value)
    except ValueError as error:
        raise BoardRefusal(400, str(error)) from None


def _put(connection: Connection, key: dict[str, int], value: float) -> None:
    """Insert an answer, or replace the one with the same key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(answers).values(**key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_={"value": value}))
