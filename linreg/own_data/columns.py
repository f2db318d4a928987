"""Finds the columns of a table and their names, and chooses two of them.

Knows nothing of how the text was split, of pages, or of training.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from linreg.core.experiment import FEWEST_POINTS, MOST_POINTS
from linreg.formatting import listed, shown
from linreg.own_data.numerals import Numeral, is_missing, read_numeral
from linreg.own_data.text_rows import DELIMITERS, DataError, Row, Rows

MOST_COLUMNS = 200
NAMED = 4  # columns that a message names
INDEX_NAMES = frozenset(
    (
        *("", "rownames", "rowname", "row.names", "row", "index", "idx", "id", "no", "no.", "nr"),
        *("nr.", "#", "unnamed: 0", "obs", "obs.", "observation", "case", "number", "sr. no."),
        *("s.no", "s.no.", "sl.no.", "sno"),
    )
)
"""Headers of a column that only counts or names the rows, in lower case."""


class ColumnsError(DataError):
    """A table with more than two columns of numbers, of which nobody has chosen two."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    name: from the header, or "column 1" and so on. numbers: how many of its cells are numbers.
    rows: how many rows the table has. example: the first cell that is a number, or else the first
    that is not empty. only_counts: it counts or names the rows.
    """

    name: str
    numbers: int
    rows: int
    example: str
    only_counts: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table whose rows all have the cells of its columns.

    rows: each with its number; a row may have fewer cells, or more, which is an error.
    cells_said, header_said: how the text was split, and what was read as its header.
    counted_as: what the row numbers count.
    """

    names: tuple[str, ...]
    rows: list[Row]
    delimiter: str
    cells_said: tuple[str, ...]
    header_said: tuple[str, ...]
    counted_as: str = "row"

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right."""
        return tuple(self._column(place) for place in range(len(self.names)))

    @cached_property
    def mark(self) -> str:
        """The mark of decimals that the numbers of the table prove, or "" if they do not agree."""
        marks = {n.mark for column in self._numerals for n in column if n is not None} - {""}
        dots = any(n is not None and n.between == "." for column in self._numerals for n in column)
        if self.delimiter == "," and dots:  # a comma between cells is none inside a number
            marks.add(".")
        return marks.pop() if len(marks) == 1 else ""

    def numerals(self, place: int) -> list[Numeral | None]:
        """Return the cells of a column as numbers, None where a cell is none."""
        return self._numerals[place]

    def cells(self, place: int) -> list[str]:
        """Return the cells of a column; a missing one is empty."""
        return [cells[place] if place < len(cells) else "" for _, cells in self.rows]

    @cached_property
    def _numerals(self) -> list[list[Numeral | None]]:
        return [[read_numeral(c) for c in self.cells(i)] for i in range(len(self.names))]

    def _column(self, place: int) -> Column:
        cells, numerals = self.cells(place), self._numerals[place]
        numbers = sum(n is not None for n in numerals)
        filled = [c for c, n in zip(cells, numerals, strict=True) if (n if numbers else c)]
        return Column(
            name=self.names[place] or f"column {place + 1}",
            numbers=numbers,
            rows=len(cells),
            example=filled[0] if filled else "",
            only_counts=place == 0 and self._only_counts(numerals),
        )

    def _only_counts(self, numerals: list[Numeral | None]) -> bool:
        """Return whether whole numbers rise from row to row below such a header."""
        values = [n.by_dot for n in numerals if n is not None]
        if not values or len(values) < len(numerals) or self.names[0].lower() not in INDEX_NAMES:
            return False
        if any(self.names):  # with a header its name tells
            return all(v.is_integer() for v in values) and sorted(set(values)) == values
        return len(self.names) > 2 and values == [values[0] + i for i in range(len(values))]


def make_sheet(split: Rows) -> Sheet:
    """Return the rows below their header.

    A title, a second header row with units, and a table of one row of x and one of y are
    understood; the sentences say so.

    Raises:
        DataError: there are more than MOST_POINTS rows or MOST_COLUMNS columns.
    """
    rows = split.rows
    if len(rows) == 2 and (turned := _turned(rows)):
        names, rows, counted_as = turned[0], turned[1], "column"
        said = ["The first row is read as x and the second as y."]
    else:
        names, rows, said = _header(rows, split.delimiter)
        counted_as = "row"
    if len(rows) > MOST_POINTS:
        raise DataError(f"At most {MOST_POINTS:,} rows of numbers can be used, not {len(rows):,}.")
    if len(names) > MOST_COLUMNS:
        raise DataError(f"A table may have {MOST_COLUMNS:,} columns at most, not {len(names):,}.")
    return Sheet(
        names=names,
        rows=rows,
        delimiter=split.delimiter,
        cells_said=(*split.sentences, f"Cells are separated by {DELIMITERS[split.delimiter]}."),
        header_said=tuple(said),
        counted_as=counted_as,
    )


def choose_columns(sheet: Sheet, x: str | int | None, y: str | int | None) -> tuple[int, int]:
    """Return the places of the columns x and y.

    Arguments:
        x, y: a column's name or its place from 0, or None for both.

    Raises:
        ColumnsError: neither is given, and the table has not exactly two columns of numbers.
        DataError: there is no such column, or x and y are the same.
    """
    if x is not None and y is not None:
        places = _place(sheet, x), _place(sheet, y)
        if places[0] == places[1]:
            raise DataError("The same column was chosen for x and for y; choose two.")
        return places
    if x is not None or y is not None:
        raise DataError("Choose both columns, x and y.")
    if len(sheet.names) == FEWEST_POINTS:
        return 0, 1
    found = number_columns(sheet)
    if len(found) == 2:
        return found[0], found[1]
    if not sheet.rows:
        raise DataError(f"At least {FEWEST_POINTS} rows of two numbers are needed, not 0.")
    if len(found) < 2:
        raise DataError(
            f"Two columns of numbers are needed, x and y; the table has {len(found)} of them, and "
            f"its first row is `{shown(sheet.delimiter.join(sheet.rows[0][1]))}`."
        )
    names = [shown(sheet.columns[place].name) for place in found]
    raise ColumnsError(
        f"The table has {len(found)} columns of numbers: {listed(names, NAMED)}. Choose two of "
        "them, x and y."
    )


def number_columns(sheet: Sheet) -> list[int]:
    """Return the places of the columns whose cells are mostly numbers; none that counts rows."""
    return [
        place
        for place, column in enumerate(sheet.columns)
        if not column.only_counts
        and 2 * column.numbers > sum(not is_missing(cell) for cell in sheet.cells(place))
    ]


def _place(sheet: Sheet, wanted: str | int) -> int:
    names = [column.name for column in sheet.columns]
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        if 0 <= wanted < len(names):
            return wanted
        raise DataError(f"There is no column {wanted}; the columns are 0 to {len(names) - 1}.")
    if names.count(str(wanted)) > 1:
        raise DataError(f"Several columns are named `{shown(wanted)}`; give the position, from 0.")
    if wanted not in names:
        known = listed([shown(name) for name in names], NAMED)
        raise DataError(f"There is no column `{shown(wanted)}`; the table has {known}.")
    return names.index(str(wanted))


def _turned(rows: list[Row]) -> tuple[tuple[str, ...], list[Row]] | None:
    """Return names and rows of a table whose two rows are x and y, or None."""
    (_, first), (_, second) = rows
    if len(first) != len(second) or len(first) < 3:
        return None
    named = not any(read_numeral(cells[0]) or is_missing(cells[0]) for cells in (first, second))
    start = 1 if named else 0
    if not all(read_numeral(c) or is_missing(c) for c in (*first[start:], *second[start:])):
        return None
    pairs = zip(first[start:], second[start:], strict=True)
    turned = [(number, list(pair)) for number, pair in enumerate(pairs, start + 1)]
    return ((first[0], second[0]) if named else ("", "")), turned


def _header(rows: list[Row], delimiter: str) -> tuple[tuple[str, ...], list[Row], list[str]]:
    """Return the columns' names, the rows below the header, and what was read as header."""
    first = next((i for i, (_, cells) in enumerate(rows) if any(map(read_numeral, cells))), 0)
    above, below = rows[:first], rows[first:] if first else rows
    if not first and rows and not any(map(read_numeral, rows[0][1])):  # no number anywhere
        above, below = rows[:1], rows[1:]
    width = Counter(len(cells) for _, cells in below).most_common(1)[0][0] if below else 0
    said: list[str] = []
    while len(above) > 1 and _is_title(above[0][1], width, delimiter):
        said.append(f"Row {above[0][0]} is skipped as a title.")
        above = above[1:]
    if len(above) == 1 and width > 1 and _is_title(above[0][1], width, delimiter):
        return ("",) * width, below, [*said, f"Row {above[0][0]} is skipped as a title."]
    if not above or all(map(is_missing, above[0][1])):
        return ("",) * width, above + below, said
    (number, header), *rest = above
    said.append(f"Row {number} is read as the header, `{shown(', '.join(header))}`.")
    if rest and not all(map(is_missing, rest[0][1])):
        number, units = rest[0]
        said.append(f"Row {number} is read as units, `{shown(', '.join(units))}`, and skipped.")
        rest = rest[1:]
    names = ["", *header] if len(header) == width - 1 else header
    names = [*names, *[""] * (width - len(names))]
    return tuple(names), rest + below, said


def _is_title(cells: list[str], width: int, delimiter: str) -> bool:
    """Return whether a row is a line of text above the header."""
    if sum(map(bool, cells)) == 1:
        return width > 1
    return delimiter == " " and len(cells) not in (width - 1, width)
