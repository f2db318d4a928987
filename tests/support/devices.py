"""A machine without a GPU records a run as it would on one."""

from types import SimpleNamespace

import pytest

from linreg.core import record


def take_the_cpu_for_a_gpu(patch: pytest.MonkeyPatch) -> None:
    """Let the record keep its numbers on the device until the end of the run."""
    patch.setattr(record, "Device", SimpleNamespace(CPU="another device"))
