"""requirements.txt names what the app imports, at the versions that the tests run on."""

import ast
import re
import sys
from importlib.metadata import version

from tests.support.served import ROOT

PINS = (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_requirements_pin_what_is_installed() -> None:
    """Each package at one version, and these tests run on that one."""
    pins = dict(re.findall(r"^(\w+)==([\w.]+)", PINS, flags=re.MULTILINE))
    assert set(pins) == {
        *("torch", "streamlit", "plotly", "pytest"),
        *("numpy", "starlette", "sqlalchemy", "segno", "uvloop"),
    }
    if sys.platform == "win32":
        del pins["uvloop"]
    for name, pinned in pins.items():
        assert version(name).split("+")[0] == pinned


def test_requirements_name_every_package_that_the_app_imports() -> None:
    """A package that only comes along with another one may go away with the next version."""
    imported = set()
    for path in (ROOT / "app.py", *(ROOT / "linreg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    others = imported - sys.stdlib_module_names - {"linreg"}
    expected = {"torch", "streamlit", "numpy", "starlette", "plotly", "sqlalchemy", "segno"}
    assert others == expected
    assert others <= set(re.findall(r"^(\w+)==", PINS, flags=re.MULTILINE))
