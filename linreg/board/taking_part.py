"""What a device does in a room, inside a transaction that holds the room's row.

Statements that a whole class repeats are made once: to make one costs more than to execute it.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from linreg.board.exchanged import HEARD_EVERY, Answered, Joined, Sent
from linreg.board.leading import is_open, last_round
from linreg.board.names import digest, new_nickname, new_secret
from linreg.board.questions import Question, read_question
from linreg.board.refusals import NOT_HERE, BoardRefusal
from linreg.board.tables import answers, participants, rooms, solved

MOST_PARTICIPANTS = 500  # of one room
SILENT_FOR = 60.0  # seconds after which a device that did nothing may lose its place
PRESENT_FOR = 35.0  # seconds after a phone was last heard of; one in a pocket asks each 24 or less
AWAY_FOR = 10.0  # seconds without any phone of a class, after which the server was away, not they
CLASS = 3  # phones that do not all fall silent in the same moment by chance

_KNOWN = select(participants.c.token, participants.c.id).where(
    participants.c.room == bindparam("room"),
    participants.c.token.in_(bindparam("tokens", expanding=True)),
)


def join(connection: Connection, room: int, token: str | None, now: float) -> Joined:
    """Return a new participant; with a token that the room knows, the same one again."""
    here = participants.c.room == room
    if token:
        its_name = select(participants.c.nickname).where(_is(room, token))
        if known := connection.scalar(its_name):
            hear_of(connection, room, [digest(token)], now)
            return Joined(token=token, nickname=known)
    names = select(participants.c.nickname).where(here)
    taken = set(connection.scalars(names))
    if len(taken) >= MOST_PARTICIPANTS:
        _let_go(connection, room, now)
        taken = set(connection.scalars(names))
    if len(taken) >= MOST_PARTICIPANTS:
        raise BoardRefusal(409, f"The room is full: it has {MOST_PARTICIPANTS} devices.")
    new = Joined(token=new_secret(), nickname=new_nickname(taken))
    welcome_back(connection, room, now)
    row = {"room": room, "token": digest(new.token), "nickname": new.nickname, "seen": now}
    connection.execute(insert(participants).values(row))
    hear_of(connection, room, [], now)
    return new


def answer_all(
    connection: Connection, room: int, sent: Sequence[Sent], now: float
) -> list[Answered | BoardRefusal]:
    """Count answers in the open vote of the present round, each in place of an earlier one.

    Return for each what was counted, or why it was refused.
    """
    asked = last_round(connection, room)
    question = None if asked is None else read_question(asked["question"])
    these = {"room": room, "tokens": [digest(each.token) for each in sent]}
    known = {token: int(row) for token, row in connection.execute(_KNOWN, these)}
    found: list[Answered | BoardRefusal] = []
    values: dict[int, float] = {}
    for each in sent:
        try:
            participant = _known(known, each.token)
            counted = _judge(each, asked, question, now)
        except BoardRefusal as refusal:
            found.append(refusal)
        else:
            values[participant] = counted.value
            found.append(counted)
    if values and asked is not None:
        _put(connection, {"round": asked["id"], "vote": asked["vote"]}, values)
    return found


def _known(participants_by_token: Mapping[str, int], token: str) -> int:
    try:
        return participants_by_token[digest(token)]
    except KeyError:
        raise BoardRefusal(403, NOT_HERE) from None


def _judge(sent: Sent, asked: RowMapping | None, question: Question | None, now: float) -> Answered:
    """Return what counts; refuse what comes too late, or is no answer."""
    if asked is None or question is None or asked["number"] != sent.number:
        raise BoardRefusal(409, "This question is not open now.")
    if not is_open(asked, now) or sent.vote not in (None, asked["vote"]):
        raise BoardRefusal(409, "The vote is closed. This answer came too late.")
    try:
        value = question.check(sent.value)
    except ValueError as error:
        raise BoardRefusal(400, str(error)) from None
    return Answered(round=sent.number, vote=asked["vote"], value=value)


def solve(connection: Connection, room: int, token: str, challenge: str) -> None:
    """Count a solved challenge, once for each participant."""
    participant = _present(connection, room, token)
    this = (solved.c.participant == participant) & (solved.c.challenge == challenge)
    if connection.execute(select(solved).where(this)).first() is None:
        row = {"participant": participant, "challenge": challenge}
        connection.execute(insert(solved).values(row))


def _let_go(connection: Connection, room: int, now: float) -> None:
    """Remove the devices that did nothing and went away: somebody may have joined in a loop."""
    silent = (participants.c.room == room) & (participants.c.seen < now - SILENT_FOR)
    for table in (answers, solved):
        silent &= participants.c.id.not_in(select(table.c.participant))
    connection.execute(delete(participants).where(silent))


def hear_of(connection: Connection, room: int, tokens: Collection[str], now: float) -> bool:
    """Note that these devices, by hash, are there; return whether the number of present changed."""
    here = participants.c.room == room
    if tokens:
        welcome_back(connection, room, now)
        these = here & participants.c.token.in_(tokens)
        connection.execute(update(participants).where(these).values(seen=now))
    counted = select(func.count()).where(here & (participants.c.seen > now - PRESENT_FOR))
    present = connection.scalar(counted)
    changed = update(rooms).where((rooms.c.id == room) & (rooms.c.present != present))
    return connection.execute(changed.values(present=present)).rowcount > 0


def welcome_back(connection: Connection, room: int, now: float) -> None:
    """Take those who were there for present where nobody was heard of: there was no server.

    They get the time to ask again: a phone that is refused asks each 24 seconds or less.
    """
    seen = participants.c.seen
    here = participants.c.room == room
    last = connection.scalar(select(func.max(seen)).where(here))
    if last is None or last > now - AWAY_FOR:
        return
    at_the_end = select(func.count()).where(here & (seen > last - HEARD_EVERY))
    if last <= now - PRESENT_FOR or (connection.scalar(at_the_end) or 0) >= CLASS:
        there = here & (seen > last - PRESENT_FOR)
        back = now - HEARD_EVERY  # earlier than who is heard of now, so that this ends
        connection.execute(update(participants).where(there).values(seen=back))


def _is(room: int, token: str) -> ColumnElement[bool]:
    return (participants.c.room == room) & (participants.c.token == digest(token))


def _present(connection: Connection, room: int, token: str) -> int:
    """Return the row of the participant with this token."""
    found = connection.scalar(select(participants.c.id).where(_is(room, token)))
    if found is None:
        raise BoardRefusal(403, NOT_HERE)
    return int(found)


def _put(connection: Connection, vote: dict[str, int], values: Mapping[int, float]) -> None:
    """Insert the answers of these participants, or replace those that they have."""
    rows = [{**vote, "participant": who, "value": value} for who, value in values.items()]
    connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Executable:
    new = (postgresql if dialect == "postgresql" else sqlite).insert(answers)
    put: Executable = new.on_conflict_do_update(
        index_elements=["round", "vote", "participant"], set_={"value": new.excluded.value}
    )
    return put
