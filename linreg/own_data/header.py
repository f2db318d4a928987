"""Tells the header of a table from its numbers: titles, names, units, row names, x and y as rows.

Knows nothing of which columns are used.
"""

import re
from collections import Counter

from linreg.formatting import shown
from linreg.own_data.numerals import is_missing, read_numeral
from linreg.own_data.text_rows import DataError, Row, Rows
from linreg.own_data.titles import skip_titles

_X_OR_Y = re.compile(r"^([xy])s?(?![^\W\d_])", re.IGNORECASE)  # x, X_train, y1, ys
UNSPLIT = "write numbers without a sign for thousands and with a decimal point, or name each column"


def turned(rows: list[Row], *, unnamed: bool) -> tuple[tuple[str, ...], list[Row]] | None:
    """Return names and rows of a table whose two rows are x and y, or None.

    Arguments:
        unnamed: two rows without names may be x and y.
    """
    (_, first), (_, second) = rows
    if len(first) != len(second) or len(first) < 3:
        return None
    named = not any(read_numeral(cells[0]) or is_missing(cells[0]) for cells in (first, second))
    start = 1 if named else 0
    if not all(read_numeral(c) or is_missing(c) for c in (*first[start:], *second[start:])):
        return None
    if not named and not unnamed:
        return None
    pairs = zip(first[start:], second[start:], strict=True)
    pairs_below = [(number, list(pair)) for number, pair in enumerate(pairs, start + 1)]
    return ((first[0], second[0]) if named else ("", "")), pairs_below


def x_or_y(name: str) -> tuple[str, str]:
    """Return "x" or "y" and the rest of a name that says which it is; ("", name) otherwise."""
    found = _X_OR_Y.match(name)
    return (found[1].lower(), name[found.end() :]) if found else ("", name)


def are_y_and_x(names: tuple[str, ...]) -> bool:
    """Return whether the names of two columns say that y stands before x."""
    first, second = (x_or_y(name)[0] for name in names)
    return first != second and (first == "y" or second == "x")


def read_header(split: Rows) -> tuple[tuple[str, ...], list[Row], list[str]]:
    """Return the columns' names, the rows below the header, and what was read as header."""
    (rows, said), delimiter = skip_titles(split.rows), split.delimiter
    first = next((i for i, (_, cells) in enumerate(rows) if any(map(read_numeral, cells))), 0)
    above, below = rows[:first], rows[first:] if first else rows
    if not first and rows and not _is_data(rows[0][1]):
        above, below = rows[:1], rows[1:]
    width = Counter(len(cells) for _, cells in below).most_common(1)[0][0] if below else 0
    while len(above) > 1 and (
        _is_title(above[0][1], width, delimiter)
        or (_names_x_and_y(above[1][1]) and not _names_x_and_y(above[0][1]))
    ):
        said.append(f"Row {above[0][0]} is skipped as a title.")
        above = above[1:]
    if len(above) == 1 and width > 1 and _is_title(above[0][1], width, delimiter):
        return ("",) * width, below, [*said, f"Row {above[0][0]} is skipped as a title."]
    if not above or all(map(is_missing, above[0][1])):
        if below and not all(read_numeral(cell) or is_missing(cell) for cell in below[0][1]):
            row = shown(", ".join(below[0][1]))
            said.append(f"There is no header: row {below[0][0]}, `{row}`, is read as data.")
        return ("",) * width, above + below, said
    (number, header), *rest = above
    said.append(f"Row {number} is read as the header, `{shown(', '.join(header))}`.")
    if rest and not all(map(is_missing, rest[0][1])):
        units_number, units = rest[0]
        said.append(
            f"Row {units_number} is read as units, `{shown(', '.join(units))}`, and skipped."
        )
        rest = rest[1:]
    names = [*header, *[""] * (split.widths[number] - len(header))]
    return _with_row_names(names, below, delimiter), rest + below, said


def _with_row_names(names: list[str], below: list[Row], delimiter: str) -> tuple[str, ...]:
    """Return the names, with an empty one before them where the first column has no header.

    Raises:
        DataError: all rows are one cell wider, but their first cells do not name or count them.
    """
    if not below or any(len(cells) != len(names) + 1 for _, cells in below):
        return tuple(names)
    starts = [read_numeral(cells[0]) for _, cells in below]
    values = [start.by_dot for start in starts if start is not None]
    names_rows = 2 * len(values) <= len(starts)
    counts = len(values) == len(starts) and all(map(float.is_integer, values))
    # With commas, 1,2,5 is rather 1 and 2,5 than row 1.
    if names_rows or (counts and sorted(set(values)) == values and delimiter != ","):
        return ("", *names)
    row = shown(delimiter.join(below[0][1]))
    raise DataError(
        f"The header names {len(names)} columns, but the rows have {len(names) + 1} cells, such as "
        f"`{row}`: {UNSPLIT}."
    )


def _is_data(cells: list[str]) -> bool:
    """Return whether a row has a number, and not those with which pandas counts columns."""
    counts = [str(place) for place in range(len(cells) - 1)]
    return any(map(read_numeral, cells)) and (len(cells) < 3 or cells != ["", *counts])


def _names_x_and_y(cells: list[str]) -> bool:
    return {"x", "y"} <= {x_or_y(cell)[0] for cell in cells}


def _is_title(cells: list[str], width: int, delimiter: str) -> bool:
    """Return whether a row is a line of text above the header."""
    if sum(map(bool, cells)) == 1:
        return width > 1
    return delimiter == " " and len(cells) not in (width - 1, width)
