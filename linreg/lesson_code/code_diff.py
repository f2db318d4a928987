"""What changed between two programs, line by line."""

from difflib import SequenceMatcher


def changed_lines(before: str, after: str) -> tuple[str, ...]:
    """Return the lines that are gone, each after '- ', and the new ones, each after '+ '.

    Lines that are the same in both are left out; blank ones too.
    """
    old, new = before.splitlines(), after.splitlines()
    lines: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += [f"- {line}" for line in old[i:j] if line.strip()]
            lines += [f"+ {line}" for line in new[k:m] if line.strip()]
    return tuple(lines)
