"""What `from linreg import ...` gives, and when PyTorch is imported for it."""

import subprocess
import sys
from pathlib import Path

import pytest

import linreg
from linreg import api

ROOT = Path(__file__).parents[1]
BINDING = {
    "Experiment",
    "train",
    "sweep",
    "Sweep",
    "loss_surface",
    "to_script",
    "to_notebook",
    "read_state_dict",
    "CheckpointError",
}


def test_every_public_name_is_there() -> None:
    """By attribute, by import and by the star, and it is what the API lists."""
    star: dict[str, object] = {}
    exec("from linreg import *", star)
    for name in api.__all__:
        assert getattr(linreg, name) is star[name] is getattr(api, name)
    assert set(api.__all__) <= set(dir(linreg))
    assert set(api.__all__) >= BINDING


def test_a_name_is_no_module_too() -> None:
    """Importing the module would put it in the place of what has its name."""
    modules = {path.stem for path in (ROOT / "linreg").iterdir()}
    assert not modules & set(api.__all__)


@pytest.mark.parametrize("name", ["nonsense", "np", "a.b", "__wrapped__"])
def test_what_there_is_not_is_said(name: str) -> None:
    """In Python's usual words, also for what only the API's module holds."""
    with pytest.raises(AttributeError, match=f"module 'linreg' has no attribute '{name}'"):
        getattr(linreg, name)
    if name.isidentifier():
        with pytest.raises(ImportError, match=f"cannot import name '{name}'"):
            exec(f"from linreg import {name}")


def test_a_module_is_imported_by_itself() -> None:
    """It takes what that module needs, and no more."""
    _run("from linreg import settings; assert 'linreg.api' not in sys.modules")
    _run("import linreg; linreg.settings; assert 'linreg.api' not in sys.modules")


def test_the_server_listens_before_pytorch_has_come() -> None:
    """Its entry imports neither PyTorch nor a page; the first public name does."""
    _run(
        "import app; assert 'torch' not in sys.modules and 'linreg.ui.frame' not in sys.modules;"
        "import linreg; linreg.train; assert 'torch' in sys.modules"
    )


def _run(program: str) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import sys; {program}"], cwd=ROOT, check=True, timeout=120
    )
