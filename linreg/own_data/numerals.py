"""Reads one cell of a table as a number, with the signs and separators that people write.

A comma or a dot may mark decimals or group thousands. Where a cell alone does not tell which, the
numeral has both values, and the table decides (`linreg.own_data.columns`). Knows nothing of rows.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_NUMBER = 1_000  # characters of a cell that are looked at as a number
MISSING = frozenset(
    (
        *("", "na", "n/a", "n.a.", "nan", "null", "none", "-", "--", "---", "?", ".", ".."),
        *("\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "\N{HORIZONTAL ELLIPSIS}"),
        *("#n/a", "#na", "#nv", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!"),
    )
)
"""Cells without a value, in lower case."""

SAME = str.maketrans(
    {
        **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{FULLWIDTH HYPHEN-MINUS}", "-"),
        **dict.fromkeys("\N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{THIN SPACE}\u202f", " "),
        **dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{PRIME}", "'"),
        "\N{ARABIC DECIMAL SEPARATOR}": ",",
        "\N{ARABIC THOUSANDS SEPARATOR}": " ",
    }
)
"""Signs that mean the same in a number, as `str.translate` takes them."""

_CURRENCY = r"(?:[A-Z]{0,3}[$\u20a0-\u20bf£¥฿]|[A-Z]{3}(?= ))"
_UNIT = r"(?:[%‰°$£¥€₹]|[^\W\d_])(?:[^\W\d_]|[°%/²³·^.*$-]){0,12}(?:(?<=[ms^])[23])?"
_CELL = re.compile(
    rf"(?P<front>{_CURRENCY})? ?(?P<sign>[-+]?) ?(?P<inner>{_CURRENCY})? ?"
    rf"(?P<digits>[0-9.,' ]*[0-9.,])(?P<power>[eE][-+]?[0-9]+)? ?(?P<back>{_UNIT})?"
)
_SCALES = (  # the power of ten that a word behind a number says
    (3, re.compile(r"(?i:tsd|thousands?)|k")),
    (5, re.compile(r"(?i:lakhs?)")),
    (6, re.compile(r"(?i:mio|mln|mill|millions?)|M")),
    (7, re.compile(r"(?i:crores?)")),
    (9, re.compile(r"(?i:mrd|bn|billions?)")),
    (12, re.compile(r"(?i:trillions?)")),
)
_SPACED = re.compile(r"[0-9]{1,3}(?:([ '])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
_GROUPS = r"[1-9][0-9]{0,2}(?:%s[0-9]{2,3})*%s[0-9]{3}"  # thousands, or Indian lakhs
_PLAIN = re.compile(r"[-+]?[0-9]+(?:(\.)(?:[0-9]{1,2}|[0-9]{4,}))?")  # for speed
_INFINITE = re.compile(r"[-+]?inf(?:inity)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """A cell as a number.

    by_dot, by_comma: its value if the dot, or the comma, marks decimals; equal in most cases.
    mark: the mark of decimals that this cell proves, "." or ","; "" if it proves none.
    between: the separator whose meaning is open, or "".
    affix: the currency before it and the unit behind it.
    """

    by_dot: float
    by_comma: float
    mark: str = ""
    between: str = ""
    affix: str = ""

    def value(self, mark: str) -> float:
        """Return the number, where `mark` is the table's mark of decimals."""
        return self.by_comma if mark == "," else self.by_dot


def is_missing(cell: str) -> bool:
    """Return whether a cell says that there is no value."""
    return cell.lower() in MISSING


def scale_of(numeral: Numeral) -> int:
    """Return the power of ten that a word or letter behind the number says; 0 without one."""
    word = numeral.affix.rpartition(" ")[2].rstrip("$€£¥.")
    return next((power for power, words in _SCALES if words.fullmatch(word)), 0)


def read_numeral(cell: str) -> Numeral | None:
    """Return a cell as a number, or None if it is none."""
    if not cell or len(cell) > LONGEST_NUMBER:
        return None
    plain = _PLAIN.fullmatch(cell)
    if plain:
        value = float(cell)
        return Numeral(by_dot=value, by_comma=value, mark=plain[1] or "")
    if _INFINITE.fullmatch(cell):
        return Numeral(by_dot=float(cell), by_comma=float(cell))
    text = cell.translate(SAME)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c, c)) for c in text)
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    digits, power = found["digits"], found["power"] or ""
    affix = " ".join(filter(None, (found["front"] or found["inner"], found["back"])))
    spaced = bool(_SPACED.fullmatch(digits))
    if spaced:
        digits = digits.replace(" ", "").replace("'", "")
    marked = _marked(digits, known=spaced or bool(power))
    if marked is None:
        return None
    by_dot, by_comma, mark = marked
    return Numeral(
        by_dot=float(f"{found['sign']}{by_dot}{power}"),
        by_comma=float(f"{found['sign']}{by_comma}{power}"),
        mark=mark,
        between="" if by_dot == by_comma else "," if "," in digits else ".",
        affix=affix,
    )


def _marked(digits: str, *, known: bool) -> tuple[str, str, str] | None:
    """Return digits as float() reads them, by dot and by comma, and the mark that they prove.

    Arguments:
        known: one separator alone marks decimals, since other signs group the thousands.
    """
    commas, dots = digits.count(","), digits.count(".")
    if not commas and not dots:
        return (digits, digits, "") if digits.isdigit() else None
    last = "," if digits.rfind(",") > digits.rfind(".") else "."
    other = "." if last == "," else ","
    if digits.count(last) > 1 or digits.count(other) > 1 or digits.count(other):
        return _grouped(digits, last, other)
    head, _, tail = digits.partition(last)
    decimal = f"{head}.{tail}"
    if not (head + tail).isdigit() or (last == "," and not tail):
        return None
    if known or len(tail) != 3 or len(head) > 3 or head[:1] in ("", "0"):
        return decimal, decimal, last
    return (decimal, head + tail, "") if last == "." else (head + tail, decimal, "")


def _grouped(digits: str, last: str, other: str) -> tuple[str, str, str] | None:
    """Return digits with groups of thousands, as `_marked` does."""
    if other not in digits:  # 1,234,567
        groups = _GROUPS % (re.escape(last), re.escape(last))
        plain = digits.replace(last, "")
        return (plain, plain, other) if re.fullmatch(groups, digits) else None
    groups = _GROUPS % (re.escape(other), re.escape(other))
    if not re.fullmatch(f"{groups}{re.escape(last)}[0-9]*", digits):  # 1,234.5
        return None
    plain = digits.replace(other, "").replace(last, ".")
    return plain, plain, last
