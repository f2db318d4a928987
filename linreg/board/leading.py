"""What the teacher does with a room's rounds, inside a transaction that holds the room's row.

A round is open, then closed; perhaps open and closed again for its second vote; then revealed.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from linreg.board.questions import Question, question_text
from linreg.board.refusals import BoardRefusal
from linreg.board.tables import plans, rounds

OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
VOTES = 2
MOST_ROUNDS = 200  # of one room
LONGEST_COUNTDOWN = 3600.0  # seconds

_NEWEST = (
    select(rounds)
    .where(rounds.c.room == bindparam("room"))
    .order_by(rounds.c.number.desc())
    .limit(1)
)


def last_round(connection: Connection, room: int) -> RowMapping | None:
    """Return the row of a room's last round, if it has one."""
    return connection.execute(_NEWEST, {"room": room}).mappings().first()


def present_round(connection: Connection, room: int) -> RowMapping:
    """Return the row of a room's last round; refuse if there is none."""
    found = last_round(connection, room)
    if found is None:
        raise BoardRefusal(409, "No question has been asked yet.")
    return found


def closed_round(connection: Connection, room: int, now: float) -> RowMapping:
    """Return the row of a room's last round; refuse if its vote is open or it is revealed."""
    found = present_round(connection, room)
    if is_open(found, now):
        raise BoardRefusal(409, "The vote is open. Close it first.")
    if found["state"] == REVEALED:
        raise BoardRefusal(409, "This question is revealed already. Ask another one.")
    return found


def is_open(asked: RowMapping, now: float) -> bool:
    """Return whether a round takes answers: a countdown closes it by itself."""
    return asked["state"] == OPEN and (asked["closes"] is None or asked["closes"] > now)


def ask(
    connection: Connection, room: int, question: Question, seconds: float | None, now: float
) -> int:
    """Open a round and return its number."""
    last = last_round(connection, room)
    if last is not None and is_open(last, now):
        raise BoardRefusal(409, "A question is open. Close it first.")
    number = 1 if last is None else int(last["number"]) + 1
    if number > MOST_ROUNDS:
        raise BoardRefusal(429, f"A room takes {MOST_ROUNDS} questions. Open another room.")
    row = {"room": room, "number": number, "question": question_text(question), "vote": 1}
    connection.execute(insert(rounds).values(**row, state=OPEN, closes=_end(seconds, now)))
    return number


def close_vote(connection: Connection, room: int, now: float) -> None:
    """Close the open vote."""
    asked = present_round(connection, room)
    if not is_open(asked, now):
        raise BoardRefusal(409, "No vote is open.")
    _change(connection, asked, state=CLOSED, closes=None)


def vote_again(connection: Connection, room: int, seconds: float | None, now: float) -> None:
    """Open the second vote of a closed round."""
    asked = closed_round(connection, room, now)
    if asked["vote"] == VOTES:
        raise BoardRefusal(409, f"The class has voted {VOTES} times already.")
    _change(connection, asked, state=OPEN, vote=asked["vote"] + 1, closes=_end(seconds, now))


def show(connection: Connection, asked: RowMapping, result: str) -> None:
    """Reveal the result of a closed round."""
    _change(connection, asked, state=REVEALED, closes=None, result=result)


def finish(connection: Connection, asked: RowMapping, result: str) -> None:
    """Complete the result of a round, if that is revealed."""
    if asked["state"] == REVEALED:
        _change(connection, asked, result=result)


def keep_plan(connection: Connection, room: int, step: int, text: str | None) -> None:
    """Keep how many steps of the plan were taken, and the teacher's own plan, if given."""
    values = {"step": step} if text is None else {"step": step, "text": text}
    kept = connection.execute(update(plans).where(plans.c.room == room).values(values))
    if not kept.rowcount:
        connection.execute(insert(plans).values({"room": room, "text": "", **values}))


def kept_plan(connection: Connection, room: int) -> tuple[str, int]:
    """Return the teacher's own plan, or "", and how many of its steps were taken."""
    kept = connection.execute(
        select(plans.c.text, plans.c.step).where(plans.c.room == room)
    ).first()
    return (str(kept.text), int(kept.step)) if kept else ("", 0)  # that of an older app


def _change(connection: Connection, asked: RowMapping, **values: Any) -> None:
    connection.execute(update(rounds).where(rounds.c.id == asked["id"]).values(**values))


def _end(seconds: float | None, now: float) -> float | None:
    """Return when a countdown ends."""
    if seconds is None:
        return None
    if not 1 <= seconds <= LONGEST_COUNTDOWN:
        raise BoardRefusal(400, f"A countdown has 1 to {LONGEST_COUNTDOWN:.0f} seconds.")
    return now + seconds
