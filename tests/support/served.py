"""The app in a process of its own, started by the command that the README gives."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol, Self

ROOT = Path(__file__).parents[2]


class Process(Protocol):
    """What a server asks of its process: some methods of `subprocess.Popen`."""

    @property
    def pid(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> object: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served_app(*options: str) -> Iterator[str]:
    """Serve the app until the block ends; yields its address."""
    with Server(*options) as server:
        yield server.address


class Server:
    """The app on a port that stays its own, while processes come and go."""

    def __init__(
        self, *options: str, log: Path | None = None, script: str = "app.py", base: str = ""
    ) -> None:
        """Serve a script with these options of Streamlit, below the path `base`.

        Standard error goes to `log`.
        """
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}{base}"
        where = [
            f"--server.baseUrlPath={base}",
            f"--server.port={self.port}",
            "--server.address=127.0.0.1",
        ]
        self.command = [sys.executable, "-m", "streamlit", "run", script, *where, *options]
        self.log = log
        self._process: Process | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        """Whether a process serves now."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The number of the process that serves now."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def metric(self, name: str, *labels: str) -> float:
        """Return the sum of Streamlit's metrics whose lines begin so and have these labels."""
        with urllib.request.urlopen(f"{self.address}/_stcore/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        found = (x for x in lines if x.startswith(name) and all(label in x for label in labels))
        return sum(float(line.rsplit(" ", 1)[1]) for line in found)

    def launch(self) -> Process:
        """Start a process that runs the command."""
        with ExitStack() as files:
            log = files.enter_context(self.log.open("ab")) if self.log else None
            return subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log)

    def start(self) -> None:
        """Start a process, and wait until it serves."""
        self._process = self.launch()
        try:
            _wait_until_healthy(self.address, self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Terminate the process, if one runs, and wait for its end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def kill(self) -> None:
        """Kill the process, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _wait_until_healthy(address: str, process: Process) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the app ended with exit status {process.poll()}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the app did not become healthy within a minute")
