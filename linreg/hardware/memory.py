"""How much memory is free on a device. Knows nothing of models or data."""

from collections.abc import Iterator
from pathlib import Path

import torch

from linreg.settings.choices import Device

KIB = 1024
# The files of a control group of version 2 and version 1: the limit, the use, and the name that the
# part of the use which caches files, and can be freed, has in memory.stat.
_FILES_2 = ("memory.max", "memory.current", "inactive_file")
_FILES_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


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
    """Return how many bytes this process can still use, in this machine and in its control groups.

    A container and a service of systemd are such groups. None on other systems than Linux.
    """
    machine = _entry(root / "proc/meminfo", "MemAvailable:")
    known = [] if machine is None else [machine * KIB]
    for group, (limit, use, files) in _groups(root):
        most, used = _number(group / limit), _number(group / use)
        if most is not None and used is not None:
            known.append(most - used + (_entry(group / "memory.stat", files) or 0))
    return max(0, min(known)) if known else None


def _groups(root: Path) -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """Yield the folder and the files of each group that this process is in, up to the topmost.

    A line of the list is "number:controllers:path"; version 2 names no controllers.
    """
    top = root / "sys/fs/cgroup"
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = ["0::/", "0:memory:/"]
    for line in lines:
        controllers, _, path = line.partition(":")[2].partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        base, files = (top / "memory", _FILES_1) if controllers else (top, _FILES_2)
        group = base / path.strip("/")
        own_and_above = (group, *group.parents)
        yield from ((folder, files) for folder in own_and_above if folder.is_relative_to(base))


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
