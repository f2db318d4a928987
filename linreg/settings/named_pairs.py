"""Own data that know what their two columns are called."""

from collections.abc import Iterable
from typing import Self

Rows = Iterable[tuple[float, float]]


class NamedPairs(tuple[tuple[float, float], ...]):
    """Pairs (x, y) with the names of their columns, for the axes of charts.

    x, y: the names, or ""; is_standard: the numbers are in standard units. The numbers alone decide
    what is equal, and so which run it is.
    """

    x: str
    y: str
    is_standard: bool

    def __new__(cls, rows: Rows, x: str = "", y: str = "", is_standard: bool = False) -> Self:
        made = super().__new__(cls, rows)
        made.x, made.y, made.is_standard = x, y, is_standard
        return made

    def __getnewargs__(self) -> tuple[tuple[tuple[float, float], ...], str, str, bool]:
        return tuple(self), self.x, self.y, self.is_standard

    def __repr__(self) -> str:  # charts are cached by it
        return f"NamedPairs({tuple(self)!r}, {self.x!r}, {self.y!r}, {self.is_standard!r})"


def names_of(pairs: object) -> NamedPairs:
    """Return the names and units of pairs, with no rows; without names, if they have none."""
    return with_names_of(pairs, ())


def with_names_of(other: object, rows: Rows) -> NamedPairs:
    """Return pairs with the names and units of other pairs; without names, if those have none."""
    if isinstance(other, NamedPairs):
        return NamedPairs(rows, other.x, other.y, other.is_standard)
    return NamedPairs(rows)
