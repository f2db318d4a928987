"""A new room, if there is a place for one more, inside the transaction that opens it."""

from sqlalchemy import Connection, delete, insert, select

from linreg.board.names import new_code
from linreg.board.refusals import BoardRefusal
from linreg.board.tables import participants, plans, rooms, rounds

A_DAY = 24 * 3600.0  # seconds until a room is deleted
MOST_ROOMS = 500
MOST_NEW_ROOMS = 60  # in a minute
UNUSED_FOR = 300.0  # seconds after which a room that nobody used may lose its place


def open_room(connection: Connection, secret: str, now: float) -> str:
    """Open a room whose host's secret has this hash; return its code."""
    taken = _make_place(connection, now)
    code = next(code for code in iter(new_code, "") if code not in taken)
    row = {"code": code, "secret": secret, "expires": now + A_DAY}
    new = insert(rooms).values(**row, version=1, present=0, paused=0).returning(rooms.c.id)
    connection.execute(insert(plans).values(room=connection.scalar(new), text="", step=0))
    return code


def _make_place(connection: Connection, now: float) -> set[str]:
    """Return the codes of the open rooms; refuse one more if somebody opens them in a loop.

    If there are too many, those that nobody used are deleted first.
    """
    opened, codes = rooms.c.expires - A_DAY, select(rooms.c.code)
    new = connection.scalars(codes.where(opened > now - 60)).all()
    taken = set(connection.scalars(codes))
    if len(taken) >= MOST_ROOMS:
        unused = opened < now - UNUSED_FOR
        for table in (participants, rounds):
            unused &= rooms.c.id.not_in(select(table.c.room))
        connection.execute(delete(rooms).where(unused))
        taken = set(connection.scalars(codes))
    if len(taken) >= MOST_ROOMS or len(new) >= MOST_NEW_ROOMS:
        raise BoardRefusal(429, "Too many rooms are open. Try again later.")
    return taken
