"""Finds titles and notes that stand above the header of a table, whatever they hold.

A title may hold numbers, such as a year. Knows nothing of the columns' names.
"""

from linreg.formatting import shown
from linreg.own_data.numerals import is_missing, read_numeral
from linreg.own_data.text_rows import SAMPLE, DataError, Row

MOST_TITLES = 20  # rows above a header
WIDEST = 200  # columns that are looked at
PAIR = 2  # columns that a table has at least


def skip_titles(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Return the rows from the header on, and a sentence for each title above it with a number.

    A header is the first row of words above columns of numbers. Titles without any number stay.

    Raises:
        DataError: a row above such a row of words holds numbers in all these columns.
    """
    first = next((i for i, (_, cells) in enumerate(rows) if any(map(read_numeral, cells))), 0)
    for place in range(first + 1, min(len(rows) - 1, first + MOST_TITLES + 1)):
        if any(map(read_numeral, rows[place][1])):
            continue
        columns = _number_columns(rows[place + 1 :])
        if not _is_header(rows[place][1], columns):
            continue
        above = rows[:place]
        if any(_is_header(cells, columns) for _, cells in above):
            return rows, []
        if not all(_is_title(cells, columns) for _, cells in above):
            number, cells = rows[place]
            raise DataError(
                f"Row {number}, `{shown(', '.join(cells))}`, holds no numbers: leave it out or, if "
                "it is the header, leave out the rows above it."
            )
        return rows[place:], [_skipped(number) for number, _ in above]
    return rows, []


def skip_titles_of_two(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Return the last two rows and what was skipped, where those above are titles of two rows.

    A title is much shorter; with one cell fewer it would rather be a header of named rows.
    """
    above, two = rows[:-PAIR], rows[-PAIR:]
    most = min(PAIR, *(len(cells) - PAIR for _, cells in two)) if above else 0
    if len(above) > MOST_TITLES or not all(len(c) <= most and _has_words(c) for _, c in above):
        return rows, []
    return two, [_skipped(number) for number, _ in above]


def _number_columns(rows: list[Row]) -> list[int]:
    """Return the places where most cells that are not missing are numbers."""
    found: dict[int, list[bool]] = {}
    for _, cells in rows[:SAMPLE]:
        for place, cell in enumerate(cells[:WIDEST]):
            if not is_missing(cell):
                found.setdefault(place, []).append(read_numeral(cell) is not None)
    return [place for place, numbers in found.items() if 2 * sum(numbers) > len(numbers)]


def _is_header(cells: list[str], columns: list[int]) -> bool:
    """Return whether words stand above all columns of numbers; one with row names may have none."""
    words = [cell for cell in cells if cell and not is_missing(cell)]
    enough = len(words) >= max(PAIR, len(columns) - 1)
    return len(columns) >= PAIR and enough and not any(map(read_numeral, cells))


def _is_title(cells: list[str], columns: list[int]) -> bool:
    """Return whether a row holds one cell, or words and not a number in each column of numbers."""
    if sum(map(bool, cells)) == 1:
        return True
    full = all(place < len(cells) and read_numeral(cells[place]) for place in columns)
    return _has_words(cells) and not full


def _has_words(cells: list[str]) -> bool:
    return any(not is_missing(cell) and read_numeral(cell) is None for cell in cells)


def _skipped(number: int) -> str:
    return f"Row {number} is skipped as a title."
