"""The documents are true: their commands are the ones that run, and all that they name exists."""

import ast
import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from linreg.analysis.sweeps import RATES
from linreg.lesson.class_plan import MINUTES
from linreg.mistakes.catalog import BUGS
from tests.support.served import ROOT, Server
from tests.test_layout import ORDER, UI_ORDER

NAMES = (
    "README.md",
    ".github/HOSTING.md",
    ".github/SECURITY.md",
    ".github/CONTRIBUTING.md",
)
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
README = TEXTS["README.md"]
SECURITY = TEXTS[".github/SECURITY.md"]
CONTRIBUTING = TEXTS[".github/CONTRIBUTING.md"]
STEPS = re.findall(r"^(\d\. (?:.+\n)(?: {3}.+\n)*)", CONTRIBUTING, flags=re.MULTILINE)
COMMANDS = re.findall(r"^ {4}(python.*)$", README, flags=re.MULTILINE)
WORKFLOW = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")

FIND_OUTSIDE_REQUESTS = """
from linreg.ui.state.streamlit_internals import call_no_other_host
from streamlit import net_util
from streamlit.web import bootstrap
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

def ask(url, timeout):
    print("asked:", url)

net_util._make_blocking_http_get = ask
for options in ({}, {"server_address": "0.0.0.0"}, {"server_address": "127.0.0.1"},
                {"browser_serverAddress": "192.0.2.1"}):
    bootstrap.load_config_options(options)
    print("case: start")
    bootstrap._print_url(False)
call_no_other_host()  # Streamlit prints its addresses before the app begins
for origin in ("http://127.0.0.1:8501", "http://other.example", "http://", "null", ""):
    print("case: websocket", _is_origin_allowed(origin, "127.0.0.1:8501"))
"""


def test_the_readme_is_short() -> None:
    """A teacher needs one page; the rest stands in the other documents."""
    assert len(README.splitlines()) <= 160


def test_ci_runs_the_readmes_test_lines() -> None:
    """The one for Linux and macOS is the last line of .ci/run; the workflow has both."""
    unix, windows = [command for command in COMMANDS if "tests/requirements.txt" in command]
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100 or sys.platform == "win32"
    assert script.read_text(encoding="utf-8").splitlines()[-1] == unix
    assert f"run: {unix}\n" in WORKFLOW
    assert f"run: {windows}\n" in WORKFLOW
    assert unix.startswith("python3 -m venv .venv && .venv/bin/")
    assert "&&" not in windows  # which the PowerShell that comes with Windows does not know


def test_the_start_lines_start_the_app() -> None:
    """The last part of each, by the `streamlit` program of the environment that runs this test."""
    lines = [command for command in COMMANDS if "streamlit" in command]
    starts = {re.split(r"(?:&&|;) ", line)[-1].replace("\\", "/") for line in lines}
    assert starts == {".venv/bin/streamlit run app.py", ".venv/Scripts/streamlit run app.py"}
    server = Server()
    program = Path(sysconfig.get_path("scripts")) / "streamlit"
    server.command = [str(program), *server.command[3:]]
    assert server.command[1:3] == ["run", "app.py"]
    with server:
        assert server.runs


def test_the_line_for_cpus_is_the_same_everywhere() -> None:
    """Into the project's own environment, whichever other one is active."""
    line = (
        ".venv/bin/pip install uv && "
        "{}.venv/bin/uv pip install --python .venv --torch-backend=cpu -r requirements.txt"
    )
    assert line.format("") in README
    assert line.format("sudo ") in TEXTS[".github/HOSTING.md"]
    recipe = (ROOT / ".container/Containerfile").read_text(encoding="utf-8")
    assert "uv pip install --system --no-cache --torch-backend=cpu -r requirements.txt" in recipe


@pytest.mark.parametrize("name", NAMES)
def test_every_named_file_and_module_exists(name: str) -> None:
    """Paths between backticks, with a folder in front, and modules in commands."""
    text = TEXTS[name]
    paths = re.findall(r"`((?:linreg|tests|\.ci|\.container|\.streamlit)/[\w./-]*)`", text)
    for path in paths:
        assert "NAME" in path or (ROOT / path).exists(), path
    modules = re.findall(r"\b(tests\.(?:benchmarks|support)\.\w+)", text)
    for module in modules:
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module
    assert paths or modules


@pytest.mark.parametrize("step", [step for step in STEPS if "NAME" not in step])
def test_every_name_in_a_step_is_in_a_file_of_that_step(step: str) -> None:
    """The steps of CONTRIBUTING.md say what to add; a renamed constant must be renamed there."""
    paths = re.findall(r"`((?:linreg|tests)/[\w/]+\.py)`", step)
    assert paths
    assert set(re.findall(r"`(\w+)`", step)) <= set().union(*map(declared, paths))


def declared(path: str) -> set[str]:
    """The names that a file defines, assigns or imports."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.alias(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    return names


def test_the_order_of_imports_in_ui_is_the_one_that_a_test_holds() -> None:
    """Word for word, in the section of CONTRIBUTING.md about it."""
    (order,) = re.findall(r"`linreg/ui/` in this order: ([^;]*?)\.\n", CONTRIBUTING)
    assert [name.removesuffix(".py") for name in re.findall(r"`(.+?)`", order)] == UI_ORDER


def test_the_readme_counts_what_the_code_has() -> None:
    """Mistakes, learning rates, and the minutes of the plan."""
    assert len(BUGS) == 15
    assert "runs fifteen classic mistakes" in README
    assert f"trains {RATES} learning rates" in README
    assert f"a class of {MINUTES} minutes" in README


def test_every_benchmark_has_its_figures_in_the_readme_or_is_explained() -> None:
    """The names in the README's table are modules, and CONTRIBUTING.md has all that can be run."""
    section = README.split("## How it is measured\n")[1].split("\n## ")[0]
    figures = set(re.findall(r"\| `(\w+)` \|$", section, flags=re.MULTILINE))
    explained = set(re.findall(r"^\| `tests\.benchmarks\.(\w+)`", CONTRIBUTING, flags=re.MULTILINE))
    folder = (ROOT / "tests/benchmarks").glob("*.py")
    runnable = {path.stem for path in folder if "__main__" in path.read_text(encoding="utf-8")}
    assert explained == runnable
    assert figures <= runnable
    assert len(figures) > 5


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    """To a file, and to a heading of it as GitHub names headings."""
    for target in re.findall(r"\]\(([^)]+)\)", TEXTS[name]):
        path, _, heading = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.is_file(), target
        if heading:
            assert heading in headings(file.read_text(encoding="utf-8")), target


def headings(text: str) -> set[str]:
    """The names under which links find the headings of a document."""
    found = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_readme_lists_every_folder_in_reading_order() -> None:
    """The order is that of the imports, which tests/test_layout.py holds."""
    rows = re.findall(r"^\| `(?:linreg/)?(\w+)(?:/|\.py)` \|", README, flags=re.MULTILINE)
    assert rows == [*ORDER, "app"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("linreg/core/experiment.py", "stops="),
        ("linreg/core/training.py", "optimizer.zero_grad()"),
        ("linreg/figures/elements/style.py", "TEST = "),
    ],
    ids=["a slider's range", "the five steps", "the colour of the test data"],
)
def test_the_readme_names_the_files_that_newcomers_look_for(path: str, shown: str) -> None:
    """In the row of their folder; and what they look for stands there."""
    package, folder, name = path.split("/", 2)
    (row,) = re.findall(rf"^\| `{package}/{folder}/` \| .*$", README, flags=re.MULTILINE)
    assert f"`{name}`" in row
    assert shown in (ROOT / path).read_text(encoding="utf-8")


def test_the_limits_are_those_of_the_code() -> None:
    """Each row of the table names a constant, or a line of the configuration, and its value."""
    section = SECURITY.split("## What the app refuses\n")[1].split("\n## ")[0]
    constants = re.findall(r"^\| .* \| ([\d,]+) \| `([\w.]+)\.(\w+)` \|$", section, re.MULTILINE)
    for said, module, name in constants:
        constant = getattr(import_module(f"linreg.{module}"), name)
        assert (f"{module}.{name}", int(said.replace(",", ""))) == (f"{module}.{name}", constant)
    lines = re.findall(r"^\| .* \| (\d+) \| `(\w+)\.(\w+)` in `(.*)` \|$", section, re.MULTILINE)
    for said, table, name, path in lines:
        config = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))
        assert config[table][name] == int(said), name
    assert len(constants) + len(lines) == section.count("\n| ") - 1


def test_the_server_asks_outside_only_when_the_document_says_so() -> None:
    """If this fails after an upgrade, look for get_external_ip in Streamlit's source."""
    done = subprocess.run(
        [sys.executable, "-c", FIND_OUTSIDE_REQUESTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    cases = [re.findall(r"asked: (\S+)", case) for case in done.stdout.split("case: ")[1:]]
    (host,) = set(re.findall(r"`(checkip\.[\w.]+)`", SECURITY))
    both = [f"http://{host}", f"https://{host}"]
    assert cases == [both, both, [], [], *[[]] * 5]
    assert re.findall(r"websocket (\w+)", done.stdout) == ["True", *["False"] * 4]


def test_the_service_starts_the_app_as_the_readme_does() -> None:
    """With one address, so that Streamlit asks no outside host, and a port of its own."""
    (start,) = re.findall(r"^ExecStart=(.*)$", TEXTS[".github/HOSTING.md"], flags=re.MULTILINE)
    assert start.split()[:3] == ["/opt/linreg/.venv/bin/streamlit", "run", "app.py"]
    assert start.split()[3:] == ["--server.address", "127.0.0.1", "--server.port", "%i"]


def test_the_top_level_holds_the_agreed_entries() -> None:
    """Five entries, and dot-files and dot-folders for tools."""
    git = ["git", "ls-files"]
    listed = subprocess.run(
        git, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    tops = {path.split("/")[0] for path in listed}
    visible = {name for name in tops if not name.startswith(".")}
    assert visible == {"app.py", "linreg", "tests", "requirements.txt", "README.md"}
