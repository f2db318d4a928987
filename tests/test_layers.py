"""The directions of dependence, and the order of the five steps."""

import ast
import inspect
import textwrap
from pathlib import Path

import pytest

from linreg.training import training_loop

PACKAGE = Path(__file__).parents[1] / "linreg"
# A module may import from its own layer and from those before it.
LAYERS = (
    {
        "settings",
        "choices",
        "experiment",
        "seeding",
        "devices",
        "memory",
        "numbers",
        "glossary",
        "changes",
    },
    {"data", "models", "losses", "history", "own_data", "scaling", "stored", "work", "recording"},
    {"kept_data", "pickled"},
    {"archive"},
    {"training"},
    {"bookmarks", "replay", "stopwatch"},
    {"speed"},
    {"walkthrough"},
    {"narration", "graph", "demonstration", "raised", "crossover"},
    {"wrong_code"},
    {"findings"},
    {"mistakes", "mysteries"},
    {"snippets", "training_snippets"},
    {"cells"},
    {"wrong_cells"},
    {"bugs"},
    {"theory", "address", "presets", "surface", "export", "closed_form"},
    {"pins", "stacked", "sweeps", "checkpoint", "experiment_file", "tables"},
    {"loading"},
    {"regions", "challenges"},
    {"results", "lessons", "links"},
    {"api"},
    {"figures"},
    {"ui"},
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part(path: Path) -> str:
    """The first name below linreg: 'data', 'figures', 'ui' ..."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def layer(name: str) -> int:
    """The number of the layer that a part of the package stands in."""
    return next(i for i, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_to_the_left_only(path: Path) -> None:
    """No module imports from a layer that stands after its own."""
    if path == PACKAGE / "__init__.py":
        return
    for name in imported(path):
        if name.startswith("linreg."):
            assert layer(name.split(".")[1]) <= layer(part(path)), name


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_library_stays_where_it_belongs(path: Path) -> None:
    """Plotly only in figures and ui, Streamlit only in ui, PyTorch in neither of both."""
    roots = {name.split(".")[0] for name in imported(path)}
    if part(path) not in ("figures", "ui"):
        assert "plotly" not in roots
    if part(path) != "ui":
        assert "streamlit" not in roots
    if part(path) in ("figures", "ui"):
        assert "torch" not in roots


def test_entry_computes_and_draws_nothing() -> None:
    """app.py puts together what linreg.ui offers."""
    names = {name for name in imported(PACKAGE.parent / "app.py") if "linreg" in name}
    assert {name.split(".")[1] for name in names} == {"ui"}


def test_the_five_steps_stand_in_the_right_order() -> None:
    """Forward pass, loss, zero_grad, backward, step: five statements, one after another."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(training_loop)))
    batches = next(
        n for n in ast.walk(tree) if isinstance(n, ast.For) and "batches" in ast.dump(n.iter)
    )
    steps = [ast.unparse(statement) for statement in batches.body[:5]]
    assert steps == [
        "y_pred = model(X)",
        "loss = loss_fn(y_pred, y)",
        "optimizer.zero_grad()",
        "loss.backward()",
        "optimizer.step()",
    ]
    assert len(inspect.getsource(training_loop).splitlines()) <= 40
