"""The names of `from linreg import ...`."""

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
    """The attribute and the star import give the object that the API lists."""
    star: dict[str, object] = {}
    exec("from linreg import *", star)
    for name in api.__all__:
        assert getattr(linreg, name) is star[name] is getattr(api, name)
    assert set(api.__all__) <= set(dir(linreg))
    assert set(api.__all__) >= BINDING


def test_no_public_name_is_a_module() -> None:
    """The import of the module would replace the object of the same name."""
    modules = {path.stem for path in (ROOT / "linreg").iterdir()}
    assert not modules & set(api.__all__)


@pytest.mark.parametrize("name", ["nonsense", "np", "a.b", "__wrapped__"])
def test_a_missing_name_raises_pythons_usual_error(name: str) -> None:
    """This also holds for names that only the module of the API has."""
    with pytest.raises(AttributeError, match=f"module 'linreg' has no attribute '{name}'"):
        getattr(linreg, name)
    if name.isidentifier():
        with pytest.raises(ImportError, match=f"cannot import name '{name}'"):
            exec(f"from linreg import {name}")


def test_the_import_of_a_module_does_not_import_the_api() -> None:
    """Only what that module needs is imported."""
    _run("from linreg import settings; assert 'linreg.api' not in sys.modules")
    _run("import linreg; linreg.settings; assert 'linreg.api' not in sys.modules")


def _run(program: str) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import sys; {program}"], cwd=ROOT, check=True, timeout=120
    )
