"""The exported program and notebook run alone and train as the app does, bit for bit."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Model, Optimizer, Schedule, to_notebook, to_script, train
from linreg.core.data import split_order
from linreg.lesson_code.notebook_cells import notebook_cells
from linreg.own_data.standard_units import standardised
from tests.support import notebook
from tests.support.programs import Outcome, program_runner
from tests.support.strategies import experiments, experiments_on_points

RunProgram = Callable[[str], Outcome]

MODEL_0 = Experiment()
MODEL_1 = Experiment(model=Model.LINEAR, epochs=1000)
EVERYTHING = Experiment(
    model=Model.LINEAR,
    loss=Loss.HUBER,
    optimizer=Optimizer.MOMENTUM,
    schedule=Schedule.STEP,
    noise=0.1,
    shuffle=True,
    validation_fraction=0.1,
    batch_size=16,
    epochs=7,
)
NO_TEST_SET = Experiment(train_fraction=1.0, epochs=3)
POINTS = ((0.1, 1.0), (2.0, -3.25), (1e-07, 1 / 3), (4.0, 1e20), (5.0, 0.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of this file run."""
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="module")
def run_program(folder: Path) -> Iterator[RunProgram]:
    """One process for all programs of this file."""
    with program_runner(folder) as run:
        yield run


def code_of(notebook_text: str) -> str:
    """The code cells of a notebook as one program."""
    cells = json.loads(notebook_text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def assert_same(outcome: Outcome, experiment: Experiment) -> None:
    """Every loss and the learned parameters are those of `train`, to the last bit."""
    run = train(experiment)
    wanted = {
        "train_loss_values": run.history.train_loss,
        "test_loss_values": run.history.test_loss,
    }
    if experiment.n_validation:
        wanted["validation_loss_values"] = run.history.validation_loss
    assert outcome.losses.keys() == wanted.keys()
    for name, values in wanted.items():
        # as float64: the digits that the program prints and those of the app's log
        np.testing.assert_array_equal(outcome.losses[name], values.astype(float), err_msg=name)
    state = run.state_dict()
    assert outcome.state.keys() == state.keys()
    for key, value in state.items():
        np.testing.assert_array_equal(
            np.array(outcome.state[key], dtype=np.float32), value.numpy().ravel()
        )


@given(experiments() | experiments_on_points(), st.booleans())
def test_script_and_notebook_train_as_the_app_does(
    run_program: RunProgram, experiment: Experiment, as_script: bool
) -> None:
    """For all settings, also when the loss overflows, the numbers are the same to the last bit."""
    source = to_script(experiment) if as_script else code_of(to_notebook(experiment))
    assert_same(run_program(source), experiment)


@pytest.mark.parametrize(
    "experiment",
    [
        MODEL_0,
        MODEL_1,
        EVERYTHING,
        NO_TEST_SET,
        replace(NO_TEST_SET, train_fraction=0.9, validation_fraction=0.1),
        replace(MODEL_0, points=POINTS, train_fraction=0.6),
        replace(MODEL_0, loss=Loss.MSE, lr=10.0),
        replace(MODEL_0, optimizer=Optimizer.ADAM, schedule=Schedule.COSINE, epochs=50),
        replace(MODEL_0, stop=0.5, step=0.25, train_fraction=1.0, epochs=1, batch_size=1),
        replace(EVERYTHING, seed=1042),
        replace(EVERYTHING, seed=3042, model=Model.PARAMETER),
        replace(EVERYTHING, seed=2**32 - 1),
    ],
    ids=[
        "model 0",
        "model 1",
        "everything",
        "no test set",
        "validation only",
        "points",
        "overflow",
        "adam",
        "smallest",
        "seed 1042",
        "seed 3042",
        "largest seed",
    ],
)
def test_these_programs_train_as_the_app_does(
    run_program: RunProgram, experiment: Experiment
) -> None:
    """The lesson's runs and rare cases, tested every time."""
    assert_same(run_program(to_script(experiment)), experiment)


def parameters(printed: str) -> list[tuple[str, str]]:
    """Weight and bias of each state_dict that a program prints; Python 3.12 writes it otherwise."""
    known = re.findall(
        r"weights?'[,:] tensor\(\[+([-.\d]+)\]+\).*?bias'[,:] tensor\(\[([-.\d]+)", printed
    )
    return [(weight, bias) for weight, bias in known]


def test_model_0_prints_the_figures_of_the_lesson(run_program: RunProgram) -> None:
    """First rows, predictions and errors before training, every 20th epoch, the round trip."""
    printed = " ".join(run_program(to_script(MODEL_0)).printed.split())
    for figures in (
        "[0.3000, 0.3140, 0.3280, 0.3420, 0.3560, 0.3700, 0.3840, 0.3980, 0.4120, 0.4260]",
        "[0.3982, 0.4049, 0.4116, 0.4184, 0.4251, 0.4318, 0.4386, 0.4453, 0.4520, 0.4588]",
        "[0.4618, 0.4691, 0.4764, 0.4836, 0.4909, 0.4982, 0.5054, 0.5127, 0.5200, 0.5272]",
        "<All keys matched successfully>",
        f"[{', '.join(['True'] * 10)}]",
        "Parameters on: cpu Predictions on: cpu",
    ):
        assert figures in printed
    assert parameters(printed)[:2] == [("0.3367", "0.1288"), ("0.5784", "0.3513")]
    losses = {
        0: (0.31288138031959534, 0.48106518387794495),
        20: (0.08908725529909134, 0.21729660034179688),
        40: (0.04543796554207802, 0.11360953003168106),
        60: (0.03818932920694351, 0.08886633068323135),
        80: (0.03132382780313492, 0.07232122868299484),
    }
    found = re.findall(r"Epoch: (\d+) \| Train loss: (\S+) \| Test loss: (\S+)", printed)
    log = {int(epoch): (float(before), float(after)) for epoch, before, after in found}
    for epoch, pair in losses.items():
        np.testing.assert_allclose(log[epoch], pair, rtol=1e-6)


def test_model_1_prints_the_figures_of_the_lesson(run_program: RunProgram) -> None:
    """Its parameters and predictions after 1000 epochs, printed every 100."""
    printed = " ".join(run_program(to_script(MODEL_1)).printed.split())
    assert "[0.8600, 0.8739, 0.8878, 0.9018, 0.9157, 0.9296, 0.9436, 0.9575, 0.9714, 0.9854]" in (
        printed
    )
    assert ("0.6968", "0.3025") in parameters(printed)
    assert re.findall(r"Epoch: (\d+)", printed) == [str(epoch) for epoch in range(0, 1000, 100)]


@pytest.mark.parametrize("model", list(Model))
def test_the_saved_file_is_the_lessons(run_program: RunProgram, folder: Path, model: Model) -> None:
    """It has the lesson's name, the size that is printed, and the learned state_dict."""
    experiment = Experiment(model=model, epochs=5)
    outcome = run_program(to_script(experiment))
    number = {Model.PARAMETER: 0, Model.LINEAR: 1}[model]
    path = Path("models") / f"01_pytorch_workflow_model_{number}.pth"
    file = folder / path
    assert f"{path}: {file.stat().st_size} bytes\n" in outcome.printed
    state = torch.load(file, weights_only=True)
    notebook.CLASSES[model]().load_state_dict(state)
    for key, value in train(experiment).state_dict().items():
        assert torch.equal(state[key], value)


def test_the_programs_use_the_lessons_names(run_program: RunProgram) -> None:
    """The names that a student knows from class are in the namespace."""
    lesson = """X y X_train y_train X_test y_test weight bias model loss_fn optimizer epochs
        y_pred y_preds train_loss_values test_loss_values MODEL_SAVE_PATH device torch nn"""
    for experiment in (MODEL_0, MODEL_1):
        names = set(run_program(to_script(experiment)).names)
        assert names >= set(lesson.split())
    assert "LinearRegressionModelV2" in names


def test_a_program_alone_says_that_there_are_no_plots(run_program: RunProgram) -> None:
    """Without matplotlib, one line says how to install it, and the rest runs."""
    printed = run_program(to_script(Experiment(epochs=1))).printed
    assert printed.count("python -m pip install matplotlib") == 1
    assert "<All keys matched successfully>" in printed


@given(experiments() | experiments_on_points())
def test_a_notebook_has_the_form_of_nbformat_4_5(experiment: Experiment) -> None:
    """Exactly the members that the schema requires of a notebook and of each kind of cell."""
    parsed = json.loads(to_notebook(experiment))
    assert parsed.keys() == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (parsed["nbformat"], parsed["nbformat_minor"]) == (4, 5)
    assert parsed["metadata"]["kernelspec"].keys() >= {"name", "display_name"}
    assert parsed["metadata"]["language_info"]["name"] == "python"
    ids = [cell["id"] for cell in parsed["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in parsed["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        members = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            members |= {"execution_count", "outputs"}
            assert cell["execution_count"] is None
            assert cell["outputs"] == []
        else:
            assert cell["cell_type"] == "markdown"
        assert cell.keys() == members
        assert cell["metadata"] == {}
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert not cell["source"][-1].endswith("\n")
        assert all(line.count("\n") <= 1 for line in cell["source"])


def test_the_notebook_shows_each_cells_words_above_its_code() -> None:
    """A title, then text and code in turn; a heading where a part begins."""
    first, *rest = json.loads(to_notebook(MODEL_0))["cells"]
    assert first["source"] == ["# A straight line learned with PyTorch"]
    texts, codes = rest[::2], rest[1::2]
    cells = notebook_cells(MODEL_0)
    assert ["".join(code["source"]) for code in codes] == [cell.code for cell in cells]
    for text, cell in zip(texts, cells, strict=True):
        assert "".join(text["source"]).endswith(cell.text)
    headings = [t["source"][0].strip() for t in texts if t["source"][0].startswith("#")]
    names = ("Setup", "Data", "Model", "Training", "Predictions", "Save and load", "Device")
    assert headings == [f"## {name}" for name in names]


@pytest.mark.parametrize("shuffle", [False, True])
def test_code_of_scaled_points_holds_the_original_numbers(
    run_program: RunProgram, shuffle: bool
) -> None:
    """It scales them itself, by the training rows, and trains as the app does."""
    original = tuple((float(x), 3.0 * x + 20 * (x % 3) + 100) for x in range(12))
    plain = Experiment(points=original, shuffle=shuffle, loss=Loss.MSE, lr=0.1)
    units = standardised(original, plain.n_train, split_order(plain))
    scaled = replace(plain, points=units.points)
    code = to_script(scaled, original)
    assert "(11.0, 173.0)" in code
    assert "(11.0, 173.0)" in to_notebook(scaled, original)
    assert repr(units.points[0][0]) not in code
    losses = run_program(code).losses["train_loss_values"]
    np.testing.assert_allclose(losses, train(scaled).history.train_loss, rtol=1e-4)
