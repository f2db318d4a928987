"""Save & load by Streamlit's own test runner: files out, files in, and what is wrong with them."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from linreg import (
    Experiment,
    Loss,
    Model,
    read_experiment_file,
    train,
    write_experiment_file,
)
from linreg.core.models import make_model
from linreg.own_data.standard_units import standardised
from linreg.ui.screens import save_and_load
from tests.support import notebook
from tests.support.opened import opened, run, shows, text_of


def brought(app: AppTest, key: str, name: str, data: bytes) -> AppTest:
    """Upload a file."""
    app.file_uploader(key=key).set_value((name, data, "application/octet-stream"))
    return run(app)


def saved_by_a_student(model: Model) -> bytes:
    """A file that plain PyTorch writes from the lesson's own class."""
    torch.manual_seed(1)
    file = io.BytesIO()
    torch.save(notebook.CLASSES[model]().state_dict(), file)
    return file.getvalue()


@pytest.mark.parametrize("model", list(Model))
def test_every_page_gives_the_same_size_of_the_models_file(model: Model, tmp_path: Path) -> None:
    """It is that of a file which plain PyTorch writes under the lesson's name."""
    path = tmp_path / f"01_pytorch_workflow_model_{list(Model).index(model)}.pth"
    torch.save(notebook.CLASSES[model]().state_dict(), path)
    size = f"{path.stat().st_size:,} bytes"
    shows(opened("lesson", part="saving", model=model), f"{path.name}`: **{size}**")
    shows(opened("save_and_load", model=model), f"`{path.name}`: {size}; keys")


def test_the_apps_own_file_comes_back_equal() -> None:
    """Ten predictions are equal."""
    app = brought(opened("save_and_load"), "pth", "m.pth", train(Experiment()).checkpoint)
    shows(
        app,
        "| `'weights'` | (1,) | float32 |",
        "|  | `LinearRegressionModel` | `LinearRegressionModelV2` |",
        "| fits | yes | no |",
        "| missing | none | `linear_layer.weight`, `linear_layer.bias` |",
        "| unexpected | none | `'weights'`, `'bias'` |",
        "| wrong shape | none | none |",
        "| wrong type | none | none |",
        "**10 of 10 equal**, largest difference 0.",
    )


def test_a_students_file_is_compared_with_the_present_run() -> None:
    """Other numbers, the right keys."""
    shows(
        brought(opened("save_and_load"), "pth", "m.pth", saved_by_a_student(Model.PARAMETER)),
        "**0 of 10 equal**",
    )


def test_a_file_of_the_other_class_explains_strict() -> None:
    """Missing and unexpected keys, and what strict=False leaves random."""
    app = brought(opened("save_and_load"), "pth", "m.pth", saved_by_a_student(Model.LINEAR))
    assert "does not fit" in app.warning[0].value
    assert "It fits LinearRegressionModelV2: choose the model *linear*" in app.warning[0].value
    assert "linear" in app.segmented_control(key="model").options
    shows(app, "`weights` stays 0.3367", "missing_keys=['weights', 'bias']")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            {"weights": torch.ones(1), "bias": torch.ones(2)},
            ["`bias` stays 0.1288. A", "none here"],
        ),
        (
            {"bias": torch.ones(2)},
            ["`bias` stays 0.1288. A", "random value: `weights` stays 0.3367"],
        ),
        ({"bias": torch.ones(1)}, ["random value: `weights` stays 0.3367."]),
        ({"other": torch.ones(3, 1)}, ["`weights` stays 0.3367, `bias` stays 0.1288."]),
    ],
    ids=str,
)
def test_strict_false_is_told_as_pytorch_does_it(
    state: dict[str, torch.Tensor], said: list[str]
) -> None:
    """Other keys give no error, other shapes do; neither class is recommended for such a file."""
    torch.manual_seed(42)
    plain = notebook.LinearRegressionModel()
    try:
        answer, error = str(plain.load_state_dict(state, strict=False)), "there is no error"
    except RuntimeError as raised:
        answer, error = str(raised), "there is an error too"
    app = brought(opened("save_and_load"), "pth", "m.pth", of(state))
    shows(app, error, *said, answer)
    assert "in the sidebar" not in app.warning[0].value


def of(content: Any) -> bytes:
    """What torch.save writes."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def test_a_file_under_other_names_is_loaded_at_a_press() -> None:
    """Which key goes where, where its prefix comes from, the code, and then the predictions."""
    layer = {"weight": torch.tensor([[0.7]]), "bias": torch.tensor([0.3])}
    file = of({f"module.line.{key}": value for key, value in layer.items()})
    app = brought(opened("save_and_load"), "pth", "net.CKPT", file)
    shows(
        app,
        "### It fits under other names",
        "| `'module.line.weight'` (1, 1) | `weights` (1,) |",
        "`nn.DataParallel`",
        "loaded with `reshape`",
        "'module.line.bias': 'bias'",
    )
    assert "does not fit" in app.warning[0].value
    next(toggle for toggle in app.toggle if toggle.label == "Load it like this").set_value(True)
    run(app)
    shows(app, "All keys matched successfully")
    assert not app.warning


def test_a_file_with_the_same_names_is_said_to_fit_in_other_shapes() -> None:
    """Nothing is renamed there."""
    file = of({"weights": torch.tensor([[0.7]]), "bias": torch.tensor([0.3])})
    app = brought(opened("save_and_load"), "pth", "m.pth", file)
    shows(app, "### It fits in other shapes", "| `'weights'` (1, 1) | `weights` (1,) |")


def test_where_names_do_not_tell_the_visitor_says_which_number_is_the_weight() -> None:
    """Then it loads at a press, as under other names."""
    file = of({"a": torch.tensor([0.3]), "b": torch.tensor([0.7])})
    app = brought(opened("save_and_load"), "pth", "line.pth", file)
    assert not app.warning  # whether it fits is open
    [which] = [each for each in app.segmented_control if "is the weight" in each.label]
    which.set_value(1)
    run(app)
    shows(app, "| `'b'` (1,) | `weights` (1,) |", "| `'a'` (1,) | `bias` (1,) |")


def test_long_keys_are_told_apart_by_their_ends() -> None:
    """Each with its own shape, also in the code."""
    layer = {"weight": torch.tensor([[0.7]]), "bias": torch.tensor([0.3])}
    file = of({"module." * 8 + key: value for key, value in layer.items()})
    app = brought(opened("save_and_load"), "pth", "net.pth", file)
    shows(app, "module.weight'` (1, 1) | `weights` (1,) |", "module.bias'` (1,) | `bias` (1,) |")
    shows(app, "reshape_as")


def test_the_state_dict_of_a_checkpoint_is_offered() -> None:
    """The part that fits is chosen; another can be."""
    fits = train(Experiment()).state_dict()
    file = of(
        {
            "epoch": 3,
            "grads": {0: torch.ones(1)},
            "best": {"w": torch.ones(1, 2), "b": torch.ones(1)},
            "model": fits,
            "lr": 0.1,
        }
    )
    app = brought(opened("save_and_load"), "pth", "checkpoint.pth.tar", file)
    shows(app, "it holds `'best'`, `'model'`", "Its part `'model'` fits", "**10 of 10 equal**")
    app.selectbox[0].set_value("best")
    run(app)
    shows(app, "| `'w'` | (1, 2) | float32 |")
    assert "Its model takes 2 inputs; the lesson's models take one." in app.warning[0].value


def test_a_part_that_fits_only_under_other_names_is_not_said_to_fit_as_it_is() -> None:
    """PyTorch raises an error for it; a part that fits as it is goes first."""
    other, own = (
        train(Experiment(model=model)).state_dict() for model in (Model.LINEAR, Model.PARAMETER)
    )
    with pytest.raises(RuntimeError):
        make_model(Model.PARAMETER, 0).load_state_dict(other)
    app = brought(opened("save_and_load"), "pth", "a.pth", of({"epoch": 3, "net": other}))
    shows(app, "Its part `'net'` fits the present model only under other names", "It fits under")
    assert "As it is, the file does not fit the present model" in app.warning[0].value
    app = brought(opened("save_and_load"), "pth", "b.pth", of({"net": other, "own": own}))
    shows(app, "Its part `'own'` fits the present model.", "**10 of 10 equal**")


def test_a_file_of_complex_numbers_says_that_their_type_is_wrong() -> None:
    """No reason stays "none", and nothing is said of keys that do not match."""
    file = io.BytesIO()
    torch.save({"weights": torch.tensor([1j]), "bias": torch.tensor([2.0])}, file)
    app = brought(opened("save_and_load"), "pth", "m.pth", file.getvalue())
    shows(app, "| fits | no | no |", "| wrong type | `weights` | none |")
    assert "`'weights'` in the file is complex64" in app.error[0].value
    assert not app.warning


@pytest.mark.parametrize(
    "data", [b"", b"no file", saved_by_a_student(Model.LINEAR)[:500]], ids=["empty", "text", "cut"]
)
def test_what_is_no_state_dict_gets_one_sentence(data: bytes) -> None:
    """No exception, no traceback, no path."""
    app = brought(opened("save_and_load"), "pth", "m.pth", data)
    [error] = app.error
    assert error.value.endswith(".")
    assert "Traceback" not in error.value
    assert "/" not in error.value


def test_an_experiment_comes_back_with_all_its_settings() -> None:
    """A file from another computer gives the controls its values."""
    experiment = Experiment(lr=0.1, loss=Loss.MSE, epochs=20, batch_size=8, shuffle=True, seed=7)
    app = opened("save_and_load")
    brought(app, "experiment", "run.json", write_experiment_file(train(experiment)))
    next(button for button in app.button if button.label == "Restore its settings").click()
    run(app)
    assert app.select_slider(key="lr").value == 0.1
    assert app.segmented_control(key="loss").value == "mse"
    assert app.select_slider(key="batch").value == 8
    assert app.toggle(key="shuffle").value
    assert app.slider(key="seed").value == 7


def test_own_data_come_back_too() -> None:
    """An address could not hold these rows."""
    points = ((0.0, 1.0), (1.0, 2.0), (2.0, 2.5), (3.0, 4.0))
    app = opened("save_and_load")
    brought(app, "experiment", "r.json", write_experiment_file(train(Experiment(points=points))))
    next(button for button in app.button if button.label == "Restore its settings").click()
    run(app)
    assert app.session_state["linreg"].points == points


def test_a_file_restored_in_place_of_own_rows_says_where_they_are_and_what_a_link_keeps() -> None:
    """One sentence each; what is locked stays."""
    app = opened("save_and_load", lock="lr")
    app.session_state["linreg"].points = ((0.0, 1.0), (1.0, 2.0), (2.0, 2.5))
    brought(app, "experiment", "r.json", write_experiment_file(train(Experiment(lr=0.1, epochs=5))))
    next(button for button in app.button if button.label == "Restore its settings").click()
    run(app)
    kept, rows = (warning.value for warning in app.warning)
    assert kept == "Learning rate stays 0.01: the link of this page locks it."
    assert rows.startswith("Your 3 own rows are not in use any more. *Use the 3 rows from before")
    learned = train(Experiment(epochs=5)).history.weight[-1]
    shows(run(app.switch_page("screens/playground.py")), f"| **learned** | {learned:.4f} |")


def test_a_file_is_used_exactly_where_its_values_are_between_two_stops() -> None:
    """As a link with such values is."""
    experiment = Experiment(lr=0.0123, weight=0.755, epochs=123)
    app = opened("save_and_load")
    brought(app, "experiment", "r.json", write_experiment_file(train(experiment)))
    next(button for button in app.button if button.label == "Restore its settings").click()
    run(run(app).switch_page("screens/playground.py"))
    learned = train(experiment).history.weight[-1]
    shows(
        app, f"| **learned** | {learned:.4f} |", "**0.0123** is used; the slider has no such stop."
    )


def test_no_length_is_told_of_a_run_whose_file_was_corrected() -> None:
    """The file holds no run of the corrected number of epochs."""
    data = write_experiment_file(train(Experiment(epochs=30)))
    for text, told in ((data, True), (re.sub(rb'("epochs": *)30', rb"\g<1>20000", data), False)):
        app = brought(opened("save_and_load"), "experiment", "r.json", text)
        assert bool(app.warning) is not told
        assert ("It holds a run of" in text_of(app)) is told


def test_a_file_that_is_no_experiment_gets_one_sentence() -> None:
    """And nothing is lost."""
    app = brought(opened("save_and_load", lr="0.1"), "experiment", "r.json", b"[1, 2")
    assert app.error[0].value.endswith(".")
    assert app.select_slider(key="lr").value == 0.1


def test_an_experiment_in_standard_units_comes_back_with_its_original_numbers() -> None:
    """The file holds what the student pasted, and says that the run scaled it."""
    points = ((0.0, 10.0), (100.0, 20.0), (200.0, 30.0), (300.0, 45.0))
    app = opened("save_and_load")
    app.session_state["linreg"].points, app.session_state["linreg"].standard = points, True
    run(app)
    assert "hold the original numbers" in " ".join(info.value for info in app.info)
    plain = Experiment(points=points)
    units = standardised(points, plain.n_train)
    data = write_experiment_file(train(Experiment(points=units.points)), points)
    assert read_experiment_file(data).experiment.points == points
    app = brought(opened("save_and_load"), "experiment", "run.json", data)
    shows(app, "used in standard units")
    next(b for b in app.button if b.label == "Restore its settings").click()
    run(app)
    assert app.session_state["linreg"].points == points
    assert app.session_state["linreg"].standard


def test_the_charts_are_those_of_the_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the scale, the epochs and the part of the surface that its *View* has."""
    made: dict[str, Callable[[], str | bytes]] = {}
    monkeypatch.setattr(save_and_load, "download", lambda name, make: made.update({name: make}))
    for view, titles in (
        ({}, ("Loss curves (linear scale)", "Loss surface")),
        (
            {"scale": "log", "shown": "last", "surface": "end"},
            ("Loss of the last 10 epochs", "Loss surface around the end"),
        ),
    ):
        opened("save_and_load", **view)
        for name, title in zip(("loss", "surface"), titles, strict=True):
            assert f'"text":"{title}"' in str(made[f"{name}.html"]())
