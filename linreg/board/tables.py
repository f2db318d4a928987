"""The tables of the board.

Rooms last a day, so tables of an older version are dropped, not changed. Times are seconds since
1970. Of secrets and tokens there are only hashes, and nothing says who a participant is.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 2  # of the tables; raise it with every change of them

metadata = MetaData()


def _room() -> Column[int]:
    return Column("room", ForeignKey("board_rooms.id", ondelete="CASCADE"), nullable=False)


schema = Table("board_schema", metadata, Column("version", Integer, nullable=False))

rooms = Table(
    "board_rooms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("secret", String(64), nullable=False),  # its hash
    Column("version", Integer, nullable=False),  # grows with each change that anybody can see
    Column("present", Integer, nullable=False),
    Column("bring", Text),
    Column("paused", Integer, nullable=False),
    Column("expires", Float, nullable=False, index=True),  # seconds since 1970, as all times
)
plans = Table(
    "board_plans",
    metadata,
    Column("room", ForeignKey("board_rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),  # the teacher's own plan, or ""
    Column("step", Integer, nullable=False),  # how many of its steps were taken
)
participants = Table(
    "board_participants",
    metadata,
    Column("id", Integer, primary_key=True),
    _room(),
    Column("token", String(64), nullable=False),  # its hash
    Column("nickname", String(40), nullable=False),
    Column("seen", Float, nullable=False),
    UniqueConstraint("room", "token"),
    UniqueConstraint("room", "nickname"),
)
rounds = Table(
    "board_rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    _room(),
    Column("number", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("vote", Integer, nullable=False),
    Column("closes", Float),
    Column("result", Text),  # what was revealed
    UniqueConstraint("room", "number"),
)
answers = Table(
    "board_answers",
    metadata,
    Column("round", ForeignKey("board_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("vote", Integer, primary_key=True),
    Column(
        "participant", ForeignKey("board_participants.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("value", Float, nullable=False),
)
solved = Table(
    "board_solved",
    metadata,
    Column(
        "participant", ForeignKey("board_participants.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("challenge", String(40), primary_key=True),
)
