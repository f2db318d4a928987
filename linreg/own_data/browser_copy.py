"""The copy of own data that a browser tab keeps, and the mark that stands for it in an address.

Own data are too long for an address. The address has only a mark, and nobody can compute the data
from it. The tab keeps the data. What a tab sends back is checked like pasted text. Knows nothing of
pages or browsers.
"""

import hashlib
import json
import re
from collections.abc import Sequence

from linreg.formatting import shown
from linreg.own_data.table import LONGEST, DataError, Pairs, read_points, write_points
from linreg.settings.named_pairs import NamedPairs, names_of

OWN = "own"  # name in the address
MOST_KEPT = 2 * LONGEST  # characters; JSON writes a line break as two
_MARK = re.compile("[0-9a-f]{12}")


def mark_of(points: Pairs) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 hash of the points."""
    return hashlib.sha256(write_points(points).encode()).hexdigest()[:12]


def read_mark(texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the mark in an address, or an empty text, and a sentence if the mark is not valid."""
    if not texts:
        return "", ()
    if _MARK.fullmatch(texts[0]):
        return texts[0], ()
    return "", (f"{OWN}=`{shown(texts[0])}` is not a mark of own data; the line is used.",)


def write_kept(points: Pairs, *, standard: bool) -> str:
    """Return the text that a tab keeps: the points, their names, and their units."""
    names = names_of(points)
    kept = {"rows": write_points(points), "standard": standard, "names": [names.x, names.y]}
    return json.dumps(kept)


def read_kept(text: str, mark: str) -> tuple[Pairs, bool]:
    """Return the points that a tab has kept, and whether to show them in standard units.

    Raises:
        DataError: `write_kept` did not write the text for points with this mark.
    """
    if len(text) > MOST_KEPT:
        raise DataError(f"At most {MOST_KEPT:,} characters are kept in a tab.")
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError("The tab has kept no data.") from None
    match {"names": ["", ""], **kept} if isinstance(kept, dict) else kept:
        case {
            "rows": str(rows),
            "standard": bool(standard),
            "names": [str(x), str(y)],
            **more,
        } if not more:
            points = NamedPairs(read_points(rows).points, x, y)
        case _:
            raise DataError("The tab has kept something else.")
    if mark_of(points) != mark:
        raise DataError("The tab has kept other data.")
    return points, standard
