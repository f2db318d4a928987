"""The lesson's code as cells: only what is used, in the lesson's order and words, and clean."""

import ast
import difflib
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given

import linreg
from linreg import Device, Experiment, Model, Schedule, to_script
from linreg.core.models import MODELS, make_model
from linreg.lesson_code.data_code import MODEL_CLASSES
from linreg.lesson_code.notebook_cells import Part, notebook_cells
from tests.support.examples import examples
from tests.support.strategies import experiments, experiments_on_points

MODEL_0 = Experiment()
MODEL_1 = Experiment(model=Model.LINEAR, epochs=1000)
EVERYTHING = Experiment(
    model=Model.LINEAR,
    schedule=Schedule.STEP,
    noise=0.1,
    shuffle=True,
    validation_fraction=0.1,
    batch_size=16,
)
NO_TEST_SET = Experiment(train_fraction=1.0)
POINTS = ((0.1, 1.0), (2.0, -3.25), (4.0, 1e20))


def words(source: str) -> set[str]:
    """Every name, attribute and argument in a program, comments and texts left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "name", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value)
    return found


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({"noise": 0.1}, {"noise", "Generator", "manual_seed"}),
        ({"shuffle": True}, {"randperm", "order", "Generator"}),
        ({"validation_fraction": 0.1}, {"X_validation", "validation_loss", "test_split"}),
        ({"batch_size": 8}, {"DataLoader", "TensorDataset", "X_batch", "batch_losses"}),
        ({"schedule": "step"}, {"scheduler", "StepLR"}),
        ({"schedule": "cosine"}, {"scheduler", "CosineAnnealingLR"}),
        ({"optimizer": "momentum"}, {"momentum"}),
        ({"optimizer": "adam"}, {"Adam"}),
        ({"points": POINTS}, {"points"}),
    ],
    ids=lambda value: "" if isinstance(value, set) else "-".join(value),
)
def test_what_is_not_set_does_not_appear(change: dict[str, Any], needed: set[str]) -> None:
    """A setting adds its code, and the lesson's own program has none of it."""
    assert needed <= words(to_script(replace(MODEL_0, **change)))
    assert not (needed - {"manual_seed"}) & words(to_script(MODEL_0))


def test_without_a_test_set_the_program_knows_none() -> None:
    """It names a test set only in the list of NaN; with own points, it names no true values."""
    assert {w for w in words(to_script(NO_TEST_SET)) if "test" in w} == {"test_loss_values"}
    named = {
        node.id
        for node in ast.walk(ast.parse(to_script(replace(MODEL_0, points=POINTS))))
        if isinstance(node, ast.Name)
    }
    assert not named & {"weight", "bias"}


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full batch", "batches"])
def test_the_five_steps_stand_in_order_under_their_numbers(batch_size: int | None) -> None:
    """Each step is one statement below its numbered comment; nothing comes in between."""
    source = to_script(replace(MODEL_0, batch_size=batch_size))
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    first = next(i for i, line in enumerate(lines) if line.startswith("# 1."))
    numbers, statements = lines[first : first + 10 : 2], lines[first + 1 : first + 10 : 2]
    assert [number[:4] for number in numbers] == [f"# {i}." for i in range(1, 6)]
    rows = "train" if batch_size is None else "batch"
    assert statements == [
        f"y_pred = model(X_{rows})",
        f"loss = loss_fn(y_pred, y_{rows})",
        "optimizer.zero_grad()",
        "loss.backward()",
        "optimizer.step()",
    ]


@examples(2)
@given(experiments() | experiments_on_points())
def test_every_program_is_clean_code(experiment: Experiment) -> None:
    """It compiles without a warning, in lines of plain ASCII.

    Beside its output a laptop shows a line of 65 characters; of the class, which is the lesson's,
    one of 70.
    """
    source = to_script(experiment)
    compile(source, "program", "exec")
    assert source.isascii()
    assert max(map(len, source.splitlines())) <= 70
    source = source.replace(MODEL_CLASSES[experiment.model], "")
    assert max(map(len, source.splitlines())) <= 65


OF_PYTORCH_1_13 = {
    *("params", "lr", "momentum", "step_size", "gamma", "T_max"),
    *("batch_size", "shuffle", "generator", "in_features", "out_features"),
    *("dtype", "dim", "obj", "f", "weights_only"),
}


@examples(2)
@given(experiments() | experiments_on_points())
def test_every_program_suits_old_machines(experiment: Experiment) -> None:
    """It is Python 3.7, whose last PyTorch is 1.13, and uses no argument of a newer PyTorch."""
    program = ast.parse(to_script(experiment), feature_version=(3, 7))
    calls = [node for node in ast.walk(program) if isinstance(node, ast.Call)]
    used = {
        keyword.arg
        for call in calls
        if (name := ast.unparse(call.func)).startswith(("torch.", "nn.", "DataLoader", "X", "y"))
        or name.endswith("unsqueeze")
        for keyword in call.keywords
    }
    assert used <= OF_PYTORCH_1_13


def test_the_programs_style_is_this_projects(tmp_path: Path) -> None:
    """The linter finds nothing, no unused name above all, and the formatter changes nothing."""
    for number, experiment in enumerate((MODEL_0, MODEL_1, EVERYTHING, NO_TEST_SET)):
        own = MODEL_CLASSES[experiment.model]  # has the lesson's own line breaks
        source = to_script(experiment).replace(own, f"# fmt: off\n{own}\n# fmt: on")
        (tmp_path / f"{number}.py").write_text(source, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    plain = ["--isolated", "--no-cache", str(tmp_path)]
    chosen = "--select=E,F,W,I,B,UP,SIM,RET,PIE,PTH,C4"
    for command in (
        ["check", chosen, "--line-length=70"],
        ["format", "--check", "--line-length=65"],
    ):
        done = subprocess.run(ruff + command + plain, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_device_is_one_line_and_its_comment_finds_the_best() -> None:
    """Another device changes only that line; the comment below it is code that runs."""
    on_cpu = to_script(MODEL_0).splitlines()
    on_gpu = to_script(replace(MODEL_0, device=Device.CUDA)).splitlines()
    changed = [line for line in difflib.ndiff(on_cpu, on_gpu) if line[0] in "+-"]
    assert changed == ['- device = "cpu"', '+ device = "cuda"']
    first = on_cpu.index('device = "cpu"') + 2
    code = "\n".join(line.removeprefix("# ") for line in on_cpu[first : on_cpu.index("# )") + 1])
    names: dict[str, Any] = {"torch": torch}
    exec(code, names)
    best = "mps" if torch.backends.mps.is_available() else "cpu"
    assert names["device"] == ("cuda" if torch.cuda.is_available() else best)


@pytest.mark.parametrize("kind", Model)
def test_the_class_in_the_code_is_the_class_that_is_trained(kind: Model) -> None:
    """Name, keys, starting values and predictions; the app's class also takes a generator."""
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn}
    exec(MODEL_CLASSES[kind], names)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        written = names[MODELS[kind].__name__]()
    trained = make_model(kind, 7)
    X = torch.linspace(-2, 2, 5).unsqueeze(1)
    assert list(written.state_dict()) == list(trained.state_dict())
    for here, there in zip(written.parameters(), trained.parameters(), strict=True):
        assert torch.equal(here, there)
        assert here.dtype == there.dtype
    assert torch.equal(written(X), trained(X))


class Pyplot(ModuleType):
    """Stands in for matplotlib.pyplot and keeps the calls, with their texts."""

    CALLS = ("figure", "scatter", "plot", "yscale", "xlabel", "ylabel", "legend", "show")

    def __init__(self, backend: str) -> None:
        super().__init__("matplotlib.pyplot")
        self.calls: list[str] = []
        self.get_backend = lambda: backend

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in self.CALLS:
            raise AttributeError(name)

        def call(*arguments: Any, **named: Any) -> None:
            numbers = [np.asarray(a) for a in arguments if not isinstance(a, str)]
            assert len({n.size for n in numbers}) <= 1
            self.calls.append(" ".join([name, *(a for a in arguments if isinstance(a, str))]))

        return call


@pytest.mark.parametrize(("backend", "shown"), [("QtAgg", 1), ("Agg", 0)])
def test_plots_are_drawn_where_matplotlib_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, shown: int
) -> None:
    """It plots data, both predictions, and the loss on two scales, and opens windows if it can."""
    pyplot = Pyplot(backend)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "matplotlib", ModuleType("matplotlib"))
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
    with torch.random.fork_rng():
        exec(compile(to_script(MODEL_0), "program", "exec"), {})
    calls = pyplot.calls
    assert calls.count("figure") == calls.count("legend") == 5
    assert calls.count("scatter") == 2 + 3 + 3
    assert calls.count("plot") == 2 * 2
    assert [call for call in calls if call.startswith("yscale")] == ["yscale linear", "yscale log"]
    assert calls.count("show") == shown


@given(experiments() | experiments_on_points())
def test_cells_tell_the_lesson_in_its_order(experiment: Experiment) -> None:
    """Every part has cells, parts are not mixed, and each cell has one to three sentences."""
    cells = notebook_cells(experiment)
    parts = [cell.part for cell in cells]
    changes = [b for a, b in zip([None, *parts], parts, strict=False) if a is not b]
    assert changes == [
        Part.SETUP,
        Part.DATA,
        Part.MODEL,
        Part.TRAINING,
        Part.PREDICTIONS,
        Part.SAVE_LOAD,
        Part.DEVICE,
    ]
    for cell in cells:
        assert 1 <= len(re.findall(r"\.(?= |$)", cell.text)) <= 3
        assert cell.text.endswith(".")
        assert cell.code.strip() == cell.code
        assert cell.code in to_script(experiment)


def test_the_program_goes_into_training_and_out_of_it() -> None:
    """Every epoch begins with train(); predictions are made after eval(), without gradients."""
    (loop,) = (n for n in ast.parse(to_script(EVERYTHING)).body if isinstance(n, ast.For))
    epoch = [ast.unparse(statement).split("\n") for statement in loop.body]
    assert epoch[0] == ["model.train()"]
    test = next(i for i, lines in enumerate(epoch) if "    test_pred = model(X_test)" in lines)
    assert epoch[test - 1] == ["model.eval()"]
    assert epoch[test][0] == "with torch.inference_mode():"
    assert to_script(EVERYTHING).count("model.eval()\nwith torch.inference_mode():") == 2


def test_tensors_go_to_the_device_and_plots_and_files_get_them_from_the_cpu() -> None:
    """Each set and each model is moved; what is plotted or saved is moved back first."""
    source = to_script(EVERYTHING)
    moved = set(re.findall(r"(\w+|\w+\(\))\.to\(device\)", source))
    names = {f"{letter}_{s}" for letter in "Xy" for s in ("train", "validation", "test")}
    assert moved == {*names, "LinearRegressionModelV2()", "model", "loaded_model"}
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    plotted = [call.args for call in calls if ast.unparse(call.func) == "plt.scatter"]
    assert plotted
    assert all(ast.unparse(data).endswith(".cpu().tolist()") for pair in plotted for data in pair)
    assert "torch.save(obj=model.cpu().state_dict(), f=MODEL_SAVE_PATH)\nmodel.to(device)" in source


def test_no_text_says_that_zero_grad_writes_zeros() -> None:
    """PyTorch sets every .grad to None, so texts say that the gradients are cleared."""
    model = make_model(Model.LINEAR, 42)
    optimizer = torch.optim.SGD(model.parameters())
    model(torch.ones(1, 1)).sum().backward()
    optimizer.zero_grad()
    assert [parameter.grad for parameter in model.parameters()] == [None, None]
    zeros = r"\bzero(e[sd]|ing)?\b"
    wrong = re.compile(rf"(?i){zeros}[^.\n]{{0,25}}\bgradient|gradient[^.\n]{{0,25}}{zeros}")
    texts = {path: path.read_text("utf-8") for path in Path(linreg.__file__).parent.rglob("*.py")}
    assert [path for path, text in texts.items() if wrong.search(text)] == []
