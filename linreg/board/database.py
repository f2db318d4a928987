"""The tables of the board, and the connection to them: SQLite in a private file, or PostgreSQL.

Rooms last a day, so tables of an older version are dropped, not changed.
"""

import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from linreg.board.refusals import BoardUnavailable

VERSION = 1  # of the tables; raise it with every change of them
VARIABLE = "LINREG_BOARD_URL"
WAIT = 5  # seconds for another writer, and for a connection
FAILED = "The class board's database does not answer. The pages go on without it."
_SCHEMA_LOCK = 0x6C696E72  # of PostgreSQL: replicas that start together make the tables once

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


class Database:
    """An engine that is made, with its tables, when it is first used.

    Writers of this process wait for each other here, in order of their arrival.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._making = threading.Lock()
        self._writing = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one transaction that only reads."""
        with _as_unavailable(), self._ready().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection for one transaction; it is undone if an exception leaves the block."""
        with _as_unavailable(), self._writing:
            engine = self._ready().execution_options(writes=True)
            with engine.begin() as connection:
                yield connection

    @property
    def is_made(self) -> bool:
        """Whether there may be something in it; asks without making it."""
        path = sqlite_path(self._url)
        return self._engine is not None or path is None or path.exists()

    def forget_deleted(self) -> None:
        """Remove what was deleted from SQLite's second file too."""
        if self._ready().dialect.name == "sqlite":
            with _as_unavailable(), self._ready().connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        with self._making:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _ready(self) -> Engine:
        with self._making:
            if self._engine is None:
                engine = _make_engine(self._url)
                _make_tables(engine)
                self._engine = engine
            return self._engine


def default_url() -> str:
    """Return the address in LINREG_BOARD_URL, or that of a private file of this user."""
    if given := os.environ.get(VARIABLE):
        return given
    user = os.getuid() if sys.platform != "win32" else os.environ.get("USERNAME", "")
    path = Path(tempfile.gettempdir()) / f"linreg-{user}" / "board.sqlite"
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite address; None for another database."""
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """Raise what a database raises as BoardUnavailable."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise BoardUnavailable(FAILED) from error


def _make_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed,
                pool_pre_ping=True,
                connect_args={"connect_timeout": WAIT},
                pool_timeout=WAIT,
            )
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            return _make_sqlite(parsed)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise BoardUnavailable(f"{VARIABLE} cannot be used as a database.") from error
    raise BoardUnavailable(f"{VARIABLE} must begin with sqlite:/// or postgresql://.")


def _make_sqlite(url: URL) -> Engine:
    _make_private(Path(str(url.database)))
    engine = create_engine(url, connect_args={"timeout": WAIT}, pool_timeout=WAIT)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own
        for pragma in (
            *("journal_mode=WAL", "synchronous=NORMAL"),
            *("foreign_keys=ON", "secure_delete=ON"),
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_private(path: Path) -> None:
    """Make the file and its folder for this user alone; refuse a folder of somebody else."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)  # SQLite gives its other files the same mode
    if sys.platform == "win32":
        return
    if path.stat().st_uid != os.getuid():
        raise BoardUnavailable(f"The file of the class board belongs to somebody else: {path.name}")
    if stat.S_IMODE(path.stat().st_mode) != 0o600:
        path.chmod(0o600)


def _make_tables(engine: Engine) -> None:
    """Make the tables; drop those of an older version, refuse those of a newer one."""
    with _as_unavailable(), engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(text(f"pg_advisory_xact_lock({_SCHEMA_LOCK})")))
        found = None
        if inspect(connection).has_table(schema.name):
            found = connection.scalar(select(schema.c.version))
        if found is not None and found > VERSION:
            raise BoardUnavailable("The class board's database is of a newer version of the app.")
        if found != VERSION:
            metadata.drop_all(connection)
            metadata.create_all(connection)
            connection.execute(insert(schema).values(version=VERSION))
