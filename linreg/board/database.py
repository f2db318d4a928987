"""The connection to the board's database: SQLite in a private file, or PostgreSQL."""

import logging
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from linreg.board.own_file import VARIABLE, own_file
from linreg.board.refusals import BoardUnavailable
from linreg.board.tables import VERSION, metadata, schema

LOG = logging.getLogger(__name__)
WAIT = 5  # seconds for another writer, and for a connection
RESTS = 1.0  # seconds after a failure in which nobody asks the database
LONGER = 2.0  # times that, in addition, for each second that the failure took
FAILED = "The class board's database does not answer. The pages go on without it."
_SCHEMA_LOCK = 0x6C696E72  # of PostgreSQL: replicas that start together make the tables once
_EACH: dict[str, Any] = {"pool_timeout": WAIT, "hide_parameters": True}  # in the log
_WAITS: dict[str, Any] = {  # of PostgreSQL: nothing waits for minutes if the network goes away
    "connect_timeout": WAIT,
    "tcp_user_timeout": 1000 * WAIT,
    "options": f"-c statement_timeout={WAIT}s -c lock_timeout={WAIT}s",
}


class Database:
    """An engine that is made, with its tables, when it is first used.

    Writers of this process wait for each other here, in order of their arrival.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._making = threading.Lock()
        self._writing = threading.Lock()
        self._rests_until = 0.0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one transaction that only reads."""
        with self._watching(), self._ready().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection for one transaction; it is undone if an exception leaves the block."""
        with self._watching():
            if not self._writing.acquire(timeout=WAIT):
                raise BoardUnavailable(FAILED)
            try:
                engine = self._ready().execution_options(writes=True)
                with engine.begin() as connection:
                    yield connection
            finally:
                self._writing.release()

    @property
    def is_made(self) -> bool:
        """Whether there may be something in it; asks without making it."""
        if self._engine is not None:
            return True
        path = sqlite_path(self._url)
        return path is None or path.exists()

    def forget_deleted(self) -> None:
        """Remove what was deleted from SQLite's second file too."""
        if self._ready().dialect.name == "sqlite":
            with self.reading() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        with self._making:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Raise what a database raises as BoardUnavailable, and then leave it alone for a moment.

        Otherwise every request would wait for it.
        """
        if time.monotonic() < self._rests_until:
            raise BoardUnavailable(FAILED)
        since = time.monotonic()
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            now = time.monotonic()
            if now >= self._rests_until:  # else another thread has said so
                LOG.warning("The class board: %s %s", FAILED, error)
            self._rests_until = now + RESTS * (1 + LONGER * (now - since))
            raise BoardUnavailable(FAILED) from error

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
    return URL.create("sqlite", database=str(own_file())).render_as_string(hide_password=False)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite address; None for another database."""
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _make_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, connect_args=_WAITS, pool_pre_ping=True, **_EACH)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            return _make_sqlite(parsed)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        _say_once(_cause(error))
        raise BoardUnavailable(f"{VARIABLE} cannot be used as a database.") from error
    raise BoardUnavailable(f"{VARIABLE} must begin with sqlite:/// or postgresql://.")


def _cause(error: Exception) -> str:
    """Return why an address cannot be used, with nothing of it that could be its password."""
    if isinstance(error, SQLAlchemyError | ImportError):
        return str(error)
    return "Its port is no number. In a name or password write %2F for /, %3A for : and %40 for @."


@cache
def _say_once(cause: str) -> None:
    LOG.warning("The class board: %s cannot be used as a database. %s", VARIABLE, cause)


def _make_sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": WAIT}, **_EACH)
    _make_private(Path(str(url.database)))

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
    """Make the file and its folder for this user alone; refuse those of somebody else."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_owner(path.parent)
    with suppress(FileExistsError):  # a new file, never the target of a link
        path.touch(mode=0o600, exist_ok=False)  # SQLite gives its other files the same mode
    _check_owner(path)
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) != 0o600:
        path.chmod(0o600)


def _check_owner(path: Path) -> None:
    """Refuse what belongs to another user; of a link the owner counts, not that of its target."""
    if sys.platform != "win32" and path.lstat().st_uid not in (os.getuid(), 0):
        raise BoardUnavailable("The class board's file or its folder belongs to somebody else.")


def _make_tables(engine: Engine) -> None:
    """Make the tables; drop those of an older version, refuse those of a newer one."""
    with engine.execution_options(writes=True).begin() as connection:
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
