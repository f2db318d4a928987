"""Own data as a browser's tab keeps them, and the mark by which an address speaks of them.

Own data are too long for an address. So that has only a mark, from which they can't be had; the tab
in which they were brought in keeps them. What a tab brings back is checked like any pasted text.
Knows nothing of pages or browsers.
"""

import hashlib
import json
import re
from collections.abc import Sequence

from linreg.formatting import shown
from linreg.own_data.table import LONGEST, DataError, Pairs, read_points, write_points

OWN = "own"  # name in the address
MOST_KEPT = 2 * LONGEST  # characters; JSON writes a line break as two
_MARK = re.compile("[0-9a-f]{12}")


def mark_of(points: Pairs) -> str:
    """Return 12 hexadecimal digits that other points hardly have."""
    return hashlib.sha256(write_points(points).encode()).hexdigest()[:12]


def read_mark(texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the mark that an address holds, or nothing; and a sentence where it is no mark."""
    if not texts:
        return "", ()
    if _MARK.fullmatch(texts[0]):
        return texts[0], ()
    return "", (f"{OWN}=`{shown(texts[0])}` is no mark of own data; the line is used.",)


def write_kept(points: Pairs, *, standard: bool) -> str:
    """Return what a tab is to keep: the points, and whether they are shown in standard units."""
    return json.dumps({"rows": write_points(points), "standard": standard})


def read_kept(text: str, mark: str) -> tuple[Pairs, bool]:
    """Return the points that a tab has kept, and whether they are shown in standard units.

    Raises:
        DataError: the text is not what `write_kept` wrote of the points with this mark.
    """
    if len(text) > MOST_KEPT:
        raise DataError(f"At most {MOST_KEPT:,} characters are kept in a tab.")
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError("The tab has kept no data.") from None
    match kept:
        case {"rows": str(rows), "standard": bool(standard), **more} if not more:
            points = read_points(rows).points
        case _:
            raise DataError("The tab has kept something else.")
    if mark_of(points) != mark:
        raise DataError("The tab has kept other data.")
    return points, standard
