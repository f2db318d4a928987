"""Whether there is a place for one more room, inside the transaction that opens it."""

from sqlalchemy import Connection, delete, select

from linreg.board.refusals import BoardRefusal
from linreg.board.tables import participants, rooms, rounds

A_DAY = 24 * 3600.0  # seconds until a room is deleted
MOST_ROOMS = 500
MOST_NEW_ROOMS = 60  # in a minute
UNUSED_FOR = 300.0  # seconds after which a room that nobody used may lose its place


def make_place(connection: Connection, now: float) -> set[str]:
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
