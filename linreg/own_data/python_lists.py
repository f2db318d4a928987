"""Reads lists and arrays in Python's notation as rows of text. Nothing in them is run."""

import re

_LIST = re.compile(r"(?:\w{1,40}\s*=\s*)?(?:[\w.]{1,40}(?=[\[(]))?(?=[\[(])")
_IN_A_LIST = re.compile(r"[-+0-9.eE,;\s\[\]()]*")
_NAMED_LIST = re.compile(  # x = torch.tensor([1, 2], dtype=torch.float32).unsqueeze(1)
    r"(\w{1,40})\s*=\s*(?:[\w.]{1,40}\()?\[([-+0-9.eE,\s\[\]]*)\]"
    r"(?:\s*,\s*dtype\s*=\s*[\w.]{1,40})?\s*\)?(?:\.\w{1,40}\([-0-9, dim=]{0,40}\))*"
    r"[,;]?[^\S\n]*(?:\n|$)"
)
_COLUMN = re.compile(r"\[([^,\[\]]+)\],?")


def unlisted(lines: list[str]) -> tuple[list[str], bool]:
    """Return the rows of a list in Python's notation, one a line, and whether it is one."""
    filled = [line for line in lines if line.strip()]
    whole = "\n".join(filled).strip()
    named = _named_lists(whole)
    if named:
        return named, True
    start = _LIST.match(whole)
    body = whole[start.end() :] if start else ""
    if not body or body.rstrip(",;")[-1:] not in "])" or not _IN_A_LIST.fullmatch(body):
        return lines, False
    body = re.sub(r"[\])]\s*,\s*(?=[\[(])", "\n", body)
    return re.sub(r"[\[\]()]", "", body).split("\n"), "," in body


def _named_lists(text: str) -> list[str]:
    """Return two rows, each with its name, where the text is nothing but two lists with names."""
    text = re.sub(r"[^\S\n]+", " ", text)  # the patterns would try each place in a long gap
    found = list(_NAMED_LIST.finditer(text))
    if len(found) != 2 or _NAMED_LIST.sub("", text).strip():
        return []
    bodies = [re.sub(r"\s*([,\[\]])\s*", r"\1", each[2]).strip() for each in found]
    bodies = [_COLUMN.sub(r"\1,", body) for body in bodies]
    if any("[" in body or "," not in body for body in bodies):
        return []
    return [f"{each[1]},{body}" for each, body in zip(found, bodies, strict=True)]
