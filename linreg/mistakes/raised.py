"""PyTorch's warnings and errors as text.

Python's warning filters belong to the whole process, in which many students train at the same time.
This module changes the filters only during one short call, and for one call at a time.
"""

import re
import threading
import warnings
from collections.abc import Callable
from functools import cache

import torch

from linreg.core.losses import make_loss
from linreg.settings.choices import Loss

LONGEST_SAID = 120  # characters of an error's text on a page
_ONE_AT_A_TIME = threading.Lock()
_FULL = re.compile(r"out of memory|not enough memory|can't allocate memory", re.IGNORECASE)
_OF_THE_MACHINE = re.compile(r"[/\\]|\.(cpp|cu|cuh|h|hpp|py)\b|Traceback", re.IGNORECASE)


def warnings_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the texts of the warnings that `call()` gives, each once; nothing is printed.

    Only one thread at a time runs this. Meanwhile the warnings of other threads are lost, so
    `call` must take milliseconds only: never a whole training.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return tuple(dict.fromkeys(str(warning.message) for warning in caught))


@cache
def broadcast_warnings(loss: Loss, rows: int) -> tuple[str, ...]:
    """Return the loss function's warnings for predictions of (rows, 1) and y of (rows,).

    A process asks PyTorch only once for each number of rows.
    """
    y_pred, y = torch.zeros(rows, 1), torch.zeros(rows)
    return warnings_of(lambda: make_loss(loss)(y_pred, y))


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
