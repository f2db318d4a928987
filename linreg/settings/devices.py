"""The devices of this machine. Knows nothing of models or data."""

from functools import cache

import torch

from linreg.settings.choices import Device


@cache
def available_devices() -> tuple[Device, ...]:
    """Return the devices that can train on this machine; the CPU is always the first."""
    present = [Device.CPU]
    if torch.cuda.is_available():
        present.append(Device.CUDA)
    if torch.backends.mps.is_available():
        present.append(Device.MPS)
    return tuple(present)


def describe(device: Device) -> str:
    """Return a device of this machine with its details: `cpu, 8 threads`, `cuda, NVIDIA H100`."""
    if device is Device.CUDA:
        return f"{device}, {torch.cuda.get_device_name()}"
    if device is Device.CPU:
        threads = torch.get_num_threads()
        return f"{device}, {threads} thread{'s' * (threads > 1)}"
    return str(device)
