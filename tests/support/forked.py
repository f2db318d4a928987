"""The app in a process that has the libraries, which takes a fifth of the CPU time.

One process imports the libraries and is forked for each server. Where Python cannot fork safely,
each server imports them itself.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from streamlit.web import cli

from tests.support.served import ROOT, Process, Server

LIBRARIES = ["streamlit.web.bootstrap", "uvicorn", "uvloop", "sqlalchemy.ext.asyncio", "segno"]
LIBRARIES += ["plotly.graph_objects", "torch", "torch._dynamo", "sympy"]
METHOD = "forkserver" if sys.platform == "linux" else "spawn"
multiprocessing.set_start_method(METHOD, force=True)  # also in processes that import this again
multiprocessing.set_forkserver_preload(LIBRARIES)  # which spawned processes do not look at


class ForkedServer(Server):
    """The app, as the command of a `Server` serves it."""

    def launch(self) -> Process:
        """Start a process with the arguments of the command and the environment of this moment."""
        arguments = self.command[self.command.index("run") :]
        work = (arguments, dict(os.environ), self.log)
        process = _Forked(target=_serve, args=work, daemon=True)
        process.start()
        return process


class _Forked(multiprocessing.Process):
    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float | None = None) -> None:
        self.join(timeout)
        if self.exitcode is None:
            raise TimeoutError(f"the app did not end within {timeout} s")


def _serve(arguments: Sequence[str], environment: Mapping[str, str], log: Path | None) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, os.devnull), (2, log or "")):
        if path:
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.argv = ["streamlit", *arguments]
    cli.main(arguments, prog_name="streamlit")
