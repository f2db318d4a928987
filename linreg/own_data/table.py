"""Reads a student's own data from pasted text or a file, and writes points as text.

Knows nothing of pages or training. Text that cannot be used raises `DataError`; its one sentence
counts the rows as the student sees them.
"""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from linreg.core.experiment import FEWEST_POINTS, MOST_POINTS
from linreg.formatting import counted, shown

Pairs = tuple[tuple[float, float], ...]
Row = tuple[int, list[str]]  # its number (from 1, header and blank rows included) and its cells

LONGEST = 1_000_000  # characters or bytes of text
LARGEST = 1_000_000  # size of a number; float32 still holds the sum of their squares
SAMPLE = 100  # rows that decide what separates cells
NAMED = 3  # bad rows that a message names
OUTLYING = 6  # interquartile ranges from the median to the outlier
# Of two that fit equally well the first is used: in "1, 2" the comma separates the cells.
DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "spaces"}


class DataError(ValueError):
    """Text that holds no usable points; the message is one sentence for the student."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Points, and sentences that say how the text was understood."""

    points: Pairs
    sentences: tuple[str, ...]


def read_points(text: str | bytes) -> Table:
    """Return the points in `text`: two columns, x and y, with or without a header.

    Cells are separated by tabs, semicolons, commas or spaces, whichever gives the most rows of two
    numbers. If the comma does not separate cells, it is the decimal mark. Blank rows and empty
    cells at the end of a row are skipped. A first row without any number is the header.

    Arguments:
        text: at most LONGEST characters, or as many bytes of UTF-8.

    Raises:
        DataError: there are not 2 to MOST_POINTS rows of two finite numbers of at most LARGEST in
            size. The sentence names up to three rows, their text, and what is wrong.
    """
    lines = _lines(text)
    delimiter = _delimiter(lines)
    rows = list(_rows(lines, delimiter))
    header = rows[:1] if rows and not any(_is_number(c, delimiter) for c in rows[0][1]) else []
    rows = rows[len(header) :]
    if len(rows) > MOST_POINTS:
        raise DataError(f"At most {MOST_POINTS:,} rows of numbers can be used, not {len(rows):,}.")
    points = _points(rows, delimiter)
    if len(points) < FEWEST_POINTS:
        raise DataError(
            f"At least {FEWEST_POINTS} rows of two numbers are needed, not {len(points)}."
        )
    sentences = _understood(header, rows, delimiter)
    if len({x for x, _ in points}) == 1:
        sentences.append("All x are equal, so the data do not determine the slope (the weight).")
    return Table(points=points, sentences=tuple(sentences))


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
    return ((min(x for x, _ in points), float(outlying)), *points)


def _lines(text: str | bytes) -> list[str]:
    if len(text) > LONGEST:
        unit = "bytes" if isinstance(text, bytes) else "characters"
        raise DataError(f"The text may have {LONGEST:,} {unit} at most, not {len(text):,}.")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(
                f"The text is not UTF-8 (byte {error.start + 1:,} is not); save it as CSV UTF-8."
            ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [f"{line}\n" for line in text.split("\n")]


def _delimiter(lines: list[str]) -> str:
    """Return the character that separates cells; `csv.Sniffer` also counts letters and quotes."""
    sample = [line for line in lines if line.strip()][:SAMPLE]

    def fit(delimiter: str) -> tuple[int, int]:
        split = [cells for line in sample for cells in _split(line, delimiter)]
        pairs = [cells for cells in split if len(cells) == 2]
        numbers = [all(_is_number(cell, delimiter) for cell in cells) for cells in pairs]
        return sum(numbers), sum(len(cells) > 1 for cells in split)

    return max(DELIMITERS, key=fit)


def _split(line: str, delimiter: str) -> list[list[str]]:
    """Return the cells of one line as a list of one row, or of none."""
    try:
        return [cells for _, cells in _rows([line], delimiter)]
    except DataError:
        return []


def _rows(lines: list[str], delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not blank; a quoted line break does not end a row."""
    if delimiter == " ":
        lines = [re.sub(" +", " ", line.strip()) + "\n" for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != " ", strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
    except csv.Error as error:
        why = "quotation marks must come in pairs"
        if "field larger" in str(error):  # csv has no error type of its own for this
            why = f"a cell may have {csv.field_size_limit():,} characters at most"
        raise DataError(f"Row {number + 1} cannot be split into cells: {why}.") from None


def _points(rows: list[Row], delimiter: str) -> Pairs:
    points, problems = [], []
    for number, cells in rows:
        try:
            points.append(_point(cells, delimiter))
        except DataError as error:
            problems.append(f"row {number}: {error}")
    if problems:
        more = len(problems) - NAMED
        rest = f"; and {more:,} more {'row' if more == 1 else 'rows'}" if more > 0 else ""
        said = "; ".join(problems[:NAMED]) + rest
        raise DataError(f"{said[0].upper()}{said[1:]}.")
    return tuple(points)


def _point(cells: list[str], delimiter: str) -> tuple[float, float]:
    """Return x and y; raise DataError with a part of a sentence that says what is wrong."""
    if len(cells) != 2:
        columns = counted(len(cells), "column")
        raise DataError(f"{columns} instead of 2, `{shown(delimiter.join(cells))}`")
    x, y = (_checked(cell, delimiter) for cell in cells)
    return x, y


def _checked(cell: str, delimiter: str) -> float:
    try:
        number = _number(cell, delimiter)
    except ValueError:
        raise DataError(f"`{shown(cell)}` is not a number") from None
    if not math.isfinite(number):
        raise DataError(f"`{shown(cell)}` is not a finite number")
    if abs(number) > LARGEST:
        raise DataError(f"`{shown(cell)}` is larger than {LARGEST:,}")
    return number


def _number(cell: str, delimiter: str) -> float:
    plain = cell.replace("\u2212", "-")  # the minus sign of typeset tables
    if "_" in plain:  # Python's own 1_000 is not a number to other people
        raise ValueError
    return float(plain if delimiter == "," or "." in plain else plain.replace(",", ".", 1))


def _is_number(cell: str, delimiter: str) -> bool:
    try:
        _number(cell, delimiter)
    except ValueError:
        return False
    return True


def _understood(header: list[Row], rows: list[Row], delimiter: str) -> list[str]:
    sentences = [f"Cells are separated by {DELIMITERS[delimiter]}."]
    if delimiter != "," and any("," in cell for _, cells in rows for cell in cells):
        sentences.append("The comma is read as the decimal mark.")
    for number, cells in header:
        sentences.append(f"Row {number} is read as the header, `{shown(', '.join(cells))}`.")
    return sentences
