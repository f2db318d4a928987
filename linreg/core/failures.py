"""Errors of PyTorch and of the machine: what they mean, and their text for a page."""

import re

import torch

LONGEST_SAID = 120  # characters of an error's text on a page
_FULL = re.compile(r"out of memory|not enough memory|can't allocate memory", re.IGNORECASE)
_OF_THE_MACHINE = re.compile(r"[/\\]|\.(cpp|cu|cuh|h|hpp|py)\b|Traceback", re.IGNORECASE)


def error_text(error: Exception) -> str:
    """Return the last line of the traceback: the error's type and its text as raised."""
    return f"{type(error).__name__}: {error}"


def ran_out_of_memory(error: Exception) -> bool:
    """Return whether an error means that the machine or the device had no memory left.

    PyTorch has a special class for GPUs only; on the CPU it raises a RuntimeError.
    """
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and _FULL.search(str(error)) is not None
    )


def machine_failed(error: Exception) -> bool:
    """Return whether an error comes from the machine and not from the code that ran on it.

    The same code may succeed later: memory may be free again, and a GPU may be there again.
    """
    return ran_out_of_memory(error) or isinstance(error, torch.AcceleratorError)


def raise_if_machine_failed(error: Exception) -> None:
    """Raise an error again if it says nothing of the code that ran; such an error is never kept."""
    if machine_failed(error):
        raise error


def plain_text(error: Exception) -> str:
    """Return the error's type, and the first line of its text if a page may show that.

    A text that names a file of the machine is left out, as in many of PyTorch's messages. The text
    is ASCII, has at most LONGEST_SAID characters, and is safe in Markdown between backticks.
    """
    name = type(error).__name__
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    if not first or _OF_THE_MACHINE.search(first):
        return name
    said = ascii(first)[1:-1].replace("`", "'").removesuffix(".")
    return f"{name}: {said if len(said) <= LONGEST_SAID else said[: LONGEST_SAID - 3] + '...'}"
