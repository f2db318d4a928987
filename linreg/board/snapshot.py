"""One room as it is at one moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from linreg.board.exchanged import Answered
from linreg.board.leading import OPEN, VOTES, last_round
from linreg.board.questions import Question, read_question
from linreg.board.tables import answers, participants, rooms, solved

_HERE = participants.c.room == bindparam("room")
_ROOM = select(rooms).where(rooms.c.code == bindparam("code"))
_PEOPLE = select(participants.c.token, participants.c.id, participants.c.nickname).where(_HERE)
_SOLVED = (
    select(solved.c.challenge, func.count())
    .join(participants, participants.c.id == solved.c.participant)
    .where(_HERE)
    .group_by(solved.c.challenge)
)
_ANSWERS = select(answers.c.vote, answers.c.participant, answers.c.value).where(
    answers.c.round == bindparam("round")
)


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

    def with_answers(self, counted: Mapping[str, Answered]) -> "Snapshot | None":
        """Return the next version of the room: with these answers, by the hash of the token.

        None if they are to another question, or of somebody who is not known.
        """
        asked = self.round
        if asked is None or not counted.keys() <= self.participants.keys():
            return None
        votes = [dict(vote) for vote in asked.answers]
        for who, answer in counted.items():
            if answer.round != asked.number:
                return None
            votes[answer.vote - 1][self.participants[who].id] = answer.value
        asked = replace(asked, answers=tuple(votes))
        return replace(self, version=self.version + 1, round=asked)


def has_run_out(a_round: Round, now: float) -> bool:
    """Return whether a countdown has closed the round."""
    return a_round.state == OPEN and a_round.closes is not None and a_round.closes <= now


def load(
    connection: Connection, code: str, now: float, known: Snapshot | None = None
) -> Snapshot | None:
    """Return the room with this code, or None if there is none or its time is over.

    The version is read before all else. If it is that of the `known` room, this is returned.
    """
    found = connection.execute(_ROOM, {"code": code}).mappings().first()
    if found is None or found["expires"] <= now:
        return None
    if known and (known.version, known.secret) == (found["version"], found["secret"]):
        return known
    people = connection.execute(_PEOPLE, {"room": found["id"]}).all()
    done = connection.execute(_SOLVED, {"room": found["id"]})
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
    for vote, participant, value in connection.execute(_ANSWERS, {"round": round_id}).all():
        votes[vote - 1][participant] = value
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
