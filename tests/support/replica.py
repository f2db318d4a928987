"""One of several processes of the app: it can be killed and come back at the same port."""

import re
from pathlib import Path

from tests.support.served import Server
from tests.support.visitor import Visitor


class Replica(Server):
    """The app at a port of its own; what it says of errors is kept in `log`."""

    def __init__(self, log: Path) -> None:
        super().__init__(log=log)
        self.log = log

    def sessions(self) -> int:
        """Return how many sessions have begun there, asked of the replica itself."""
        metrics = Visitor(self.address).ask("/_stcore/metrics").body.decode()
        said = re.search(r'session_events_total\{type="connect"\} (\d+)', metrics)
        assert said
        return int(said[1])
