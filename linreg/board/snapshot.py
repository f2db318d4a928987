"""One room as it is at one moment."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from linreg.board.leading import OPEN, VOTES, last_round
from linreg.board.questions import Question, read_question
from linreg.board.tables import answers, participants, rooms, solved


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
