"""Reads the corpus and some larger files in a process with little memory and little time.

    python -m tests.support.confined 150

The number is how many megabytes each reader may take in addition to those that the process has
before, the file included. Linux only: other systems do not enforce the limit.
"""

import resource
import sys
from pathlib import Path

import torch

from tests.support.hostile import GOOD, seeds
from tests.support.readings import READERS, read_each

LARGE = 10_000_000  # bytes; ten times what any reader takes
SECONDS = 120  # of CPU time; a reader that needs more has hung
FILES = (bytes(LARGE), GOOD.ljust(LARGE, b"\x00"), b"[" * LARGE, b"1,2\n" * (LARGE // 4))


def main() -> None:
    """Read everything; a reader that needs more than the limit ends the process with an error."""
    torch.set_num_threads(1)  # each thread more would count as memory for its stack
    for reader in READERS:
        read_each(reader, seeds(reader)[:1])  # whatever is imported on first use
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for reader in READERS:
        allow(int(sys.argv[1]) * 1_000_000)
        read_each(reader, seeds(reader))
        if reader != "address":  # an address is no file
            read_each(reader, FILES)
        sys.stdout.write(f"{reader}\n")


def allow(more: int) -> None:
    """Limit the memory to what the process has now and `more` bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    used = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (used * 1024 + more, most))


if __name__ == "__main__":
    main()
