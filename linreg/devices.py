"""Which devices this machine has. Knows nothing of models or data."""

from functools import cache

import torch

from linreg.choices import Device


@cache
def available_devices() -> tuple[Device, ...]:
    """Return the devices that can train here; the CPU is always the first."""
    present = [Device.CPU]
    if torch.cuda.is_available():
        present.append(Device.CUDA)
    if torch.backends.mps.is_available():
        present.append(Device.MPS)
    return tuple(present)
