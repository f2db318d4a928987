"""The two chosen cells of each row: which rows are used, what is wrong, what was understood.

Knows nothing of how columns are chosen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linreg.formatting import counted, number_text, shown
from linreg.own_data.columns import Sheet
from linreg.own_data.numerals import SAME, Numeral, is_missing, scale_of
from linreg.own_data.text_rows import DataError

LARGEST = 1_000_000  # size of a number; float32 still holds the sum of their squares
NAMED = 3  # rows that a message names
UNITS = ((3, "thousands"), (6, "millions"), (9, "billions"), (12, "trillions"))  # powers of ten


class MarkError(DataError):
    """A number that may mean two, and the other numbers of the table do not tell which.

    cell: its text. by_dot, by_comma: its value if the dot, or the comma, marks decimals.
    """

    def __init__(self, sentence: str, cell: str, numeral: Numeral) -> None:
        super().__init__(sentence)
        self.cell = cell
        self.by_dot = numeral.by_dot
        self.by_comma = numeral.by_comma


@dataclass(frozen=True, kw_only=True)
class ChosenRow:
    """The cells x and y of a row, as text and as numbers.

    number: of the row, as the student counts. whole: the text of a row with too many cells, or "".
    """

    number: int
    cells: tuple[str, str]
    numerals: tuple[Numeral | None, Numeral | None]
    too_many: str = ""


def choose_rows(sheet: Sheet, x: int, y: int) -> tuple[list[ChosenRow], list[int]]:
    """Return the rows with both values, and the numbers of those where a value is missing."""
    used: list[ChosenRow] = []
    skipped: list[int] = []
    cells = zip(sheet.cells(x), sheet.cells(y), strict=True)
    numerals = zip(sheet.numerals(x), sheet.numerals(y), strict=True)
    for (number, row), texts, values in zip(sheet.rows, cells, numerals, strict=True):
        wide = len(row) > len(sheet.names)
        if not wide and any(map(is_missing, texts)):
            skipped.append(number)
            continue
        said = sheet.delimiter.join(row) if wide else ""
        used.append(ChosenRow(number=number, cells=texts, numerals=values, too_many=said))
    return used, skipped


def check_rows(sheet: Sheet, rows: Sequence[ChosenRow], mark: str) -> None:
    """Raise DataError if rows have no two numbers, and name the first ones.

    Arguments:
        mark: the mark of decimals, or "" if nothing decides; then each number must be clear.
    """
    columns = [[n for row in rows if (n := row.numerals[i])] for i in (0, 1)]
    units = [next((n.affix for n in column if not scale_of(n)), "") for column in columns]
    advice = [_advice(column, mark) for column in columns]
    problems = []
    for row in rows:
        wrong = _wrong(sheet, row, units, advice, mark)
        if wrong:
            problems.append(f"{sheet.counted_as} {row.number}: {wrong}")
    if problems:
        more = len(problems) - NAMED
        rest = f"; and {counted(more, f'more {sheet.counted_as}')}" if more > 0 else ""
        said = _said_once("; ".join(problems[:NAMED]), advice) + rest
        raise DataError(f"{said[0].upper()}{said[1:]}.")
    if not mark:
        _check_marks(sheet, rows)


def _said_once(said: str, advice: Sequence[str]) -> str:
    """Return the problems with the same advice only after the first that it is for."""
    for each in advice:
        before, given, after = said.partition(f"; {each}")
        said = before + given + (after.replace(given, "") if given else "")
    return said


def _advice(column: Sequence[Numeral], mark: str) -> str:
    """Return how to write a column so that no number is too large or needs a word for its size."""
    sizes = [abs(numeral.value(mark)) * 10 ** scale_of(numeral) for numeral in column]
    largest = max(filter(math.isfinite, sizes), default=0.0)
    said = max(map(scale_of, column), default=0)
    fitting = (unit for power, unit in UNITS if power > said - 3 and largest <= LARGEST * 10**power)
    return f"write all numbers of its column in {next(fitting, 'a larger unit')}"


def _wrong(
    sheet: Sheet, row: ChosenRow, units: Sequence[str], advice: Sequence[str], mark: str
) -> str:
    """Return a part of a sentence that says what is wrong with a row, or ""."""
    if row.too_many:
        cells = counted(row.too_many.count(sheet.delimiter) + 1, "column")
        return f"{cells} instead of {len(sheet.names)}, `{shown(row.too_many)}`"
    parts = zip(row.cells, row.numerals, units, advice, strict=True)
    return next(filter(None, (_wrong_cell(*part, mark) for part in parts)), "")


def _wrong_cell(cell: str, numeral: Numeral | None, unit: str, advice: str, mark: str) -> str:
    said = f"`{shown(cell)}`"
    if numeral is None:
        return f"{said} is not a number"
    if scale_of(numeral):
        return f"{said} is not a plain number; {advice}"
    value = numeral.value(mark)
    if not math.isfinite(value):
        return f"{said} is not a finite number"
    if abs(value) > LARGEST:
        return f"{said} is not between {-LARGEST:,} and {LARGEST:,}; {advice}"
    if numeral.affix != unit:
        first = f"has the unit `{shown(unit)}`" if unit else "has no unit"
        return f"{said} differs in its unit: the first number {first}"
    return ""


def _check_marks(sheet: Sheet, rows: Sequence[ChosenRow]) -> None:
    for row in rows:
        for cell, numeral in zip(row.cells, row.numerals, strict=True):
            if numeral is not None and numeral.between:
                what = {",": "comma", ".": "dot"}[numeral.between]
                values = (numeral.by_comma, numeral.by_dot)
                grouped, decimal = max(values, key=abs), min(values, key=abs)
                raise MarkError(
                    f"`{shown(cell)}` in {sheet.counted_as} {row.number} may be "
                    f"{number_text(grouped)} or {number_text(decimal)}, and the other numbers "
                    f"of the table do not tell whether the {what} groups thousands or marks "
                    "decimals.",
                    cell,
                    numeral,
                )


def understood(rows: Sequence[ChosenRow], mark: str) -> Iterator[str]:
    """Yield a sentence for each way of writing numbers that is not Python's own."""
    found = [
        (cell, numeral)
        for row in rows
        for cell, numeral in zip(row.cells, row.numerals, strict=True)
        if numeral is not None
    ]
    if any("," in cell and (mark == "," or n.mark == ",") for cell, n in found):
        yield "The comma is read as the decimal mark."
    by_affix: dict[str, tuple[str, Numeral]] = {}
    for cell, numeral in found:
        if numeral.affix:
            by_affix.setdefault(numeral.affix, (cell, numeral))
    for affix, (cell, numeral) in list(by_affix.items())[:2]:
        value = number_text(numeral.value(mark))
        yield f"The sign or unit `{shown(affix)}` is left out: `{shown(cell)}` is {value}."
    grouped = next(((c, n) for c, n in found if not n.affix and _is_grouped(c, n, mark)), None)
    if grouped:
        cell, numeral = grouped
        yield f"Thousands are grouped: `{shown(cell)}` is {number_text(numeral.value(mark))}."


def skipped_sentence(numbers: Sequence[int], counted_as: str) -> str:
    """Return a sentence about rows with a missing value, or ""."""
    if not numbers:
        return ""
    first = ", ".join(map(str, numbers[:NAMED])) + (" ..." if len(numbers) > NAMED else "")
    if len(numbers) == 1:
        return f"1 {counted_as} with a missing value was skipped: {counted_as} {first}."
    return (
        f"{len(numbers):,} {counted_as}s with a missing value were skipped: {counted_as}s {first}."
    )


def _is_grouped(cell: str, numeral: Numeral, mark: str) -> bool:
    """Return whether a cell has a separator that does not mark decimals."""
    digits = cell.translate(SAME).lstrip("+- ")
    try:
        return float(digits.replace(",", ".")) != abs(numeral.value(mark))
    except ValueError:
        return True
