"""The same rooms on a real PostgreSQL, and what happens when it goes away."""

import inspect
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from linreg.board.refusals import BoardUnavailable
from linreg.board.store import Board
from tests.board import test_store
from tests.support.boards import CHOICE, Clock
from tests.support.postgres import HOW_TO_GET_IT, Postgres, find_postgres, running_postgres
from tests.support.required import required

SUITE = [test for name, test in vars(test_store).items() if name.startswith("test_")]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this module's own."""
    with running_postgres(required(find_postgres(), HOW_TO_GET_IT)) as server:
        yield server


def test_everything_is_as_on_sqlite_and_survives_the_servers_end(
    postgres: Postgres, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each test of the store with tables of its own, then an end without a goodbye.

    One test, since each process that runs tests would start a server.
    """
    for test in SUITE:
        with subtests.test(test.__name__), monkeypatch.context() as patch:
            _drop_tables(postgres.url)
            clock = Clock()
            board, other = Board(postgres.url, clock), Board(postgres.url, clock)
            found = {"board": board, "other": other, "clock": clock, "url": postgres.url}
            found |= {"room": board.open_room(), "monkeypatch": patch}
            test(**{name: found[name] for name in inspect.signature(test).parameters})
            board.close()
            other.close()
    with subtests.test("the server ends and comes back"):
        _the_server_ends_and_comes_back(postgres, monkeypatch)


def _the_server_ends_and_comes_back(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """A confirmed answer is there afterwards, and the same board goes on."""
    monkeypatch.setattr("linreg.board.database.RESTS", 0.0)
    board = Board(postgres.url)
    room = board.open_room()
    token = board.join(room.code).token
    board.ask(room.code, room.host_secret, CHOICE)
    board.answer(room.code, token, 1, 2)
    postgres.stop()
    for _ in range(2):
        with pytest.raises(BoardUnavailable, match=r"\.$"):
            board.answer(room.code, token, 1, 1)
    postgres.start()
    assert board.phone_state(room.code, token)["round"]["mine"] == [2, None]
    board.end_room(room.code, room.host_secret)
    board.close()


def _drop_tables(url: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
