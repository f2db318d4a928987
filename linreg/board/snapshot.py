"""One room as it is at one moment, and what a phone and a projector may see of it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from linreg.board.database import answers, participants, rooms, solved
from linreg.board.leading import CLOSED, OPEN, REVEALED, VOTES, last_round
from linreg.board.questions import Question, read_question


@dataclass(frozen=True, kw_only=True)
class Participant:
    """One device in a room: its row, and the name that everybody may see."""

    id: int
    nickname: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """One question with its answers: by vote, from a participant's row to the value."""

    number: int
    question: Question
    state: str
    vote: int
    closes: float | None
    result: dict[str, Any] | None
    answers: tuple[dict[int, float], ...]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A room with the answers of its last round; `participants` go by the hash of their token."""

    code: str
    secret: str
    expires: float
    version: int
    paused: bool
    bring: str | None
    present: int
    participants: dict[str, Participant]
    round: Round | None
    challenges: dict[str, int]

    def version_at(self, now: float) -> int:
        """Return the number that grows with each change, the end of a countdown included."""
        return 2 * self.version + (self.round is not None and has_run_out(self.round, now))


def has_run_out(a_round: Round, now: float) -> bool:
    """Return whether a countdown has closed the round."""
    return a_round.state == OPEN and a_round.closes is not None and a_round.closes <= now


def load(
    connection: Connection, code: str, now: float, known: Snapshot | None = None
) -> Snapshot | None:
    """Return the room with this code, or None if there is none or its time is over.

    The version is read before all else. If it is that of the `known` room, this is returned.
    """
    found = connection.execute(select(rooms).where(rooms.c.code == code)).mappings().first()
    if found is None or found["expires"] <= now:
        return None
    if known and (known.version, known.secret) == (found["version"], found["secret"]):
        return known
    here = participants.c.room == found["id"]
    people = connection.execute(
        select(participants.c.token, participants.c.id, participants.c.nickname).where(here)
    )
    done = connection.execute(
        select(solved.c.challenge, func.count())
        .join(participants, participants.c.id == solved.c.participant)
        .where(here)
        .group_by(solved.c.challenge)
    )
    return Snapshot(
        code=code,
        secret=found["secret"],
        expires=found["expires"],
        version=found["version"],
        paused=bool(found["paused"]),
        bring=found["bring"],
        present=found["present"],
        participants={token: Participant(id=i, nickname=name) for token, i, name in people},
        round=_last_round(connection, found["id"]),
        challenges={str(row[0]): int(row[1]) for row in done},
    )


def votes_of(connection: Connection, round_id: int) -> tuple[dict[int, float], ...]:
    """Return the answers of a round: for each vote, from a participant's row to the value."""
    votes: tuple[dict[int, float], ...] = tuple({} for _ in range(VOTES))
    for row in connection.execute(select(answers).where(answers.c.round == round_id)).mappings():
        votes[row["vote"] - 1][row["participant"]] = row["value"]
    return votes


def _last_round(connection: Connection, room: int) -> Round | None:
    row = last_round(connection, room)
    if row is None:
        return None
    return Round(
        number=row["number"],
        question=read_question(row["question"]),
        state=row["state"],
        vote=row["vote"],
        closes=row["closes"],
        result=row["result"] and json.loads(row["result"]),
        answers=votes_of(connection, row["id"]),
    )


def phone_state(room: Snapshot, token: str, now: float) -> dict[str, Any] | None:
    """Return what the participant with this token's hash may see; None if it is not here."""
    me = room.participants.get(token)
    if me is None:
        return None
    state = _shared(room, now) | {"nickname": me.nickname}
    if room.round is not None:
        state["round"]["mine"] = [vote.get(me.id) for vote in room.round.answers]
    return state


def host_state(room: Snapshot, now: float) -> dict[str, Any]:
    """Return what the projector may show; single answers only once they are revealed."""
    state = _shared(room, now)
    state |= {"participants": len(room.participants), "challenges": room.challenges}
    if room.round is not None and room.round.state == REVEALED:
        state["round"]["values"] = [sorted(vote.values()) for vote in room.round.answers]
    return state


def _shared(room: Snapshot, now: float) -> dict[str, Any]:
    return {
        "version": room.version_at(now),
        "paused": room.paused,
        "bring": room.bring,
        "expires_in": max(0.0, room.expires - now),
        "round": None if room.round is None else _round(room, room.round, now),
    }


def _round(room: Snapshot, asked: Round, now: float) -> dict[str, Any]:
    question = asked.question
    is_open = asked.state == OPEN and not has_run_out(asked, now)
    leave = None if asked.closes is None or not is_open else round(asked.closes - now, 1)
    return {
        "number": asked.number,
        "vote": asked.vote,
        "state": CLOSED if asked.state == OPEN and not is_open else asked.state,
        "text": question.text,
        "kind": question.kind,
        "options": question.options,
        "setting": question.setting,
        "low": question.low,
        "high": question.high,
        "stops": question.stops,
        "closes_in": leave,
        "answered": len(asked.answers[asked.vote - 1]),
        "present": max(room.present, len(asked.answers[asked.vote - 1])),
        "result": asked.result,
    }
