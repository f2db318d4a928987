"""What tests of the class board share: a clock that they move, a question, and a look inside."""

from pathlib import Path

from sqlalchemy import create_engine, func, select

from linreg.board.questions import Question
from linreg.board.tables import metadata, schema

CHOICE = Question(text="Will the loss fall?", kind="choice", options=("Yes", "No", "Both"), right=0)
NUMBER = Question(text="After which epoch?", kind="number", low=0, high=1000, right=116)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1.7e9

    def __call__(self) -> float:
        return self.now


def rows_left(url: str) -> int:
    """Return how many rows the tables of the board hold together, by a connection of its own."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            counts = [
                connection.scalar(select(func.count()).select_from(table))
                for table in metadata.sorted_tables
                if table is not schema
            ]
    finally:
        engine.dispose()
    return sum(count or 0 for count in counts)


def bytes_of(folder: Path) -> bytes:
    """Return the contents of all files in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
