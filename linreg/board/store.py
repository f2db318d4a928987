"""The class board: everything that can be done in a room, safe in threads and between processes.

Each change is one transaction that holds the row of its room, so that a room's changes come one
after another: an answer is counted in full, or refused with a sentence.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.engine import RowMapping

from linreg.board import leading, names, opening, taking_part
from linreg.board.database import Database, default_url
from linreg.board.exchanged import Answered, Joined, Sent
from linreg.board.kept_rooms import KeptRooms
from linreg.board.questions import Question, clean_link, read_question
from linreg.board.refusals import BoardRefusal
from linreg.board.results import PLAIN, Engines, outcome
from linreg.board.results_csv import csv_text
from linreg.board.snapshot import votes_of
from linreg.board.tables import rooms, rounds
from linreg.board.transactions import Transactions, change, raise_version
from linreg.board.views import check_host


@dataclass(frozen=True, kw_only=True)
class Room:
    """A new room: the code that everybody sees, and the secret that only the teacher has."""

    code: str
    host_secret: str


class Board:
    """All rooms of one database. `url` is an address of SQLAlchemy; `clock` gives seconds.

    Nothing is made or opened before the first use. Every method may raise BoardRefusal, where it is
    not allowed, and BoardUnavailable, where the database fails.
    """

    def __init__(self, url: str = "", clock: Callable[[], float] = time.time) -> None:
        self._database = Database(url or default_url())
        self._now = clock
        self.kept = KeptRooms(self._database, clock)
        self._room = Transactions(self._database, self.kept, clock)

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        self._database.close()

    def open_room(self) -> Room:
        """Open a room for a day, and delete those whose time is over."""
        self.remove_expired()
        secret = names.new_secret()
        with self._database.writing() as connection:
            code = opening.open_room(connection, names.digest(secret), self._now())
        self.kept.make_stale(code)
        return Room(code=code, host_secret=secret)

    def end_room(self, code: str, secret: str) -> None:
        """Delete a room with all that was answered in it."""
        with self._room.hosting(code, secret) as (connection, room):
            connection.execute(delete(rooms).where(rooms.c.id == room["id"]))
        self._database.forget_deleted()

    def remove_expired(self) -> int:
        """Delete the rooms whose time is over, and return how many; makes no database."""
        self.kept.forget_unused()
        if not self._database.is_made:
            return 0
        over = delete(rooms).where(rooms.c.expires <= self._now())
        with self._database.writing() as connection:
            removed = connection.execute(over).rowcount
        if removed:
            self._database.forget_deleted()
        return removed

    def join(self, code: str, token: str | None = None) -> Joined:
        """Return a new participant of the room; with a token that it knows, the same one again."""
        with self._room.changing(code) as (connection, room):
            return taking_part.join(connection, room["id"], token, self._now())

    def answer(
        self, code: str, token: str, number: int, value: object, vote: int | None = None
    ) -> Answered:
        """Count an answer in the open vote of the present round, in place of an earlier one.

        With `vote`, only in that one: an answer to the first vote may arrive during the second.
        """
        sent = Sent(token=token, number=number, value=value, vote=vote)
        (found,) = self.answer_all(code, [sent])
        if isinstance(found, BoardRefusal):
            raise found
        return found

    def answer_all(self, code: str, sent: Sequence[Sent]) -> list[Answered | BoardRefusal]:
        """Count answers that came together; return what was counted, or why it was refused."""
        with self._room.holding(code) as (connection, room):
            found = taking_part.answer_all(connection, room["id"], sent, self._now())
            pairs = zip(sent, found, strict=True)
            counted = {names.digest(s.token): f for s, f in pairs if isinstance(f, Answered)}
            if counted:
                raise_version(connection, room)
        if counted:
            self.kept.count(room["code"], room["version"], counted)
        if any(isinstance(each, BoardRefusal) for each in found):
            self.kept.make_stale(room["code"])  # who was refused may not know what the class does
        return found

    def solve(self, code: str, token: str, challenge: str) -> None:
        """Count a challenge whose run the server has judged; once for each participant."""
        with self._room.changing(code) as (connection, room):
            taking_part.solve(connection, room["id"], token, challenge)

    def hear_of(self, code: str, hashes: Collection[str]) -> None:
        """Note that the devices whose tokens have these hashes are there."""
        with self._room.holding(code) as (connection, room):
            if taking_part.hear_of(connection, room["id"], hashes, self._now()):
                raise_version(connection, room)

    def welcome_back(self, code: str) -> None:
        """Note that the server was away, and that the class has not left."""
        with self._room.holding(code) as (connection, room):
            taking_part.welcome_back(connection, room["id"], self._now())

    def ask(self, code: str, secret: str, question: Question, seconds: float | None = None) -> int:
        """Open a round, with a countdown if `seconds` are given, and return its number."""
        with self._room.hosting(code, secret) as (connection, room):
            return leading.ask(connection, room["id"], question, seconds, self._now())

    def close_vote(self, code: str, secret: str) -> None:
        """Close the open vote: later answers are refused."""
        with self._room.hosting(code, secret) as (connection, room):
            leading.close_vote(connection, room["id"], self._now())

    def vote_again(self, code: str, secret: str, seconds: float | None = None) -> None:
        """Open the second vote of a closed round."""
        with self._room.hosting(code, secret) as (connection, room):
            leading.vote_again(connection, room["id"], seconds, self._now())

    def reveal(self, code: str, secret: str) -> None:
        """Show the class its answers; what only a real run tells is pending (`finish`)."""
        with self._room.hosting(code, secret) as (connection, room):
            asked = leading.closed_round(connection, room["id"], self._now())
            result = outcome(*_answered(connection, asked), engines=None)
            leading.show(connection, asked, json.dumps(result))

    def finish(self, code: str, secret: str, engines: Engines | None = PLAIN) -> None:
        """Train the real runs, which takes a while, and show what they tell; None gives up.

        The training lies between two transactions, so that it stops nobody else.
        """
        with self._room.seeing(code, secret) as (connection, room):
            asked = leading.present_round(connection, room["id"])
            answered = _answered(connection, asked)
        result = json.dumps(outcome(*answered, engines) | {"pending": False})
        with self._room.hosting(code, secret) as (connection, _):
            leading.finish(connection, asked, result)

    def bring(self, code: str, secret: str, query: str | None) -> None:
        """Show everybody a page with its settings: an address from its page on. None lets go."""
        try:
            link = None if query is None else clean_link(query)
        except ValueError as error:
            raise BoardRefusal(400, str(error)) from None
        with self._room.hosting(code, secret) as (connection, room):
            change(connection, room, bring=link)

    def pause(self, code: str, secret: str, paused: bool) -> None:
        """Pause the screens of the room, or let them go on."""
        with self._room.hosting(code, secret) as (connection, room):
            change(connection, room, paused=int(paused))

    def keep_plan(self, code: str, secret: str, step: int, text: str | None = None) -> None:
        """Keep how many steps of the plan were taken, and the teacher's own plan, if given."""
        with self._room.holding(code) as (connection, room):
            check_host(room["secret"], secret)
            leading.keep_plan(connection, room["id"], step, text)

    def kept_plan(self, code: str, secret: str) -> tuple[str, int]:
        """Return the teacher's own plan, or "", and how many of its steps were taken."""
        with self._room.seeing(code, secret) as (connection, room):
            return leading.kept_plan(connection, room["id"])

    def phone_state(self, code: str, token: str, max_age: float = 0.0) -> dict[str, Any]:
        """Return what a participant may see, at most `max_age` seconds old."""
        self.kept.look(code, max_age)
        return self.kept.phone_view(code, token)

    def host_state(self, code: str, secret: str, max_age: float = 0.0) -> dict[str, Any]:
        """Return what the projector may show, at most `max_age` seconds old."""
        self.kept.look(code, max_age)
        return self.kept.host_view(code, secret)

    def results_csv(self, code: str, secret: str) -> str:
        """Return all answers as a table: one row for each round and participant, without names."""
        with self._room.seeing(code, secret) as (connection, room):
            all_rounds = select(rounds).where(rounds.c.room == room["id"]).order_by(rounds.c.number)
            found = connection.execute(all_rounds).mappings().all()
            return csv_text([(dict(row), votes_of(connection, row["id"])) for row in found])


def _answered(connection: Connection, asked: RowMapping) -> tuple[Question, list[list[float]]]:
    """Return the question of a round and the answers of each vote."""
    votes = votes_of(connection, asked["id"])
    return read_question(asked["question"]), [list(vote.values()) for vote in votes]
