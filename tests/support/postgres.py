"""A PostgreSQL server of the tests' own: its folder, its port and its process, as Debian has it.

PostgreSQL refuses to run as root. Then the user `postgres` runs it, which Debian's package makes.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.served import free_port

HOW_TO_GET_IT = "tests of the board need PostgreSQL: 'apt-get install postgresql'"
OWNER = "postgres"


def find_postgres() -> str | None:
    """Return the folder of PostgreSQL's programs, the newest one; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3])
    on_path = shutil.which("initdb")
    return str(found[-1].parent) if found else on_path and str(Path(on_path).parent)


class Postgres:
    """A server at one address, which can be stopped and started again."""

    def __init__(self, programs: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"
        self._programs, self._folder = programs, folder
        self._user = OWNER if os.name == "posix" and os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--no-sync", "--encoding=UTF8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        own = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder}/log", "-o", own)

    def stop(self) -> None:
        """Stop it as an administrator would who does not wait for anybody."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [f"{self._programs}/{name}", f"--pgdata={self._folder}/data", *arguments],
            cwd="/",
            check=True,
            user=self._user,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def running_postgres(programs: str) -> Iterator[Postgres]:
    """Serve an empty database until the block ends."""
    with tempfile.TemporaryDirectory(prefix="linreg-postgres-") as folder:
        server = Postgres(programs, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
