"""Compares two programs line by line."""

from difflib import SequenceMatcher


def changed_lines(before: str, after: str) -> tuple[str, ...]:
    """Return the removed lines, each with '- ' in front, and the new ones with '+ ' in front.

    Lines that are in both programs are left out, and so are blank lines.
    """
    old, new = before.splitlines(), after.splitlines()
    lines: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += [f"- {line}" for line in old[i:j] if line.strip()]
            lines += [f"+ {line}" for line in new[k:m] if line.strip()]
    return tuple(lines)
