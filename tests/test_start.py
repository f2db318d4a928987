"""What a new process imports, and when; it has only the files that the container gets."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.served import ROOT
from tests.test_container import COPIED

COMPILER = """
Entering Watched imports PyTorch's compiler, which takes seconds. Look in the source of
torch/utils/_python_dispatch.py for what __init_subclass__ asks: is it still _should_skip_dynamo?"""

PROGRAM = """
import json, sys

names, seen = ("torch", "torch._dynamo", "sqlalchemy", "linreg.ui.frame"), {}
def note(when):
    seen[when] = [name for name in names if name in sys.modules]

import app
note("the entry")
import linreg
linreg.train
note("a public name")
from linreg.engines.replay import replayed
replayed(linreg.Experiment(epochs=2))
note("a replayed run")
import linreg.ui.frame
from linreg.ui.work import board
board.remove_expired_rooms()
note("the pages")
board.class_board().open_room()
note("a room")
board.remove_expired_rooms()
print(json.dumps([seen, linreg.ui.frame.__file__]))
"""

Seen = Mapping[str, Sequence[str]]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, bool]:
    """What is imported at each moment of a new process, and whether it is the copied files."""
    folder = tmp_path_factory.mktemp("copied")
    for source, target in COPIED.items():
        if source.endswith("/"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, folder / target, ignore=ignored)
        else:
            shutil.copy(ROOT / source, folder / target)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder), "LINREG_BOARD_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen, file = json.loads(done.stdout.splitlines()[-1])
    return seen, Path(file).is_relative_to(folder)


def test_what_is_copied_is_enough_to_import_the_app(imported: tuple[Seen, bool]) -> None:
    """The same files in an empty folder, with the app's configuration."""
    assert set(COPIED) == {"requirements.txt", ".streamlit/", "linreg/", "app.py"}
    assert (ROOT / ".streamlit/config.toml").is_file()
    _, is_copied = imported
    assert is_copied


def test_the_server_listens_before_pytorch_is_imported(imported: tuple[Seen, bool]) -> None:
    """Its entry imports neither PyTorch nor a page; the first public name imports PyTorch."""
    seen, _ = imported
    assert seen["the entry"] == []
    assert "torch" in seen["a public name"]


def test_the_database_is_imported_for_the_first_room(imported: tuple[Seen, bool]) -> None:
    """The pages, and a look for old rooms, import none."""
    seen, _ = imported
    assert {"linreg.ui.frame"} <= set(seen["the pages"]) <= {*seen["a room"]} - {"sqlalchemy"}
    assert "sqlalchemy" in seen["a room"]


def test_watching_imports_no_compiler(imported: tuple[Seen, bool]) -> None:
    """The import takes seconds in a new process, and the first visitor would wait for it."""
    seen, _ = imported
    assert "torch._dynamo" not in seen["a replayed run"], COMPILER
