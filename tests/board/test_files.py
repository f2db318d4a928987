"""The board's file: private, made only when it is needed, without secrets, and its version."""

import os
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from linreg.board import database
from linreg.board.database import default_url, sqlite_path
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.board.store import Board
from linreg.board.tables import VERSION
from tests.support.boards import CHOICE, bytes_of


def board_in(folder: Path) -> Board:
    """A board with a file in a folder that is not there yet."""
    return Board(f"sqlite:///{folder}/new/board.sqlite")


def test_nothing_is_made_before_a_room_is_opened(tmp_path: Path) -> None:
    """Looking for a room, joining it and cleaning up leave no file."""
    board = board_in(tmp_path)
    assert board.kept.look("BCDFG", 0.0) is None
    assert board.remove_expired() == 0
    with pytest.raises(BoardRefusal):
        board.join("BCDFG")
    with pytest.raises(BoardRefusal):
        board.results_csv("BCDFG", "secret")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps each user's folders private")
def test_only_the_servers_user_reads_the_file(tmp_path: Path) -> None:
    """The file, the two that SQLite puts beside it, and their folder."""
    board = board_in(tmp_path)
    board.open_room()
    files = list((tmp_path / "new").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    board.close()


def test_the_default_file_is_this_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, unless the variable names a database."""
    monkeypatch.delenv("LINREG_BOARD_URL", raising=False)
    path = sqlite_path(default_url())
    assert path is not None
    assert path.parent.name.startswith("linreg-")
    monkeypatch.setenv("LINREG_BOARD_URL", "postgresql://db/linreg")
    assert default_url() == "postgresql://db/linreg"


def test_the_file_has_no_secret_and_keeps_nothing_of_a_room_that_ended(tmp_path: Path) -> None:
    """Only hashes; and the bytes of deleted rows are overwritten."""
    board = board_in(tmp_path)
    room = board.open_room()
    joined = board.join(room.code)
    board.ask(room.code, room.host_secret, CHOICE)
    board.answer(room.code, joined.token, 1, 0)
    held = bytes_of(tmp_path / "new")
    assert CHOICE.text.encode() in held
    assert joined.nickname.encode() in held
    assert joined.token.encode() not in held
    assert room.host_secret.encode() not in held
    board.end_room(room.code, room.host_secret)
    left = bytes_of(tmp_path / "new")
    assert CHOICE.text.encode() not in left
    assert joined.nickname.encode() not in left
    board.close()


@pytest.mark.parametrize(("version", "is_used"), [(VERSION - 1, True), (VERSION + 1, False)])
def test_tables_of_an_older_version_are_replaced_and_newer_ones_left_alone(
    tmp_path: Path, version: int, is_used: bool
) -> None:
    """Rooms last a day, so nothing is converted; an old program never harms a newer one's rooms."""
    board = board_in(tmp_path)
    board.open_room()
    board.close()
    with sqlite3.connect(tmp_path / "new/board.sqlite") as connection:
        connection.execute("UPDATE board_schema SET version = ?", [version])
    connection.close()
    if is_used:
        assert board.open_room().code
    else:
        with pytest.raises(BoardUnavailable, match="newer version"):
            board.open_room()
    board.close()


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "mysql://db/linreg", "sqlite://", "sqlite:///{}/board.sqlite"),
        "postgresql://127.0.0.1:1/none",
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(url: str, tmp_path: Path) -> None:
    """Whatever is wrong with the address; the next use of it waits for nothing."""
    (tmp_path / "file").touch()
    board = Board(url.format(tmp_path / "file"))
    for _ in range(2):
        with pytest.raises(BoardUnavailable, match=r"\.$"):
            board.open_room()


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("se:cret", "Could not parse"),
        ("postgresql+other://me:secret@db/linreg", "postgresql.other"),
        ("sqlite+other:///secret", "sqlite.other"),
        ("postgresql://db:secret/linreg?password=secret", "port is no number"),
    ],
)
def test_why_an_address_cannot_be_used_is_logged_once_without_its_password(
    url: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A person who hosts the app reads it; a class would fill the log."""
    database._say_once.cache_clear()
    for _ in range(2):
        with pytest.raises(BoardUnavailable, match="cannot be used"):
            Board(url).open_room()
    assert caplog.text.count(cause) == 1
    assert "secret" not in caplog.text


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root gives a folder away"
)
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """In the system's folder for temporary files anybody could have made it before."""
    (tmp_path / "new").mkdir()
    os.chown(tmp_path / "new", 12345, 12345)
    with pytest.raises(BoardUnavailable, match="somebody else"):
        board_in(tmp_path).open_room()
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root gives a link away"
)
def test_a_link_of_somebody_else_is_refused_and_not_followed(tmp_path: Path) -> None:
    """Its target is neither made nor changed."""
    (tmp_path / "new").mkdir()
    link, target = tmp_path / "new/board.sqlite", tmp_path / "target"
    link.symlink_to(target)
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(BoardUnavailable, match="somebody else"):
        board_in(tmp_path).open_room()
    assert not target.exists()
    target.touch(mode=0o644)
    with pytest.raises(BoardUnavailable, match="somebody else"):
        board_in(tmp_path).open_room()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_what_is_logged_of_a_failure_has_nothing_of_the_class(tmp_path: Path) -> None:
    """Not the values of the statement that failed."""
    board = board_in(tmp_path)
    room = board.open_room()
    joined = board.join(room.code)
    with sqlite3.connect(tmp_path / "new/board.sqlite") as connection:
        connection.execute("DROP TABLE board_solved")
    connection.close()
    with pytest.raises(BoardUnavailable) as failure:
        board.solve(room.code, joined.token, "a-challenge")
    assert "board_solved" in str(failure.value.__cause__)
    assert "a-challenge" not in str(failure.value.__cause__)
    board.close()
