"""PyTorch's warnings as text.

Python's warning filters belong to the whole process, in which many students train at the same time.
This module changes the filters only during one short call, and for one call at a time.
"""

import threading
import warnings
from collections.abc import Callable
from functools import cache

import torch

from linreg.core.losses import make_loss
from linreg.settings.choices import Loss

_ONE_AT_A_TIME = threading.Lock()


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
