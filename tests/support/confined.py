"""Reads a part of the corpus in a process with little memory and little time.

    python -m tests.support.confined points 200

The first word is a reader. The second is the number of megabytes that it may take in addition to
those it has when it begins, the file included. Linux only: other systems do not enforce the limit.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.hostile import GOOD, SEEDS
from tests.support.readings import READERS

HUGE = 100_000_000  # bytes
SECONDS = 120  # of CPU time; a reader that needs more has hung

FILES: tuple[Callable[[], bytes], ...] = (
    lambda: bytes(HUGE),
    lambda: GOOD.ljust(HUGE, b"\x00"),
    lambda: b"[" * HUGE,
    lambda: b"1,2\n" * (HUGE // 4),
)


def main() -> None:
    """Read everything; a reader that needs more than the limit ends the process with an error."""
    name, megabytes = sys.argv[1], int(sys.argv[2])
    read, seeds = READERS[name], SEEDS[name]
    read(seeds[0])  # whatever is imported on first use
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    used = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
    room = used * 1024 + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (room, room))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for seed in seeds:
        read(seed)
    for make in FILES if name != "address" else ():
        read(make())
    sys.stdout.write(f"{len(seeds)} read\n")


if __name__ == "__main__":
    main()
