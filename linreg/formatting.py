"""Numbers and names as text that people read, the same on every page."""

import math
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

LONGEST_SHOWN = 40  # characters
FLOAT32 = 7  # decimal digits that a number in float32 holds
LARGE, HUGE = 1e3, 1e7  # between them a number has these digits, and no zeros at its end
MOST_MARKS = 2  # accents above one letter
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(value: object) -> str:
    """Return `value` as short, readable text that is safe in Markdown, between backticks.

    Letters of any script stay. What is not printable is escaped, marks that change the direction of
    text included. A backtick would end the code, and a bar the cell of a table.
    """
    text = repr(value).replace("`", "'").replace("|", r"\x7c")
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
    return "".join(
        letter
        for place, letter in enumerate(short)
        if not all(map(unicodedata.combining, short[max(place - MOST_MARKS, 0) : place + 1]))
    )


def shown_key(key: str) -> str:
    """Return a key as `shown` does; of a long one the end, which tells two layers apart."""
    if len(repr(key)) <= LONGEST_SHOWN:
        return shown(key)
    end = LONGEST_SHOWN // 2
    while len(repr(f"...{key[-end:]}")) > LONGEST_SHOWN:
        end -= 1
    return shown(f"...{key[-end:]}")


def literal(text: str) -> str:
    """Return plain text as Markdown, with underscores and asterisks escaped."""
    return text.replace("_", r"\_").replace("*", r"\*")


@lru_cache(maxsize=4_096)  # the labels of a slider are written at each change
def number_text(value: float) -> str:
    """Return a number in its shortest form: 0.01, 200, 1.5; tiny and huge ones as 1e-07, 1e+16."""
    if value != 0 and not 1e-6 <= abs(value) < 1e16:
        return f"{value:.10g}"
    text = f"{Decimal(f'{value + 0.0:.15g}'):f}"  # an exact number of 10 digits stays exact
    return text.rstrip("0").rstrip(".") if "." in text else text


def no_formula(text: str) -> str:
    """Return a text for a cell of a CSV file; one that a spreadsheet would compute is quoted."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def significant(value: float, digits: int = 4) -> str:
    """Return a number with so many digits, grouped: 0.0245, 123,500, 2.371×10¹², 10⁻⁶."""
    value = float(value)
    if value == 0 or not math.isfinite(value):
        return f"{value + 0.0:g}"
    rounded = float(f"{value:.{digits}g}")
    if 1e-4 <= abs(rounded) < 10 ** max(digits, 6):
        return f"{rounded:,.15g}"
    factor, power = f"{rounded:.{digits - 1}e}".split("e")
    if "." in factor:
        factor = factor.rstrip("0").rstrip(".")
    times_ten = f"{factor}×10{str(int(power)).translate(RAISED)}"
    return times_ten.replace("1×10", "10", 1) if factor in ("1", "-1") else times_ten


def as_given(value: float) -> str:
    """Return a number with all digits that float32 holds: 116,969, 39,343, 2,371.25."""
    return significant(value, FLOAT32)


def measured(value: float, otherwise: Callable[[float], str] = as_given) -> str:
    """Return a number of the data: a whole one of four digits without a comma, as it may be a year.

    Arguments:
        otherwise: writes all other numbers below 1,000.
    """
    is_like_a_year = float(value).is_integer() and 1000 <= abs(value) < 10_000
    if is_like_a_year:
        return f"{value:.0f}"
    return as_given(value) if abs(value) >= LARGE else otherwise(value)


def number(value: float) -> str:
    """Return a number with four decimals, or with its digits if it is tiny or large."""
    value = float(value)  # in float32 round() of a large number overflows
    is_tiny = abs(value) < LARGE and round(abs(value), 6) < 1e-2
    return significant(value) if is_tiny else decimals(value, ".4f")


def decimals(value: float, spec: str = "z.4f") -> str:
    """Return a number for a column of a table, with four decimals whenever it is below 1,000.

    A larger one has the digits of float32, and a huge one four of them.

    Arguments:
        spec: the format below 1,000; "z.4f", or "+z.4f" to show the sign. With z no zero has one.
    """
    if abs(value) < LARGE:
        return f"{value:{spec}}"
    sign = "+" if spec[0] == "+" and value > 0 else ""
    return sign + (as_given(value) if abs(value) < HUGE else significant(value))


def loss_text(loss: float) -> str:
    """Return a loss with six decimals, a large one with two; with four digits if it is tiny."""
    if 1e-3 <= loss < 1e3:
        return f"{loss:.6f}"
    return f"{loss:,.2f}" if 1e3 <= loss < 1e6 else significant(loss)


def pair(one: float, other: float) -> str:
    """Return two numbers as a point: (0.3367, 0.1288)."""
    return f"({number(one)}, {number(other)})"


def formula(weight: float, bias: float) -> str:
    """Return a line as its equation: y = 0.7000 x + 0.3000."""
    return f"y = {number(weight)} x {'-' if bias < 0 else '+'} {number(abs(bias))}"


def apart(one: float, other: float, text: Callable[[float], str] = number) -> tuple[str, str]:
    """Return two numbers, with so many digits that different numbers have different texts.

    Arguments:
        text: writes both, if that is enough.
    """
    texts = text(one), text(other)
    for digits in range(5, 10):
        if one == other or texts[0] != texts[1]:
            break
        texts = significant(one, digits), significant(other, digits)
        places = max(len(text.partition(".")[2]) for text in texts)
        if "×" not in "".join(texts):  # both to the same place: 0.1288094 and 0.1288090
            texts = f"{one:,.{places}f}", f"{other:,.{places}f}"
    return texts


def counted(count: int, what: str) -> str:
    """Return a count with its noun: 1 row, 40 rows; 1 loss, 40 losses."""
    ending = "es" if what.endswith("s") else "s"
    return f"{count} {what}" if count == 1 else f"{count} {what}{ending}"


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Return names as code: `a`, `b`, `c` and 2 more; none, if there are none.

    Arguments:
        names: text that is safe between backticks.
        most: how many are named; None: all.
    """
    said = ", ".join(f"`{name}`" for name in names[:most]) or "none"
    more = len(names) - len(names[:most])
    return f"{said} and {more:,} more" if more else said


def short_count(count: float) -> str:
    """Return a large count for an axis: 500, 20k, 10M."""
    for letter, size in (("M", 1_000_000), ("k", 1_000)):
        if count >= size:
            return f"{count / size:g}{letter}"
    return f"{count:g}"


def rough_count(count: float) -> str:
    """Return a measured count with two digits, as no more of them are exact: 81,000, 2.4×10¹²."""
    return significant(count, 2)


def times(ratio: float) -> str:
    """Return how many times as much something is: 2.5 times, 120 times, 1.04 times."""
    digits = 4 if 0.9 < ratio < 1.1 else 2
    return f"{ratio:.{digits}g} times" if ratio < 99.5 else f"{ratio:.0f} times"


def percent(share: float) -> str:
    """Return a share from 0 to 1 as percent, with two digits: 3.5 %."""
    return f"{float(f'{100 * min(share, 1):.2g}'):g} %"


def duration(seconds: float) -> str:
    """Return a time with three digits in a suitable unit: 180 µs, 1.63 ms, 2.5 s."""
    rounded = float(f"{seconds:.3g}")
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if rounded >= size:
            return f"{float(f'{rounded / size:.3g}'):.15g} {unit}"
    return f"{float(f'{rounded * 1e9:.3g}'):.15g} ns"


def span(values: Sequence[float]) -> str:
    """Return the range of some numbers: 0.1000 to 0.9000, or all 0.5000."""
    low, high = apart(min(values), max(values))
    return f"all {low}" if low == high else f"{low} to {high}"


def or_overflow(value: float, text: Callable[[float], str]) -> str:
    """Return a number by `text`, and NaN or infinity as "an overflow"."""
    return text(value) if math.isfinite(value) else "an overflow"
