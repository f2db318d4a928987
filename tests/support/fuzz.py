"""Sends random input to the readers: a fuzzer that looks for input that reaches new code.

    python -m pip install atheris
    python -m tests.support.fuzz address -max_total_time=60

The first word is a reader: address, points, experiment or checkpoint. All else goes to libFuzzer,
`-help=1` lists it. It stops at the first input for which a reader gives neither a valid result nor
its own error with one sentence, prints it and keeps it in a file. Correct the reader, then add the
input to `tests/support/hostile.py`. Atheris has builds for Linux only, and not for each version of
Python, so it is not in `tests/requirements.txt`.

Each input for a `.pth` is also packed into an archive as its instructions, because random bytes
never have the right checksums.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["linreg"]):
    from tests.support.archives import packed
    from tests.support.hostile import seeds
    from tests.support.readings import READERS


def _target(reader: str) -> Callable[[bytes], None]:
    read = READERS[reader]
    if reader != "checkpoint":
        return read

    def read_both(data: bytes) -> None:
        read(data)
        read(packed({"a/data.pkl": data, "a/data/0": b"\x00" * 4, "a/data/1": b"\x00" * 4}))

    return read_both


def main() -> None:
    """Fuzz the reader that the command line names, beginning with the corpus."""
    reader, *options = sys.argv[1:] or ["-help"]
    if reader not in READERS:
        raise SystemExit(f"the first word must be one of {', '.join(READERS)}, not {reader}.")
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(reader)):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *options, folder], _target(reader))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
