"""The free memory, read from files like those of Linux and its containers."""

from pathlib import Path

import pytest

from linreg.hardware.memory import free_for_the_cpu

MEMINFO = "MemTotal:       8000 kB\nMemFree:         100 kB\nMemAvailable:   4000 kB\n"


def written(root: Path, files: dict[str, str]) -> Path:
    """Write these files and return the root of their file system."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, None),
        ({"proc/meminfo": "nonsense\nMemAvailable: many kB\n"}, None),
        ({"proc/meminfo": MEMINFO}, 4000 * 1024),
        (
            {
                "proc/meminfo": MEMINFO,
                "sys/fs/cgroup/memory.max": "max\n",
                "sys/fs/cgroup/memory.current": "123\n",
            },
            4000 * 1024,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "sys/fs/cgroup/memory.max": "3000000\n",
                "sys/fs/cgroup/memory.current": "2500000\n",
                "sys/fs/cgroup/memory.stat": "anon 9\ninactive_file 400000\nactive_file 1\n",
            },
            900_000,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "1500\n",
            },
            0,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/system.slice/linreg.service\n",
                "sys/fs/cgroup/system.slice/memory.max": "max\n",
                "sys/fs/cgroup/system.slice/memory.current": "900000\n",
                "sys/fs/cgroup/system.slice/linreg.service/memory.max": "1000000\n",
                "sys/fs/cgroup/system.slice/linreg.service/memory.current": "600000\n",
            },
            400_000,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "0::/system.slice/linreg.service\n",
                "sys/fs/cgroup/system.slice/memory.max": "1000000\n",
                "sys/fs/cgroup/system.slice/memory.current": "700000\n",
                "sys/fs/cgroup/system.slice/linreg.service/memory.max": "max\n",
                "sys/fs/cgroup/system.slice/linreg.service/memory.current": "600000\n",
            },
            300_000,
        ),
        (
            {
                "proc/meminfo": MEMINFO,
                "proc/self/cgroup": "3:cpu:/a\n2:memory,hugetlb:/of/the/host\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "800000\n",
            },
            200_000,
        ),
        ({"proc/meminfo": MEMINFO, "proc/self/cgroup": "nonsense\n"}, 4000 * 1024),
    ],
    ids=[
        "nothing",
        "nonsense",
        "machine",
        "no limit",
        "container",
        "container that is full",
        "service",
        "service in a limited group",
        "version 1 without its path",
        "unreadable list",
    ],
)
def test_the_smaller_of_machine_and_container_counts(
    tmp_path: Path, files: dict[str, str], free: int | None
) -> None:
    """The result is in bytes; memory that caches files can be freed, so it counts as free."""
    assert free_for_the_cpu(written(tmp_path, files)) == free
