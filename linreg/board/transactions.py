"""Transactions of one room: to read it, or to hold its row, so that its changes come in order.

Their statements are made once: to make one costs more than to execute it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.engine import RowMapping

from linreg.board.database import Database
from linreg.board.kept_rooms import KeptRooms
from linreg.board.names import clean_code
from linreg.board.refusals import NO_ROOM, BoardRefusal
from linreg.board.tables import rooms
from linreg.board.views import check_host

Held = Iterator[tuple[Connection, RowMapping]]

_ROOM = select(rooms).where(rooms.c.code == bindparam("code"))
_HELD_ROOM = _ROOM.with_for_update()  # nobody else changes it until the transaction ends
_NEXT_VERSION = (
    update(rooms).where(rooms.c.id == bindparam("room")).values(version=rooms.c.version + 1)
)


class Transactions:
    """Each gives a connection and the row of a room; refuses if there is no such room."""

    def __init__(self, database: Database, kept: KeptRooms, clock: Callable[[], float]) -> None:
        self._database, self._kept, self._now = database, kept, clock

    @contextmanager
    def seeing(self, code: str, secret: str) -> Held:
        """Read a room for its host."""
        self._check_made()
        with self._database.reading() as connection:
            room = self._find(connection, _ROOM, code)
            check_host(room["secret"], secret)
            yield connection, room

    @contextmanager
    def holding(self, code: str) -> Held:
        """Hold a room; what is changed is not told to those who look at it."""
        self._check_made()
        with self._database.writing() as connection:
            yield connection, self._find(connection, _HELD_ROOM, code)

    @contextmanager
    def changing(self, code: str) -> Held:
        """Hold a room for a change that everybody can see."""
        with self.holding(code) as (connection, room):
            yield connection, room
            raise_version(connection, room)
        self._kept.make_stale(room["code"])

    @contextmanager
    def hosting(self, code: str, secret: str) -> Held:
        """Hold a room for a change by its host."""
        with self.changing(code) as (connection, room):
            check_host(room["secret"], secret)
            yield connection, room

    def _check_made(self) -> None:
        if not self._database.is_made:
            raise BoardRefusal(404, NO_ROOM)

    def _find(self, connection: Connection, wanted: Any, code: str) -> RowMapping:
        found = connection.execute(wanted, {"code": clean_code(code)}).mappings().first()
        if found is None or found["expires"] <= self._now():
            raise BoardRefusal(404, NO_ROOM)
        return found


def raise_version(connection: Connection, room: RowMapping) -> None:
    """Let everybody who looks at a room see that it has changed."""
    connection.execute(_NEXT_VERSION, {"room": room["id"]})


def change(connection: Connection, room: RowMapping, **values: Any) -> None:
    """Change the row of a room."""
    connection.execute(update(rooms).where(rooms.c.id == room["id"]).values(**values))
