"""The Playground by Streamlit's own test runner: what is set is what is trained."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from linreg import SETTINGS, Experiment, Loss, Model, Run, to_script, train
from linreg.lesson.glossary import WORDS
from linreg.lesson.presets import PRESETS
from linreg.settings.kinds import (
    Choice,
    Number,
    OptionalWhole,
    Switch,
    Whole,
)
from linreg.sharing.pins import Pin, write_pin
from linreg.ui.parts.report import learned_against_true
from linreg.ui.screens.playground import TABS
from linreg.ui.state.controls import offered_settings
from linreg.ui.state.moves import SOON
from linreg.ui.state.pages import PATHS
from linreg.ui.state.view import SCREEN, VIEW
from linreg.ui.work import cache
from tests.support.opened import open_tab, opened, run, shows, text_of

# The lesson's predictions for its ten test rows.
BEFORE_TRAINING = "0.3982 0.4049 0.4116 0.4184 0.4251 0.4318 0.4386 0.4453 0.4520 0.4588"
LEARNED = "0.8600 0.8739 0.8878 0.9018 0.9157 0.9296 0.9436 0.9575 0.9714 0.9854"
# Where AppTest keeps the widgets of each kind of setting.
KINDS = {
    Number: "slider",
    Whole: "slider",
    OptionalWhole: "select_slider",
    Choice: "segmented_control",
    Switch: "toggle",
}
UNEVEN = {"step", "lr", "epochs"}  # numbers whose stops are not evenly spaced
# A value for each setting that differs from its default and from the others' needs.
OTHER_VALUES: dict[str, Any] = {
    "weight": -1.2,
    "bias": 0.5,
    "train_fraction": 0.6,
    "lr": 0.05,
    "epochs": 20,
    "noise": 0.1,
    "model": Model.LINEAR,
    "loss": Loss.MSE,
    "optimizer": "adam",
    "schedule": "cosine",
    "batch_size": 8,
    "seed": 7,
    "validation_fraction": 0.1,
    "shuffle": True,
    "start": -1.0,
    "stop": 2.0,
    "step": 0.1,
}


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Experiment]]:
    """Each experiment that the app trains, in order; the caches are empty at the start."""
    seen: list[Experiment] = []

    def spy(experiment: Experiment, progress: Any) -> Run:
        seen.append(experiment)
        return train(experiment, progress)

    monkeypatch.setattr(cache, "replayed", spy)
    st.cache_data.clear()
    yield seen
    st.cache_data.clear()


def widget(app: AppTest, name: str) -> Any:
    """The control of a setting."""
    setting = offered_settings()[name]
    kind = KINDS[type(setting)] if name not in UNEVEN else "select_slider"
    return getattr(app, kind)(key=setting.address)


def text_of_tabs(app: AppTest) -> str:
    """All text on the page, with each tab opened in turn."""
    return "\n".join(text_of(open_tab(app, name)) for name in TABS)


def test_the_first_page_is_the_lessons_first_run(trained: list[Experiment]) -> None:
    """Model 0, 100 epochs, trained once, with the lesson's figures to the last digit."""
    page = text_of_tabs(opened())
    assert trained == [Experiment()]
    for line in (
        "Epoch: 0 | Train loss: 0.31288138031959534 | Test loss: 0.48106518387794495",
        "Epoch: 20 | Train loss: 0.08908725529909134 | Test loss: 0.21729660034179688",
        "Epoch: 40 | Train loss: 0.04543796554207802 | Test loss: 0.11360953003168106",
        "Epoch: 60 | Train loss: 0.03818932920694351 | Test loss: 0.08886633068323135",
        "Epoch: 80 | Train loss: 0.03132382780313492 | Test loss: 0.07232122868299484",
        "| before training | 0.3367 | 0.1288 |",
        "| **learned** | 0.5784 | 0.3513 |",
        "| `weights` | (1,) | 0.5784 |",
        "| `bias` | (1,) | 0.3513 |",
    ):
        assert line in page
    for y_pred in BEFORE_TRAINING.split():
        assert f" {y_pred} |" in page


def test_a_preset_brings_the_lessons_second_run(trained: list[Experiment]) -> None:
    """Model 1, 1000 epochs, with the lesson's figures to the last digit; and back again."""
    app = opened(weight="-1.2", seed="7")
    app.button(key=f"preset {PRESETS[1].title}").click()
    page = text_of_tabs(run(app))
    assert trained[-1] == Experiment(model=Model.LINEAR, epochs=1000)
    for line in (
        "Epoch: 0 | Train loss: 0.5551779866218567 | Test loss: 0.5739762187004089",
        "Epoch: 100 | Train loss: 0.006215679459273815 | Test loss: 0.014086711220443249",
        "Epoch: 900 | Train loss: 0.0012645035749301314 | Test loss: 0.013801807537674904",
        "| `linear_layer.weight` | (1, 1) | 0.6968 |",
        "| `linear_layer.bias` | (1,) | 0.3025 |",
    ):
        assert line in page
    for y_pred in LEARNED.split():
        assert f" {y_pred} |" in page
    app.button(key=f"preset {PRESETS[0].title}").click()
    run(app)
    assert widget(app, "model").value == "parameter"


def test_each_control_changes_what_is_trained(trained: list[Experiment]) -> None:
    """Moving one control trains the lesson's experiment with that one value changed.

    The control before it is put back in the same run.
    """
    app = opened()
    expected = [Experiment()]
    for name, value in OTHER_VALUES.items():
        before = widget(app, name).value
        widget(app, name).set_value(value)
        run(app)
        expected.append(Experiment(**{name: value}))
        assert trained == expected, name
        if before is None:
            app = opened()  # an AppTest cannot choose nothing
        else:
            widget(app, name).set_value(before)


def test_the_help_of_the_rate_says_which_way_a_step_goes() -> None:
    """Against the gradient, and by the rate times it: as PyTorch's own step does."""
    assert "against its gradient, by the rate times the gradient" in (
        opened().select_slider(key="lr").help
    )
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.tensor([2.0])
    torch.optim.SGD([parameter], lr=0.1).step()
    assert parameter.item() == pytest.approx(-0.1 * 2.0)


def test_every_setting_has_a_control() -> None:
    """Each setting in an address has a control on the page, which is tested above."""
    app = opened()
    for name, setting in offered_settings().items():
        assert widget(app, name).label == setting.label
        assert name in (*OTHER_VALUES, "device", *VIEW, *SCREEN)


def test_an_address_sets_the_controls(trained: list[Experiment]) -> None:
    """The experiment of a link is trained at once, and only that."""
    app = opened(lr="0.1", loss="mse", epochs="50", batch="16", shuffle="true")
    assert trained == [Experiment(lr=0.1, loss=Loss.MSE, epochs=50, batch_size=16, shuffle=True)]
    assert not app.warning


def test_a_wrong_address_is_said_and_put_right(trained: list[Experiment]) -> None:
    """One sentence for each correction; they go when a setting changes."""
    app = opened(weight="9e9", lr="1e-1", wieght="1", start="2", stop="1")
    assert [warning.value for warning in app.warning] == [
        "weight=`'9e9'` is not a number from -1000000 to 1000000; "
        "the nearest of its slider, 2, is used.",
        "`'wieght'` is not a known name; it was ignored.",
        "The first x and the end of x were reversed; the data begin at 1 and end before 2.",
    ]
    assert trained == [Experiment(weight=2.0, lr=0.1, start=1.0, stop=2.0)]
    assert widget(app, "weight").value == 2.0
    widget(app, "epochs").set_value(20)
    run(app)
    assert not app.warning
    widget(app, "epochs").set_value(100)
    run(app)
    assert not app.warning


def test_controls_that_exclude_each_other_are_put_right(trained: list[Experiment]) -> None:
    """With all rows for training, none is left for validation: its control and a message say so."""
    app = opened(validation="0.2")
    widget(app, "train_fraction").set_value(1.0)
    run(app)
    assert trained[-1] == Experiment(train_fraction=1.0)
    assert widget(app, "validation_fraction").value == 0.0
    assert "validation share of 0" in app.warning[0].value


@pytest.mark.parametrize("share", [0.0, 0.1, 0.15])
def test_a_share_that_gives_no_validation_row_is_said(share: float) -> None:
    """As many rows as a copy of the split has; without a share nothing is missed."""
    rows = range(10)
    app = opened(start="-5", stop="5", step="1", train="0.15", validation=f"{share:g}")
    validation_rows = rows[round(0.15 * len(rows)) : round((0.15 + share) * len(rows))]
    is_missed = share > 0 and not validation_rows
    assert (share == 0.1) == is_missed
    assert any("validation share" in each.value for each in app.caption) == is_missed


def test_divergence_is_named_before_and_after_the_run() -> None:
    """The limit is beside the rate; the page names the epoch of the overflow."""
    app = opened(loss="mse", lr="1", epochs="1000")
    shows(app, "2/λₘₐₓ = 0.8625", "λₘₐₓ says how sharply the loss surface curves")
    assert "will diverge" in " ".join(caption.value for caption in app.caption)
    assert "epoch 158" in app.error[0].value
    assert "nan" in text_of(open_tab(app, "Log"))
    widget(app, "lr").set_value(0.5)
    run(app)
    assert "below it: stable" in text_of(app)
    assert not app.error
    widget(app, "lr").set_value(1.0)
    widget(app, "schedule").set_value("cosine")
    run(app)
    assert "diverge" not in " ".join(caption.value for caption in app.caption)


@pytest.mark.parametrize(
    "parameters",
    [
        {"train": "1"},
        {"step": "1", "stop": "2", "train": "1"},
        {"epochs": "1"},
        {"lr": "0.0001"},
        {"lr": "10"},
        {"loss": "mse", "lr": "10", "epochs": "1000", "scale": "log", "before": "true"},
    ],
    ids=["no test set", "two rows", "one epoch", "lowest lr", "highest lr", "overflow"],
)
def test_small_cases_show_a_page(parameters: dict[str, str]) -> None:
    """No exception, and the tables are there."""
    assert "Learned against true" in text_of(opened(**parameters))


def test_the_results_of_own_rows_name_no_true_line_and_no_tiny_number_zero() -> None:
    """Beside a run of the line, which has one."""
    assert learned_against_true(train(Experiment())).count("true") == 3
    of_own = train(Experiment(points=((0.0, 2e-5), (1.0, 2.3e-5), (2.0, 2.6e-5)), shuffle=True))
    ends = np.array([0.3, 3e-6], dtype=np.float32)
    told = learned_against_true(replace(of_own, history=replace(of_own.history, weight=ends)))
    assert "true" not in told
    assert "| **learned** | 3×10⁻⁶ |" in told


def test_the_code_follows_the_settings_and_marks_what_changed() -> None:
    """Its tab shows the run's program; after a change, the lines that differ."""
    app = open_tab(opened(), "Code")
    [code] = [code for code in app.code if "import torch" in code.value]
    assert code.value == to_script(Experiment()).rstrip("\n")
    widget(app, "lr").set_value(0.05)
    run(app)
    [diff] = [code for code in app.code if code.language == "diff"]
    assert [line[:2] for line in diff.value.splitlines()] == ["- ", "+ "]
    assert "lr=0.05" in diff.value


def test_the_page_says_what_may_spare_it_the_loop() -> None:
    """For plain descent the page says that a step may be recorded and replayed; not for Adam."""
    sentence = "record one step of the loop"
    assert sentence in text_of(open_tab(opened(), "Log"))
    assert sentence not in text_of(open_tab(opened(optimizer="adam"), "Log"))


def test_only_the_open_tab_is_made_and_it_stays_open() -> None:
    """The tables come first; the log stays open when a setting changes, and on the way back."""
    app = opened()
    assert "Learned against true" in text_of(app)
    assert not app.text
    assert not app.get("download_button")
    open_tab(app, "Log")
    assert "Learned against true" not in text_of(app)
    widget(app, "lr").set_value(0.05)
    run(app)
    assert "Epoch: 0 |" in app.text[0].value
    run(app.switch_page("screens/save_and_load.py"))
    run(app.switch_page("screens/playground.py"))
    assert "Epoch: 0 |" in app.text[0].value


def test_what_a_link_holds_is_used_exactly_and_the_sliders_say_so() -> None:
    """Between two stops and beyond the ends, until the slider is moved; the address keeps it."""
    app = opened(lr="0.0123", weight="-3.5", epochs="33", batch="3", seed="123456")
    exact = Experiment(lr=0.0123, weight=-3.5, epochs=33, batch_size=3, seed=123_456)
    learned = train(exact).history.weight[-1]
    shows(
        app, f"| **learned** | {learned:.4f} |", "**0.0123** is used; the slider has no such stop."
    )
    assert not app.warning
    again = opened(**{name: "".join(app.query_params[name]) for name in app.query_params})
    shows(again, f"| **learned** | {learned:.4f} |")
    app.select_slider(key="lr").set_value(0.1)
    run(app)
    app.select_slider(key="lr").set_value(0.012)
    learned = train(replace(exact, lr=0.012)).history.weight[-1]
    shows(run(app), f"| **learned** | {learned:.4f} |")


def test_settings_that_come_back_are_used_exactly() -> None:
    """As they are in a file, a pinned run or a step of the plan."""
    pin = Pin(name="mine", experiment=Experiment(lr=0.0123, weight=0.755, epochs=123))
    app = opened("tune", pin=write_pin(pin))
    next(b for b in app.button if (b.key or "").startswith("restore ")).click()
    run(app)
    assert next(b for b in app.button if (b.key or "").startswith("restore ")).disabled
    assert "Its settings are in use" in [button.label for button in app.button]


def test_the_first_page_says_what_it_is_asks_and_offers_the_guided_class() -> None:
    """One sentence, one question, one button; every page has the glossary."""
    app = opened()
    [said] = [caption.value for caption in app.caption if "straight line" in caption.value]
    assert "?" in said
    next(button for button in app.button if button.label == "Guided class").click()
    run(app)
    assert app.query_params["plan"] == "1"
    for page in PATHS:
        shows(opened(page), *WORDS.values(), "**Tensor.**", "**state_dict.**")


def test_a_rate_beside_its_limit_is_told_from_it() -> None:
    """The limit has more digits where four would show the rate itself."""
    X = np.stack([np.arange(40) * 0.02, np.ones(40)], axis=1)
    limit = 2 / np.linalg.eigvalsh(2 * X.T @ X / 40).max()
    app = opened(loss="mse", lr="0.8625", epochs="5")
    [said] = [caption.value for caption in app.caption if "diverges above" in caption.value]
    shown = float(said.split("= ")[1].split(" for")[0])
    assert shown == pytest.approx(limit, abs=1e-5)
    assert shown < 0.8625
    assert "above it" in said


def test_a_rate_at_its_limit_is_said_to_be_neither_stable_nor_to_diverge() -> None:
    """Rows in standard units, whose limit is 1 up to rounding."""
    app = opened(loss="mse", lr="1", epochs="20", train="1")
    app.session_state["linreg"].points = ((-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0))
    [said] = [each.value for each in run(app).caption if "diverges above" in each.value]
    assert "1 is at it" in said
    assert "stable" not in said
    assert "will diverge" not in said


def test_own_numbers_stand_in_the_table_as_they_were_given() -> None:
    """A salary of 116,969 is not 117,000, and y - learned is the difference of what is shown."""
    app = opened(train="0.5")
    app.session_state["linreg"].points = ((1.1, 39_343.0), (2.0, 43_525.0), (10.3, 116_969.0))
    [line] = [row for row in text_of(run(app)).splitlines() if row.startswith("| 10.3 |")]
    y, _, learned, difference = (
        float(cell.replace(",", "")) for cell in line.strip("| ").split(" | ")[1:]
    )
    assert y == 116_969
    assert difference == pytest.approx(y - learned, abs=0.06)


@pytest.mark.parametrize(
    ("parameters", "is_asked"),
    [({}, True), ({"lr": "10"}, True), ({"lock": "lr"}, False), ({"hide": "lr"}, False)],
)
def test_the_welcome_asks_what_the_slider_can_answer(
    parameters: dict[str, str], is_asked: bool
) -> None:
    """Wherever it stands, it goes to another end; a locked or hidden rate cannot be tried."""
    said = text_of(opened(**parameters))
    assert ("What will the largest learning rate do, and the smallest?" in said) is is_asked
    assert ("Guess, then try it." in said) is is_asked


@pytest.mark.parametrize(
    ("epochs", "when"), [("100", "every 10 epochs and the last"), ("9", "every epoch")]
)
def test_the_title_of_the_log_says_which_epochs_it_has(epochs: str, when: str) -> None:
    """The last one too, which the lesson's own loop may leave out."""
    app = open_tab(opened(epochs=epochs), "Log")
    shows(app, f"### Log, {when}\n", f"Epoch: {int(epochs) - 1} |")


def test_settings_of_the_view_are_in_no_other_pages_address() -> None:
    """Also where the address is written again."""
    app = opened(scale="log", epochs="200")
    assert app.query_params == {"scale": "log", "epochs": "200"}
    run(app.switch_page("screens/tune.py"))
    app.session_state["linreg"].sent = time.monotonic()
    app.select_slider(key="lr").set_value(0.02)
    assert run(app).query_params == {"epochs": "200", "lr": "0.02"}


@pytest.mark.parametrize(("told", "used"), [(0.01, 0.1), (0.02, 0.02)])
@pytest.mark.parametrize("age", [-math.inf, -60.0])  # as if time went by only below
def test_a_move_that_a_message_from_before_has_undone_is_made_again(
    age: float, told: float, used: float
) -> None:
    """The run that was to show it was broken off before, or has just shown it.

    A rate that somebody has chosen since stays, and so does any that is chosen later.
    """
    app = opened()
    moves = app.session_state["linreg"].moves
    moves.to, moves.last, moves.before = {"lr": 0.1}, {"lr": 0.1}, {"lr": {0.01}}
    moves.shown = time.monotonic() - age
    app.select_slider(key="lr").set_value(told)
    assert run(app).select_slider(key="lr").value == used
    moves.shown = time.monotonic() - SOON
    app.select_slider(key="lr").set_value(0.01)
    assert run(app).select_slider(key="lr").value == 0.01


def test_a_message_that_undoes_several_moves_at_once_is_from_before_them() -> None:
    """As long as it may be on its way; a control that is put back alone is somebody's choice."""
    app = opened()
    moves = app.session_state["linreg"].moves
    moves.to, moves.before = {"lr": 0.1, "epochs": 200}, {"lr": {0.01}, "epochs": {100}}
    moves.last = dict(moves.to)
    lr, epochs = (app.select_slider(key=key) for key in ("lr", "epochs"))
    for told, used in (((0.01, 100), (0.1, 200)), ((0.01, 200), (0.01, 200)), ((0.01, 100),) * 2):
        moves.shown = time.monotonic() - 2 * SOON
        for slider, value in zip((lr, epochs), told, strict=True):
            slider.set_value(value)
        run(app)
        lr, epochs = (app.select_slider(key=key) for key in ("lr", "epochs"))
        assert (lr.value, epochs.value) == used


@pytest.mark.parametrize(
    ("field", "text"), [("weight", "0.703"), ("train_fraction", "0.82"), ("noise", "0.005")]
)
def test_a_value_next_to_a_default_is_said_to_be_used_exactly(field: str, text: str) -> None:
    """The slider stands at the default, not between two stops, and says what is used."""
    setting = SETTINGS[field]
    app = opened(**{setting.address: text})
    shows(app, f"**{text}** is used; the slider has no such stop.")
    [slider] = [slider for slider in app.slider if slider.key == setting.address]
    assert slider.value == setting.default
