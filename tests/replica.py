"""One of several processes of the app: it can be killed and come back at the same port."""

import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path

from tests.served import free_port, served_process
from tests.visitor import Visitor


class Replica:
    """The app at a port of its own; what it says of errors is kept in `log`."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self.runs = False
        self._process = 0
        self._running = ExitStack()

    def start(self) -> None:
        """Serve the app; it is healthy when this returns."""
        log = self._running.enter_context(self.log.open("a", encoding="utf-8"))
        app = served_process(port=self.port, log=log)
        _, self._process = self._running.enter_context(app)
        self.runs = True

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self._process, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """End it in good order."""
        self._running.close()
        self.runs = False

    def sessions(self) -> int:
        """Return how many sessions have begun there, asked of the replica itself."""
        metrics = Visitor(f"http://127.0.0.1:{self.port}").ask("/_stcore/metrics").body.decode()
        said = re.search(r'session_events_total\{type="connect"\} (\d+)', metrics)
        assert said
        return int(said[1])
