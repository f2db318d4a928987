"""Finds the columns of a table and their names, and chooses two of them.

Knows nothing of how the text was split, of pages, or of training.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral

from linreg.core.experiment import FEWEST_POINTS, MOST_POINTS
from linreg.formatting import listed, shown
from linreg.own_data.header import UNSPLIT, are_y_and_x, read_header, turned
from linreg.own_data.numerals import Numeral, is_missing, read_numeral
from linreg.own_data.text_rows import DELIMITERS, DataError, Row, Rows
from linreg.own_data.titles import PAIR, skip_titles_of_two

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
        if len(self.names) < 3 or self.delimiter == ",":  # 1,2,5 may be 1 and 2,5
            return False
        return values == [values[0] + i for i in range(len(values))]


def make_sheet(split: Rows) -> Sheet:
    """Return the rows below their header.

    A title, a second header row with units, and a table of one row of x and one of y are
    understood; the sentences say so.

    Raises:
        DataError: there are more than MOST_POINTS rows or MOST_COLUMNS columns, or a separator
            inside the numbers may have split them into cells.
    """
    rows, said = skip_titles_of_two(split.rows)
    if len(rows) == PAIR and (found := turned(rows, unnamed=split.bracketed)):
        (names, rows), counted_as = found, "column"
        order = ("second", "first") if are_y_and_x(names) else ("first", "second")
        said.append("The {} row is read as x and the {} as y.".format(*order))
    else:
        names, rows, said = read_header(split)
        counted_as = "row"
    if len(rows) > MOST_POINTS:
        raise DataError(f"At most {MOST_POINTS:,} rows of numbers can be used, not {len(rows):,}.")
    if len(names) > MOST_COLUMNS:
        raise DataError(f"A table may have {MOST_COLUMNS:,} columns at most, not {len(names):,}.")
    sheet = Sheet(
        names=names,
        rows=rows,
        delimiter=split.delimiter,
        cells_said=(*split.sentences, f"Cells are separated by {DELIMITERS[split.delimiter]}."),
        header_said=tuple(said),
        counted_as=counted_as,
    )
    if split.maybe_grouped and counted_as == "row":
        _check_groups(sheet)
    return sheet


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
    found = [0, 1] if len(sheet.names) == PAIR else number_columns(sheet)
    if len(found) > PAIR:
        named = [place for place in found if sheet.names[place]]
        found = named if len(named) == PAIR else found
    if len(found) == PAIR:
        first, second = found
        swapped = are_y_and_x((sheet.names[first], sheet.names[second]))
        return (second, first) if swapped else (first, second)
    if not sheet.rows:
        raise DataError(f"At least {FEWEST_POINTS} rows of two numbers are needed, not 0.")
    if len(found) < PAIR:
        number, cells = sheet.rows[0]
        raise DataError(
            f"Two columns of numbers are needed, x and y; the table has {len(found)} of them, and "
            f"row {number} is `{shown(sheet.delimiter.join(cells))}`."
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


def _place(sheet: Sheet, wanted: object) -> int:
    names = [column.name for column in sheet.columns]
    if not isinstance(wanted, bool) and isinstance(wanted, Integral):  # also NumPy's integers
        if 0 <= (place := int(wanted)) < len(names):
            return place
        raise DataError(f"There is no column {wanted}; the columns are 0 to {len(names) - 1}.")
    if names.count(str(wanted)) > 1:
        raise DataError(f"Several columns are named `{shown(wanted)}`; give the position, from 0.")
    if wanted not in names:
        known = listed([shown(name) for name in names], NAMED)
        raise DataError(f"There is no column `{shown(wanted)}`; the table has {known}.")
    return names.index(str(wanted))


def _check_groups(sheet: Sheet) -> None:
    """Raise DataError if three columns may be two, of which one has groups of thousands."""
    if len(sheet.names) != PAIR + 1 or not sheet.columns[0].only_counts or sheet.names[0]:
        return
    for place in (1, 2):
        if all(re.fullmatch("[0-9]{3}", cell) for cell in sheet.cells(place)):
            number, cells = sheet.rows[0]
            pair = " ".join(cells[place - 1 : place + 1])
            raise DataError(f"`{shown(pair)}` in row {number} may be one number or two: {UNSPLIT}.")
