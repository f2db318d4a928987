"""Runs programs in another process, which imports PyTorch but not this package.

One process runs many programs, one after another, so PyTorch is imported once. Warnings are errors
there, and no program finds matplotlib: it would leave figures open for the next ones.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKER = """
import contextlib, io, json, runpy, sys, traceback

sys.modules["matplotlib"] = None
for path in sys.stdin:
    answer, printed = {"error": ""}, io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            names = runpy.run_path(path.rstrip("\\n"))
        answer["losses"] = {k: v for k, v in names.items() if k.endswith("_loss_values")}
        answer["state"] = {k: v.flatten().tolist() for k, v in names["model"].state_dict().items()}
        answer["names"] = sorted(names)
    except Exception:
        answer["error"] = traceback.format_exc()
    answer |= {"printed": printed.getvalue(), "package": "linreg" in sys.modules}
    print(json.dumps(answer), flush=True)
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The final namespace of a program, and the text that it printed."""

    losses: dict[str, list[float]]
    state: dict[str, list[float]]
    names: list[str]
    printed: str


@contextmanager
def program_runner(folder: Path) -> Iterator[Callable[[str], Outcome]]:
    """Yield a function that runs a program as a file in `folder`, which is its current folder."""
    worker = [sys.executable, "-W", "error", "-c", WORKER]
    pipe = subprocess.PIPE
    with subprocess.Popen(worker, cwd=folder, stdin=pipe, stdout=pipe, text=True) as process:

        def run(source: str) -> Outcome:
            assert process.stdin is not None
            assert process.stdout is not None
            (folder / "program.py").write_text(source, encoding="utf-8")
            print("program.py", file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            error = answer.pop("error")
            assert not error, f"{error}\n{source}"
            assert not answer.pop("package"), "the program imported linreg"
            return Outcome(**answer)

        yield run
