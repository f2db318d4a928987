"""The documentation is true: its commands are the ones that are run, its settings exist."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (python -m .*)$", README, flags=re.MULTILINE)
PINS = (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command() -> None:
    """One line that installs and tests, the last line of .ci/run, which also must be executable."""
    (test,) = [command for command in COMMANDS if command.endswith("python -m pytest")]
    install, run = test.split(" && ")
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100 or sys.platform == "win32"
    last = script.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith(install.split(" -r ")[0])
    assert last.endswith(f"-r {install.split(' -r ')[1]} && {run}")
    assert f"run: {test}" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_the_start_command_is_the_one_that_browser_tests_use() -> None:
    """They serve the app with `python -m streamlit run app.py`."""
    (start,) = [command for command in COMMANDS if "streamlit" in command]
    assert start == ("python -m pip install -r requirements.txt && python -m streamlit run app.py")
    served = (ROOT / "tests/support/served.py").read_text(encoding="utf-8")
    assert '"-m", "streamlit", "run", "app.py"' in served


def test_every_named_file_and_module_exists() -> None:
    """Paths in the reading order, and modules in commands."""
    for path in re.findall(r"`(linreg/[\w./]+|app\.py|\.ci/run|tests/[\w./]+)`", README):
        assert (ROOT / path).exists(), path
    for module in re.findall(r"python -m (tests[\w.]+)", README):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module
    assert (ROOT / ".github/playground.png").exists()


def test_the_limits_are_those_of_the_code() -> None:
    """Each row of the table names a constant and its value."""
    rows = re.findall(r"^\| .* \| ([\d,]+) \| `([\w.]+)\.(\w+)` \|$", README, flags=re.MULTILINE)
    assert len(rows) == README.split("## What it refuses")[1].split("\n## ")[0].count("\n| ") - 1
    for said, module, name in rows:
        constant = getattr(import_module(f"linreg.{module}"), name)
        assert (f"{module}.{name}", int(said.replace(",", ""))) == (f"{module}.{name}", constant)


def test_requirements_pin_what_is_installed() -> None:
    """Each package at one version, and these tests run on that one."""
    pins = dict(re.findall(r"^(\w+)==([\w.]+)", PINS, flags=re.MULTILINE))
    assert set(pins) == {
        *("torch", "streamlit", "plotly", "pytest"),
        *("numpy", "starlette", "segno", "uvloop"),
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
    assert others == {"torch", "streamlit", "numpy", "starlette", "plotly", "segno"}
    assert others <= set(re.findall(r"^(\w+)==", PINS, flags=re.MULTILINE))


def test_the_top_level_holds_the_agreed_entries() -> None:
    """Five entries, and dot-files and dot-folders for tools."""
    git = ["git", "ls-files"]
    listed = subprocess.run(
        git, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    tops = {path.split("/")[0] for path in listed}
    visible = {name for name in tops if not name.startswith(".")}
    assert visible == {"app.py", "linreg", "tests", "requirements.txt", "README.md"}
