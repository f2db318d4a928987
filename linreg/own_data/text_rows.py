"""Splits a pasted or uploaded text into rows of cells, whatever separates them.

Knows nothing of columns or points. Text that cannot be split raises `DataError`.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linreg.own_data.foreign_files import foreign_kind
from linreg.own_data.numerals import is_missing, read_numeral
from linreg.own_data.python_lists import unlisted

LONGEST = 1_000_000  # characters or bytes of text
MOST_LINES = 20_000  # a quarter of a million would keep all others waiting for seconds
MOST_CELLS = 10_000  # in a row; a table of one row of x and one of y has many
SAMPLE = 100  # rows that decide what separates cells
SAMPLED = 2_000  # characters of each
# Of two that fit equally well the first is used: in "1, 2" the comma separates the cells.
DELIMITERS = {
    "\t": "tabs",
    ";": "semicolons",
    "|": "vertical bars",
    ",": "commas",
    " ": "spaces",
}
Row = tuple[int, list[str]]  # its number (from 1, header and blank rows included) and its cells

_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_COMMENT = re.compile(r"(?:#|//|%(?=[\s%]))(?!\s*[,;\t|])")
_RULER = frozenset("-+=|: \t")  # lines of these divide the header of a Markdown or plain table
_MAYBE_GROUPED = re.compile(r"[0-9] [0-9]{3}(?![^ ])")
_QUOTED = re.compile("'(.*)'|\u2018(.*)\u2019|\u201c(.*)\u201d")


class DataError(ValueError):
    """Text that holds no usable points; the message is one sentence for the student."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a text that are not blank, without the empty cells at their ends.

    widths: of each row by its number, with those empty cells. sentences: what was skipped.
    bracketed: the rows were lists or arrays of Python. maybe_grouped: one space before three digits
    separates cells, but might group thousands.
    """

    rows: list[Row]
    widths: Mapping[int, int]
    delimiter: str
    sentences: tuple[str, ...]
    bracketed: bool = False
    maybe_grouped: bool = False


def split_text(data: str | bytes) -> Rows:
    """Return the rows of a text, at most LONGEST characters, or as many bytes, and MOST_LINES.

    Raises:
        DataError: it is too long, is no text, or its quotation marks do not come in pairs.
    """
    text, sentences = _decoded(data)
    lines = re.split("\r\n|[\r\n\u2028\u2029]", _without_blank_end(text))
    if len(lines) > MOST_LINES:
        raise DataError(f"The text may have {MOST_LINES:,} lines at most, not {len(lines):,}.")
    named, comments = _blank_out(lines)
    if comments:
        sentences.append(
            f"{comments:,} comment {'line was' if comments == 1 else 'lines were'} skipped."
        )
    plain, (lines, listed) = lines, unlisted(lines)
    if listed:
        sentences.append("The text is read as a list of Python.")
    delimiter = "," if listed else named or _delimiter(lines)
    rows = list(_rows(lines, delimiter))
    widest = max((len(cells) for _, cells in rows), default=0)
    if widest > MOST_CELLS:
        raise DataError(f"A row may have {MOST_CELLS:,} cells at most, not {widest:,}.")
    return Rows(
        rows=[(number, _without_empty_end(cells)) for number, cells in rows],
        widths={number: len(cells) for number, cells in rows},
        delimiter=delimiter,
        sentences=tuple(sentences),
        bracketed=lines is not plain,
        maybe_grouped=delimiter == " " and any(map(_MAYBE_GROUPED.search, lines)),
    )


def _decoded(data: str | bytes) -> tuple[str, list[str]]:
    """Return the text without characters that have no width, and how it was decoded."""
    if len(data) > LONGEST:
        unit = "bytes" if isinstance(data, bytes) else "characters"
        raise DataError(f"The text may have {LONGEST:,} {unit} at most, not {len(data):,}.")
    kind = foreign_kind(
        data if isinstance(data, bytes) else data[:LONGEST].encode(errors="replace")
    )
    if kind:
        raise DataError(f"This is {kind}.")
    sentences: list[str] = []
    if isinstance(data, bytes):
        data, sentences = _from_bytes(data)
    if "\x00" in data:
        raise DataError("This is not a text file; save the table as CSV.")
    return _UNSEEN.sub("", data), sentences


def _without_blank_end(text: str) -> str:
    """Return the text up to the end of its last line with more than blank cells."""
    last = len(text.rstrip(" \r\n\u2028\u2029" + "".join(DELIMITERS)))
    end = re.compile("[\r\n\u2028\u2029]").search(text, last)
    return text[: end.start()] if end else text


def _from_bytes(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ["The file is read as UTF-16 text."]
        except UnicodeDecodeError:
            raise DataError("This is not a text file; save the table as CSV.") from None
    if data[:4].count(0) == 2:  # every other byte, without the mark of UTF-16
        order = "le" if data[1] == 0 else "be"
        return data.decode(f"utf-16-{order}", "replace"), ["The file is read as UTF-16 text."]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), ["The file is read as Windows text (cp1252)."]
    except UnicodeDecodeError as error:
        raise DataError(
            f"The file is neither UTF-8 nor Windows text (byte {error.start + 1:,} is not); save "
            "it as CSV UTF-8."
        ) from None


def _blank_out(lines: list[str]) -> tuple[str, int]:
    """Empty lines that are no rows; return the separator that one names, and the comments."""
    named, comments = "", 0
    for place, line in enumerate(lines):
        plain = line.strip()
        separator = _SEPARATOR.fullmatch(line.strip(" "))
        if separator and not named and separator[1] in DELIMITERS and not any(lines[:place]):
            named = separator[1]
        elif _COMMENT.match(plain) and not is_missing(re.split("[,;\t| ]", plain)[0]):
            comments += 1
        elif not _is_ruler(plain):
            continue
        lines[place] = ""
    return named, comments


def _is_ruler(line: str) -> bool:
    marks = set(line)
    return marks <= _RULER and ("---" in line or "===" in line or marks >= {"|", "-"})


def _delimiter(lines: list[str]) -> str:
    """Return the character that separates cells; `csv.Sniffer` also counts letters and quotes."""
    sample = [line[:SAMPLED] for line in lines if line.strip()][:SAMPLE]
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many more cells are numbers than only contain digits, and the split rows."""
    split = [cells for line in sample for cells in _split(line, delimiter) if len(cells) > 1]
    score = 0
    for cells in split:
        for cell in cells:
            if read_numeral(cell):
                score += 1
            elif any(map(str.isdigit, cell[:100])):
                score -= 1
    return score, len(split)


def _split(line: str, delimiter: str) -> list[list[str]]:
    """Return the cells of one line as a list of one row, or of none."""
    try:
        return [_without_empty_end(cells) for _, cells in _rows([line], delimiter)]
    except DataError:
        return []


def _without_empty_end(cells: list[str]) -> list[str]:
    filled = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    return cells[:filled]


def _rows(lines: list[str], delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not blank; a quoted line break does not end a row."""
    if delimiter == " ":
        lines = [re.sub(" +", " ", line.strip(" ")) for line in lines]
    if delimiter == "|":
        lines = [re.sub(r"^\s*\||\|\s*$", "", line) for line in lines]
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=delimiter,
        skipinitialspace=delimiter != " ",
        strict=True,
    )
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            cells = [_unquoted(cell.strip()) for cell in row]
            if any(cells):
                yield number, cells
    except csv.Error as error:
        why = "quotation marks must come in pairs"
        if "field larger" in str(error):  # csv has no error type of its own for this
            why = f"a cell may have {csv.field_size_limit():,} characters at most"
        raise DataError(f"Row {number + 1} cannot be split into cells: {why}.") from None


def _unquoted(cell: str) -> str:
    """Return a cell without quotation marks other than those that `csv` knows."""
    found = _QUOTED.fullmatch(cell)
    return next(filter(None, found.groups()), "") if found else cell
