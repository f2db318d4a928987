"""Names files that are something else than what was asked for, by how they begin.

A download often gives a web page or a Git LFS pointer in place of the file. Knows nothing of
tables or models.
"""

import re

_BEGINNINGS = (
    (b"version https://git-lfs", "a Git LFS pointer, which only names the file; download the file"),
    (b"%PDF", "a PDF; copy the table out of it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an Excel file; save it as CSV"),
)
_EXCEL = b"xl/workbook"  # an entry in the zip archive of an .xlsx
_ZIP = b"PK\x03\x04"
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml|!--|table|div)\b", re.IGNORECASE
)
_SEEN = 4_096  # bytes that are looked at


def foreign_kind(data: bytes) -> str:
    """Return what a file is, in words that follow "is", if it is a well-known kind; else ""."""
    start = data[:_SEEN]
    if _PAGE.match(start):
        return "a web page; download the file itself"
    if start.startswith(_ZIP) and _EXCEL in data:
        return "an Excel file; save it as CSV"
    return next((kind for begin, kind in _BEGINNINGS if start.lstrip().startswith(begin)), "")
