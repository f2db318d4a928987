"""Numbers as text that people read, the same on every page."""

import math
from collections.abc import Sequence
from functools import lru_cache


def shown(value: object) -> str:
    """Return `value` as short, plain ASCII text that is safe in Markdown, between backticks.

    A backtick would end the code that it stands in, a bar the cell of a table.
    """
    text = ascii(value).replace("`", "'").replace("|", r"\x7c")
    return text if len(text) <= 40 else text[:37] + "..."


@lru_cache(maxsize=4_096)  # a ladder's labels are written at each change of a setting
def number_text(value: float) -> str:
    """Return a number in its shortest form without an exponent: 0.01, 200, 1.5."""
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def number(value: float) -> str:
    """Return a number with four decimals; with four digits where decimals would say less."""
    value = float(value)  # rounded as a float32, a large one would overflow
    if value == 0:
        return "0"
    if math.isfinite(value) and 1e-2 <= round(abs(value), 6) < 1e5:
        return f"{value:.4f}"
    return f"{value:.4g}"


def apart(one: float, other: float) -> tuple[str, str]:
    """Return two numbers with as many digits as show that they differ, if they do."""
    texts = number(one), number(other)
    for digits in range(5, 10):
        if one == other or texts[0] != texts[1]:
            break
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
    return texts


def counted(count: int, what: str) -> str:
    """Return a count with its noun: 1 row, 40 rows."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def duration(seconds: float) -> str:
    """Return a time with three digits in the unit that fits: 180 µs, 1.63 ms, 2.5 s."""
    rounded = float(f"{seconds:.3g}")
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if rounded >= size:
            return f"{float(f'{rounded / size:.3g}'):.15g} {unit}"
    return f"{float(f'{rounded * 1e9:.3g}'):.15g} ns"


def span(values: Sequence[float]) -> str:
    """Return the range of some numbers."""
    low, high = min(values), max(values)
    return f"all {number(low)}" if low == high else f"{number(low)} to {number(high)}"
