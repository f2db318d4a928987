"""Joins lines of the lesson's code, and breaks those that would be too long."""

import textwrap

WIDTH = 65  # characters in most lines: as many as a laptop shows beside the output


def join_lines(*lines: str | None) -> str:
    """Return the lines that are not None, one below the other."""
    return "\n".join(line for line in lines if line is not None)


def indent_lines(text: str) -> str:
    """Return `text` indented by one level."""
    return textwrap.indent(text, " " * 4)


def write_call(start: str, *arguments: str, indent: int = 0) -> str:
    """Return a call in as few lines as are short enough where it stands `indent` characters in.

    Arguments:
        start: the line up to the opening parenthesis.
    """
    line = f"{start}({', '.join(arguments)})"
    if indent + len(line) <= WIDTH:
        return line
    inside = ", ".join(arguments)
    if indent + 4 + len(inside) > WIDTH:
        inside = "".join(f"{argument},\n" for argument in arguments).rstrip()
    return join_lines(f"{start}(", indent_lines(inside), ")")
