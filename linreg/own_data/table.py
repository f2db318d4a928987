"""Reads a student's own data from pasted text or a file, and writes points as text.

Knows nothing of pages or training. Text that cannot be used raises `DataError`; its one sentence
counts the rows as the student sees them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from linreg.core.experiment import FEWEST_POINTS, MOST_POINTS
from linreg.formatting import shown
from linreg.own_data.chosen_rows import (
    LARGEST,
    MarkError,
    check_rows,
    choose_rows,
    skipped_sentence,
    understood,
)
from linreg.own_data.columns import (
    Column,
    ColumnsError,
    Sheet,
    choose_columns,
    make_sheet,
    number_columns,
)
from linreg.own_data.header import x_or_y
from linreg.own_data.text_rows import LONGEST, DataError, split_text
from linreg.settings.named_pairs import NamedPairs, with_names_of

__all__ = [
    "LARGEST",
    "LONGEST",
    "Column",
    "ColumnsError",
    "DataError",
    "MarkError",
    "Pairs",
    "Table",
    "add_outlier",
    "list_columns",
    "read_points",
    "suggest_columns",
    "write_points",
]

Pairs = tuple[tuple[float, float], ...]

LONGEST_NAME = 100  # characters of a column's name that are kept
OUTLYING = 6  # interquartile ranges from the median to the outlier
SAME = 0.9999  # correlation of two columns that say the same


@dataclass(frozen=True, kw_only=True)
class Table:
    """Points, and sentences that say how the text was understood."""

    points: Pairs
    sentences: tuple[str, ...]


def list_columns(data: str | bytes) -> tuple[Column, ...]:
    """Return the columns of a pasted or uploaded table, from left to right.

    Raises:
        DataError: the text cannot be split into rows and columns.
    """
    return make_sheet(split_text(data)).columns


def suggest_columns(data: str | bytes) -> tuple[int, int] | None:
    """Return the positions of two columns that go together, or None where there are not two.

    Names such as x, X_train and y1 decide first. Otherwise the first column of numbers is x, and y
    is the one that correlates most with it, but is not the same numbers in another unit.
    """
    sheet = make_sheet(split_text(data))
    found = number_columns(sheet)
    if len(found) < 2:
        return None
    said = {place: x_or_y(sheet.names[place]) for place in found}
    x = min(found, key=lambda place: ("x", "", "y").index(said[place][0]))
    others = [place for place in found if place != x]
    named = [place for place in others if said[place][0] == "y"]
    alike = [place for place in named if said[place][1] == said[x][1]]
    return x, max(alike or named or others, key=lambda place: _correlation(sheet, x, place))


def read_points(
    data: str | bytes,
    x: str | int | None = None,
    y: str | int | None = None,
    decimal: str | None = None,
) -> Table:
    """Return the points in a table, from two of its columns.

    Cells are separated by tabs, semicolons, vertical bars, commas or spaces. The first row without
    a number is the header. Rows with a missing value in one of the two columns are skipped.

    Arguments:
        data: at most LONGEST characters, or as many bytes, in at most MOST_LINES lines.
        x, y: a column's name, or its position from 0. Without them the table must have exactly two
            columns of numbers; a column that only counts the rows is not one.
        decimal: "." or ",", the mark of decimals where the table alone does not tell.

    Raises:
        DataError: there are not 2 to MOST_POINTS rows of two finite numbers of at most LARGEST in
            size. The sentence names up to three rows, their text, and what is wrong.
        ColumnsError: two of more columns must be chosen; the sentence lists them.
        MarkError: a number may mean two; the sentence names both.
    """
    if decimal not in (None, ".", ","):
        raise DataError(f'decimal must be "." or ",", not `{shown(decimal)}`.')
    sheet = make_sheet(split_text(data))
    places = choose_columns(sheet, x, y)
    rows, skipped = choose_rows(sheet, *places)
    mark = decimal or sheet.mark
    check_rows(sheet, rows, mark)
    x_numbers, y_numbers = (
        [n.value(mark) for row in rows if (n := row.numerals[i])] for i in (0, 1)
    )
    points = NamedPairs(zip(x_numbers, y_numbers, strict=True), *_names(sheet, places))
    said = skipped_sentence(skipped, sheet.counted_as)
    if len(points) < FEWEST_POINTS:
        more = f"; {said[:-1]}" if said else ""
        raise DataError(
            f"At least {FEWEST_POINTS} rows of two numbers are needed, not {len(points)}{more}."
        )
    sentences = [*sheet.cells_said, *understood(rows, mark), *sheet.header_said]
    sentences += [*_said_of_columns(sheet, places), *([said] if said else [])]
    if len({x for x, _ in points}) == 1:
        sentences.append("All x are equal, so the data do not determine the slope (the weight).")
    return Table(points=points, sentences=tuple(sentences))


def _names(sheet: Sheet, places: tuple[int, int]) -> tuple[str, str]:
    """Return the header's names of two columns; "" for a name that says no more than x or y."""
    x, y = (sheet.names[place][:LONGEST_NAME] for place in places)
    said = [f"column {place + 1}" for place in places]
    return ("" if x in ("x", said[0]) else x), ("" if y in ("y", said[1]) else y)


def _said_of_columns(sheet: Sheet, places: tuple[int, int]) -> Iterator[str]:
    """Yield a sentence on which columns are used, where others could be."""
    if sheet.counted_as == "row" and (len(sheet.names) > 2 or places != (0, 1)):
        x_name, y_name = (shown(sheet.columns[place].name) for place in places)
        yield f"x is `{x_name}`, and y is `{y_name}`."


def write_points(points: Sequence[tuple[float, float]]) -> str:
    """Return the points as CSV with the header x,y; `read_points` reads the same numbers back."""
    return "x,y\n" + "".join(f"{float(x)!r},{float(y)!r}\n" for x, y in points)


def add_outlier(points: Pairs) -> Pairs:
    """Return the points with an outlier before them, far from their line.

    The outlier has the smallest x, because a point at the edge tilts a line easily. Its y is six
    interquartile ranges above the median of y, or below it if that would be more than LARGEST. It
    is the first row, so a split in order puts it into the training set.

    Raises:
        DataError: there are already MOST_POINTS points.
    """
    if len(points) >= MOST_POINTS:
        raise DataError(f"No room for one more: own data have at most {MOST_POINTS:,} rows.")
    y = np.array([y for _, y in points], dtype=np.float64)
    low, median, high = np.percentile(y, [25, 50, 75])
    off = OUTLYING * ((high - low) or np.ptp(y) or 1.0)
    outlying = median + off if median + off <= LARGEST else max(median - off, -LARGEST)
    first = min(x for x, _ in points), float(outlying)
    return with_names_of(points, (first, *points))


def _correlation(sheet: Sheet, x: int, y: int) -> float:
    """Return the size of the correlation of two columns; 0 where one says the same as the other."""
    columns = (sheet.numerals(x), sheet.numerals(y))
    pairs = [
        (one.value(sheet.mark), other.value(sheet.mark))
        for one, other in zip(*columns, strict=True)
        if one is not None and other is not None
    ]
    rows = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    if len(rows) < FEWEST_POINTS or not np.isfinite(rows).all() or not rows.std(axis=0).all():
        return 0.0
    size = abs(float(np.asarray(np.corrcoef(rows.T))[0, 1]))
    return size if size < SAME else 0.0
