"""The order of imports between folders, and the order of the five steps."""

import ast
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from linreg.core.experiment import Experiment
from linreg.core.training import five_steps, train, training_loop
from linreg.lesson_code.loop_lines import loop_lines
from linreg.walkthrough import walk

PACKAGE = Path(__file__).parents[1] / "linreg"
# A part of the package may import from itself and from those before it.
ORDER = [
    *("formatting", "settings", "core", "engines", "own_data", "walkthrough", "lesson_code"),
    *("hardware", "analysis", "sharing", "files", "mistakes", "lesson", "board"),
    *("api", "figures", "ui"),
]
UI_ORDER = ["browser", "state", "work", "parts", "screens", "sidebar", "frame", "server", "main"]
MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """A file of the package as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules_of(path: Path) -> set[str]:
    """The modules and folders of the package that a file imports, without `linreg.`."""
    return {name.removeprefix("linreg.") for name in imported(path) if name.startswith("linreg.")}


def parts(path: Path) -> tuple[str, ...]:
    """The names below linreg: ('core', 'data'), ('ui', 'parts', 'stage') ..."""
    return path.relative_to(PACKAGE).with_suffix("").parts


def test_the_folders_are_those_of_the_order() -> None:
    """`linreg` and `linreg/ui` have nothing that the order does not name."""
    for folder, order in ((PACKAGE, ORDER), (PACKAGE / "ui", UI_ORDER)):
        found = {p.stem for p in folder.iterdir() if p.name not in ("__init__.py", "__pycache__")}
        assert found == set(order), folder


def goes_back(path: Path, name: str) -> bool:
    """Whether an import goes to the own or to an earlier folder, in `linreg` and `linreg/ui`."""
    own, theirs = parts(path), name.split(".")
    if own[0] == "__init__":
        return theirs[0] == "api"
    if own[0] == theirs[0] == "ui" and own[1] != "__init__" and len(theirs) > 1:
        return UI_ORDER.index(theirs[1]) <= UI_ORDER.index(own[1])
    return ORDER.index(theirs[0]) <= ORDER.index(own[0])


def test_imports_go_only_to_earlier_folders() -> None:
    """No module imports from a folder after its own, in `linreg` and in `linreg/ui`."""
    found = [(path, name) for path in MODULES for name in modules_of(path)]
    assert len(found) > 500
    assert [(parts(path), name) for path, name in found if not goes_back(path, name)] == []


def test_a_folder_says_its_duty() -> None:
    """Each `__init__.py` has a docstring, and each module too."""
    assert [parts(path) for path in MODULES if not ast.get_docstring(parsed(path))] == []


def test_each_library_stays_where_it_belongs() -> None:
    """Plotly in figures and ui, Streamlit in ui, SQLAlchemy in board, PyTorch in the others."""
    places = {
        "plotly": {"figures", "ui"},
        "streamlit": {"ui"},
        "sqlalchemy": {"board"},
        "torch": {*ORDER, "__init__"} - {"figures", "ui"},
    }
    roots = [(parts(path), name.split(".")[0]) for path in MODULES for name in imported(path)]
    assert {name for _, name in roots} >= set(places)
    assert [(p, name) for p, name in roots if name in places and p[0] not in places[name]] == []


def test_entry_computes_and_draws_nothing() -> None:
    """app.py imports from linreg.ui only."""
    names = {name for name in imported(PACKAGE.parent / "app.py") if "linreg" in name}
    assert {name.split(".")[1] for name in names} == {"ui"}


def body(function: Callable[..., Any]) -> list[str]:
    """The statements of a function, without its docstring."""
    (definition,) = ast.parse(inspect.getsource(function)).body
    assert isinstance(definition, ast.FunctionDef)
    return [ast.unparse(statement) for statement in definition.body[1:]]


def shown_lines(*moments: walk.Moment) -> list[str]:
    """The lesson's lines of code for these moments, for any X and y, without their first indent."""
    code = [line for line, each in loop_lines(Experiment()) if each in moments]
    plain = [line.replace("X_train", "X").replace("y_train", "y") for line in code]
    return [line.removeprefix("    ") for line in plain]


def test_the_five_steps_stand_in_the_right_order() -> None:
    """Forward pass, loss, zero_grad, backward, step: five statements, one after another."""
    assert body(five_steps) == [
        "y_pred = model(X)",
        "loss = loss_fn(y_pred, y)",
        "optimizer.zero_grad()",
        "loss.backward()",
        "optimizer.step()",
        "return loss",
    ]
    assert shown_lines(*walk.FIVE_STEPS) == body(five_steps)[:5]


def test_train_runs_the_five_steps_on_each_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three epochs of three batches: nine calls of the loop's step."""
    calls = []

    def counted(*objects: Any) -> Any:
        calls.append(objects)
        return five_steps(*objects)

    assert training_loop.__defaults__ == (five_steps,)
    monkeypatch.setattr(training_loop, "__defaults__", (counted,))
    train(Experiment(epochs=3, batch_size=16))
    assert len(calls) == 9
    assert len(inspect.getsource(training_loop).splitlines()) <= 40


KEYS = "linreg.ui.state.keys"
OUTSIDE_STATE = [
    path
    for path in MODULES
    if parts(path)[0] == "ui" and not (len(parts(path)) > 2 and parts(path)[1] == "state")
]


def session_uses(tree: ast.AST) -> list[int]:
    """The lines that name the session's state or the parameters of the address."""
    names = {"session_state", "query_params"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names})
    ]


def stray_keys(tree: ast.AST) -> list[int]:
    """The lines with a `key=` that is neither from `keys`, a parameter, nor a setting's address."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    passed_on = {arg.arg for each in functions for arg in (*each.args.args, *each.args.kwonlyargs)}

    def is_declared(value: ast.expr) -> bool:
        match value:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("keys"), attr="one_of"), args=[kind, *_]
            ):
                return is_declared(kind)
            case ast.Attribute(value=ast.Name("keys")) | ast.Attribute(attr="address"):
                return True
            case ast.Name(name):
                return name in passed_on
        return False

    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and not (isinstance(node.func, ast.Name) and node.func.id in ("sorted", "min", "max"))
        for keyword in node.keywords
        if keyword.arg == "key" and not is_declared(keyword.value)
    ]


def test_only_one_folder_uses_the_state_of_a_session() -> None:
    """Session state, the address and the keys of widgets stand in `ui/state`."""
    for path in OUTSIDE_STATE:
        tree = parsed(path)
        assert session_uses(tree) == [], path
        assert stray_keys(tree) == [], path
        if any(isinstance(node, ast.Name) and node.id == "keys" for node in ast.walk(tree)):
            assert KEYS in imported(path), f"`keys` names something else in {path}"


def test_every_key_of_a_widget_is_declared_once() -> None:
    """Two constants with one text would give two widgets the same key."""
    path = PACKAGE / "ui/state/keys.py"
    found: dict[str, list[str]] = {}
    for node in parsed(path).body:
        if isinstance(node, ast.Assign):
            (name,) = (target.id for target in node.targets if isinstance(target, ast.Name))
            if not name.endswith("_ADDRESS"):
                found.setdefault(ast.literal_eval(node.value), []).append(name)
    assert [names for names in found.values() if len(names) > 1] == []
    assert len(found) > 40


@pytest.mark.parametrize(
    "code",
    [
        "st.session_state['a']",
        "st.query_params.get('a')",
        "from streamlit import session_state",
        "st.button('Go', key='go')",
        "st.button('Go', key=f'go {n}')",
        "KEY = 'go'\nst.button('Go', key=KEY)",
        "st.button('Go', key=keys.one_of('go', n))",
        "st.button('Go', key='go' + n)",
    ],
)
def test_the_check_of_sessions_and_keys_finds_wrong_lines(code: str) -> None:
    """The check finds each of these lines."""
    tree = ast.parse(code)
    assert session_uses(tree) + stray_keys(tree)


def test_the_test_loop_that_a_page_shows_is_the_one_that_runs() -> None:
    """The lines of `test_loop`, in order and with their indentation."""
    lines = [line for text in body(walk.test_loop) for line in text.splitlines()]
    *shown, kept = shown_lines(walk.Moment.TEST)
    assert lines[:-1] == shown
    assert kept == "test_loss_values.append(test_loss.item())"
