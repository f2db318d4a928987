"""The Lesson by Streamlit's own test runner: the lesson's figures, live, to the last digit."""

import contextlib
import io
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from linreg import Experiment, Model, train
from linreg.lesson.glossary import WORDS
from linreg.lesson.presets import PRESETS
from tests.support import notebook
from tests.support.opened import opened, run, shows, text_of

PARTS = (
    "1. Get the data ready",
    "2. Build a model",
    "3. Fit it to the data",
    "4. Predict and evaluate",
    "5. Save and load",
    "6. The same on any device",
    "A story: 1000, 100 or 200 epochs?",
)
ERRORS = "0.4618 0.4691 0.4764 0.4836 0.4909 0.4982 0.5054 0.5127 0.5200 0.5272"
FIRST_Y = "0.3000 0.3140 0.3280 0.3420 0.3560 0.3700 0.3840 0.3980 0.4120 0.4260"
LEARNED = "0.8600 0.8739 0.8878 0.9018 0.9157 0.9296 0.9436 0.9575 0.9714 0.9854"


def whole(**parameters: str) -> AppTest:
    """All parts of the lesson on one page."""
    return opened("lesson", part="whole", **parameters)


def titles(app: AppTest) -> list[str]:
    """The titles of the parts on the page."""
    return [header.value for header in app.header]


def test_the_parts_follow_one_another_by_button() -> None:
    """The page opens with the first part; it stops at both ends."""
    app = opened("lesson")
    seen = [titles(app)]
    for label in ["Part back"] + ["Next part"] * len(PARTS):
        app.button(key=label).click()
        seen.append(titles(run(app)))
    assert seen == [[PARTS[0]], *([part] for part in PARTS), list(PARTS)]
    app.button(key="Next part").click()
    assert titles(run(app)) == list(PARTS)
    assert app.segmented_control(key="part").value == "whole"


def test_a_link_opens_its_part_and_computes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data need no training; in the training part there is no file."""
    trainings: list[object] = []
    monkeypatch.setattr("linreg.ui.screens.lesson.trained", lambda *all: trainings.append(all))
    opened("lesson", part="data")
    assert trainings == []
    monkeypatch.undo()
    app = opened("lesson", part="training")
    assert titles(app) == ["3. Fit it to the data"]
    assert "### Saved" not in text_of(app)


def test_a_part_that_does_not_exist_is_said() -> None:
    """The first part is shown instead."""
    app = opened("lesson", part="loop")
    assert "part=`'loop'` is not one of data, model, training" in app.warning[0].value
    assert titles(app) == [PARTS[0]]


def test_all_parts_stand_in_their_order() -> None:
    """The workflow from data to device, then the story."""
    assert titles(whole()) == list(PARTS)


def test_model_0_shows_the_lessons_figures() -> None:
    """Data, parameters, predictions before training, log and learned values."""
    app = whole()
    shows(
        app,
        "shape (50, 1), torch.float32",
        "| training | 40 |",
        "| test | 10 |",
        "| `weights` | (1,) | 0.3367 |",
        "| `bias` | (1,) | 0.1288 |",
        "Parameter containing:\ntensor([0.3367], requires_grad=True)",
        "Epoch: 0 | Train loss: 0.31288138031959534 | Test loss: 0.48106518387794495",
        "Epoch: 80 | Train loss: 0.03132382780313492 | Test loss: 0.07232122868299484",
        "| **learned** | 0.5784 | 0.3513 |",
        "models/01_pytorch_workflow_model_0.pth",
        "<All keys matched successfully>",
        "True: 10, False: 0",
        *(f" {error} |" for error in ERRORS.split()),
        *(f" {y} |" for y in FIRST_Y.split()),
    )


def test_model_1_shows_the_lessons_figures() -> None:
    """After one click: another class, other keys, the constant pair of losses."""
    app = whole()
    app.button(key=f"preset {PRESETS[1].title}").click()
    run(app)
    constant = "Train loss: 0.0012645035749301314 | Test loss: 0.013801807537674904"
    shows(
        app,
        "class LinearRegressionModelV2(nn.Module):",
        "| `linear_layer.weight` | (1, 1) | 0.7645 |",
        "| `linear_layer.bias` | (1,) | 0.8300 |",
        "Epoch: 0 | Train loss: 0.5551779866218567 | Test loss: 0.5739762187004089",
        *(f"Epoch: {epoch} | {constant}" for epoch in range(200, 1000, 100)),
        "| **learned** | 0.6968 | 0.3025 |",
        *(f" {y_pred} |" for y_pred in LEARNED.split()),
        "models/01_pytorch_workflow_model_1.pth",
    )


@pytest.mark.parametrize(("every", "says"), [(100, "seems constant"), (7, "show both values")])
def test_the_log_hides_the_alternation_only_if_k_is_even(every: int, says: str) -> None:
    """Each 100th epoch shows the same loss; each 7th shows both."""
    app = whole(model="linear", epochs="1000")
    [chooser] = [s for s in app.select_slider if s.label == "Print every k-th epoch"]
    chooser.set_value(every)
    run(app)
    assert says in app.info[0].value
    assert "From epoch 116 on" in app.info[0].value
    [log] = [code.value for code in app.code if code.value.startswith("Epoch: 0 |")]
    printed = [line for line in log.splitlines() if line.startswith("Epoch")]
    losses = {line.split(" | ")[1] for line in printed if int(line.split()[1]) >= 116}
    assert len(losses) == (1 if every == 100 else 2)
    assert any(f"if epoch % {every} == 0:" in code.value for code in app.code)


def test_too_few_lines_show_nothing_and_the_page_says_so() -> None:
    """200 epochs, every 20th: only one line is in the cycle."""
    assert "Too few lines" in whole(epochs="200").info[0].value


def test_the_code_runs_in_the_order_in_which_it_stands_on_the_page(tmp_path: Path) -> None:
    """All Python cells from top to bottom, in a namespace of their own, train as the page says."""
    app = whole(epochs="20")
    cells = [code.value for code in app.code if code.language == "python"]
    cells = [cell for cell in cells if not cell.startswith(("[Parameter", "y_preds =="))]
    namespace: dict[str, Any] = {}
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec("\n\n".join(cells), namespace)
    losses = train(Experiment(epochs=20)).history.train_loss.tolist()
    assert namespace["train_loss_values"] == losses
    [saved] = [m.value for m in app.markdown if "Saved to" in m.value]
    [size] = re.findall(r"\*\*([\d,]+) bytes", saved)
    assert f"{size.replace(',', '')} bytes" in printed.getvalue()
    [random] = re.findall(r"Random: .*", printed.getvalue())
    for number in re.findall(r"tensor\(\[(.+?)\]", random):
        shows(app, f" {float(number):.4f}")


def test_without_a_test_set_the_page_says_what_it_predicts() -> None:
    """It shows training rows, as the code does, and says nothing of extrapolation."""
    app = whole(train="1")
    shows(app, "no test set", "not judged", "The first 10 rows; 40 more are in the chart.")
    assert "extrapolation" not in text_of(app)


def test_what_the_link_keeps_is_not_to_be_set_in_the_sidebar() -> None:
    """Neither the hyperparameters of the run nor those of the story."""
    shows(whole(), "you set them in the sidebar", "then set *Epochs* to 200")
    for address in ({"lock": "epochs"}, {"hide": "epochs"}):
        app = whole(**address)
        shows(app, "they are set before it", "**How to avoid it.**")
        assert "in the sidebar" not in text_of(app)
        assert "set *Epochs*" not in text_of(app)


def test_a_rate_that_a_schedule_lowers_is_not_said_to_stay() -> None:
    """The scheduler stands in the loop beside it."""
    shows(whole(), "learning rate 0.01, 100 epochs")
    shows(whole(schedule="cosine", epochs="1"), "learning rate 0.01, 1 epoch")
    shows(whole(schedule="cosine"), "learning rate 0.01 (at first; cosine lowers it), 100 epochs")


def test_the_story_tells_100_200_and_1000_epochs() -> None:
    """The parameters that the lesson prints are those after 200; 1000 end in the same state."""
    shows(
        whole(lr="0.5"),
        "| 100 | 0.5784 | 0.3513 |",
        "| 200 | 0.6990 | 0.3093 |",
        "from epoch 169 on this run alternates",
        "| 301 | 0.010256 | 0.000331 |",
        "| 900 | 0.001265 | 0.013802 |",
    )


@pytest.mark.parametrize(
    ("part", "follows", "own"),
    [("data", True, False), ("story", False, True), ("whole", True, True)],
)
def test_each_part_says_whose_settings_its_runs_have(part: str, follows: bool, own: bool) -> None:
    """The story and its questions do not follow the sidebar."""
    app = opened("lesson", part=part, epochs="300", lr="0.001")
    said = " ".join(caption.value for caption in app.caption)
    assert ("a notebook for your present settings" in said) is follows
    assert ("with the settings that they name" in said) is own
    if own:
        shows(app, "Not in the lesson's first run (*Model 0*, learning rate 0.01, 100 epochs).")


def test_the_way_of_the_parameters_is_shown_on_the_loss_surface() -> None:
    """The path of the lesson's run, whose bias passes its true value and comes back."""
    app = opened("lesson", part="story")
    history = train(Experiment()).history
    highest = int(history.bias.argmax())
    shows(app, "Do the parameters go straight to the truth?", f"{history.bias[highest]:.4f}")
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    [surface] = [one for one in charts if one["layout"]["title"]["text"] == "Loss surface"]
    [path] = [trace for trace in surface["data"] if trace["name"] == "path"]
    for drawn, values in ((path["x"], history.weight), (path["y"], history.bias)):
        assert drawn == {"dtype": "f4", "bdata": b64encode(values.tobytes()).decode()}


def test_what_eval_and_devices_do_is_shown_as_tables_of_what_pytorch_does() -> None:
    """A row for each call, with the marks that PyTorch gives."""
    app = whole()
    model, X = notebook.CLASSES[Model.PARAMETER](), torch.ones(2, 1)
    shows(app, f"| neither | ✓ {model.training} | ✓ {model(X).requires_grad} |")
    model.eval()
    shows(app, f"| `model` `.eval()` | ✗ {model.training} | ✓ {model(X).requires_grad} |")
    with torch.inference_mode():
        recorded = model(X).requires_grad
    shows(app, f"| both | ✗ {model.training} | ✗ {recorded} |")
    with pytest.raises(RuntimeError) as raised:
        model(X).numpy()
    shows(app, f"| `y_preds` `.numpy()` | cpu | cpu | yes | ✗ RuntimeError: {raised.value} |")
    assert "| ✓ no error |" in text_of(app)


def test_every_word_is_explained_in_place() -> None:
    """Each word of the glossary has its own button somewhere on the page."""
    shows(whole(), *(meaning for meaning in WORDS.values()))


@pytest.mark.parametrize(
    "parameters",
    [
        {"train": "1"},
        {"epochs": "1"},
        {"step": "1", "stop": "2", "train": "1"},
        {"loss": "mse", "lr": "10", "epochs": "1000"},
        {"epochs": "10000"},
        {"batch": "8", "noise": "0.1", "shuffle": "true", "validation": "0.1", "schedule": "step"},
    ],
    ids=["no test set", "one epoch", "two rows", "overflow", "most epochs", "all at once"],
)
def test_other_settings_show_all_parts(parameters: dict[str, str]) -> None:
    """No exception, and nothing left out."""
    app = whole(**parameters)
    assert len(app.header) == len(PARTS)
    assert "### Loaded" in text_of(app)


def test_own_rows_out_of_order_are_not_called_extrapolation() -> None:
    """The last rows lie between the first ones: their positions count, not their order."""
    app = whole(train="0.75")
    app.session_state["linreg"].points = ((0.0, 1.0), (4.0, 3.0), (1.0, 1.5), (2.0, 2.0))
    shows(run(app), "split in order. Test rows outside the range of the training rows: 0 of 1.")
    assert "extrapolation" not in text_of(app)
    assert "split at random" in text_of(whole(shuffle="true"))
    shows(whole(), "the training rows: 10 of 10.", "measures extrapolation")
