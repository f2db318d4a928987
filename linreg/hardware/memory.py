"""How much memory is free on a device. Knows nothing of models or data."""

from pathlib import Path

import torch

from linreg.settings.choices import Device

KIB = 1024
# The files of a container's control groups, version 2 and version 1: the limit, the use, and the
# statistics with the part of the use that caches files and can be freed.
_GROUPS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def free_memory(device: Device) -> int | None:
    """Return how many bytes are free on a device of this machine; None where this is not known.

    Raises:
        RuntimeError: the device is there but does not answer.
    """
    if device is Device.CUDA:
        return torch.cuda.mem_get_info()[0]
    if device is Device.MPS:
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return free_for_the_cpu()


def free_for_the_cpu(root: Path = Path("/")) -> int | None:
    """Return how many bytes this process can still use, in this machine and in its container.

    None on other systems than Linux.
    """
    machine = _entry(root / "proc/meminfo", "MemAvailable:")
    known = [] if machine is None else [machine * KIB]
    for limit, use, statistics, files in _GROUPS:
        group = root / "sys/fs/cgroup"
        most, used = _number(group / limit), _number(group / use)
        if most is not None and used is not None:
            known.append(most - used + (_entry(group / statistics, files) or 0))
    return max(0, min(known)) if known else None


def _number(path: Path) -> int | None:
    """Return the number that a file holds; None where the file is missing or says `max`."""
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _entry(path: Path, name: str) -> int | None:
    """Return the number beside a name, from a file with a name and a number on each line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.split()[:1] == [name])
    except (OSError, ValueError, IndexError, StopIteration):
        return None
