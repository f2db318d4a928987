"""What PyTorch says of wrong code: its warnings and errors as text.

Python's list of warning filters belongs to the whole process, where many students train at the same
time. So warnings are only looked at here, one call at a time and for that short call alone.
"""

import re
import threading
import warnings
from collections.abc import Callable
from functools import cache

import torch

from linreg.core.losses import make_loss
from linreg.settings.choices import Loss

LONGEST_SAID = 120  # characters of an error's text in a sentence
_ONE_AT_A_TIME = threading.Lock()
_FULL = re.compile(r"out of memory|not enough memory|can't allocate memory", re.IGNORECASE)
_OF_THE_MACHINE = re.compile(r"[/\\]|\.(cpp|cu|cuh|h|hpp|py)\b|Traceback", re.IGNORECASE)


def warnings_of(call: Callable[[], object]) -> tuple[str, ...]:
    """Return the texts of the warnings that `call()` gives, each once; nothing is printed.

    Only one thread at a time is in here. What other code of the process warns of in these
    milliseconds is lost, so `call` must be a single short one, never a training.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return tuple(dict.fromkeys(str(warning.message) for warning in caught))


@cache
def broadcast_warnings(loss: Loss, rows: int) -> tuple[str, ...]:
    """Return what the loss function warns of, given (rows, 1) predictions and y of (rows,).

    Asked of PyTorch once for each number of rows in the life of a process.
    """
    y_pred, y = torch.zeros(rows, 1), torch.zeros(rows)
    return warnings_of(lambda: make_loss(loss)(y_pred, y))


def error_text(error: Exception) -> str:
    """Return the last line of the traceback: the error's type and its text as raised."""
    return f"{type(error).__name__}: {error}"


def ran_out_of_memory(error: Exception) -> bool:
    """Say whether an error means that the machine or the device had no memory left.

    PyTorch has a class of its own for accelerators only; on the CPU it raises a RuntimeError.
    """
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and _FULL.search(str(error)) is not None
    )


def plain_text(error: Exception) -> str:
    """Return the error's type, and the first line of its text where that is fit for a page.

    What names a file of the machine, as many of PyTorch's own messages do, is left out. The text is
    plain ASCII of at most LONGEST_SAID characters, safe in Markdown between backticks.
    """
    name = type(error).__name__
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    if not first or _OF_THE_MACHINE.search(first):
        return name
    said = ascii(first)[1:-1].replace("`", "'").removesuffix(".")
    return f"{name}: {said if len(said) <= LONGEST_SAID else said[: LONGEST_SAID - 3] + '...'}"
