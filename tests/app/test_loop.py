"""The Loop by Streamlit's own test runner: one line at a time, with the run's own numbers."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from linreg import Experiment, Schedule, to_script
from linreg.core.training import train
from linreg.formatting import number
from tests.support.opened import opened, run, shows, text_of


def press(app: AppTest, label: str) -> AppTest:
    """Press a button."""
    app.button(key=label).click()
    return run(app)


def place(app: AppTest) -> tuple[Any, Any]:
    """The epoch and the line that the controls show."""
    return app.number_input(key="epoch").value, app.segmented_control(key="line").value


def code_of(app: AppTest) -> str:
    """The loop's code as HTML."""
    [code] = [each.proto.body for each in app.get("html") if "<pre" in each.proto.body]
    return str(code)


def marked(app: AppTest) -> list[str]:
    """The lines of code that have just run."""
    return re.findall(r"<mark [^>]*>▶ (.*)\n</mark>", code_of(app))


def test_the_page_opens_on_the_first_line_of_the_first_step() -> None:
    """The lesson's first step: the forward pass, its code highlighted, with its numbers."""
    app = opened("loop")
    assert place(app) == (0, "forward")
    assert marked(app) == ["    y_pred = model(X_train)"]
    shows(
        app,
        "y_pred = 0.3367 · x + 0.1288",
        "| **writes** | `y_pred` | (40, 1) | 0.1288, 0.1355, 0.1423, 0.1490, … |",
    )


def test_the_graph_says_whose_names_its_nodes_have() -> None:
    """PyTorch's; the two kinds of names are explained."""
    shows(opened("loop"), "PyTorch's own names", "Backward0", "AccumulateGrad")


def test_line_by_line_to_the_next_epoch_and_back() -> None:
    """Five lines, the test loop, then the first line of the next epoch."""
    app = opened("loop")
    seen = []
    for _ in range(6):
        press(app, "Next line")
        seen.append(place(app))
    assert seen == [
        (0, "loss"),
        (0, "zero_grad"),
        (0, "backward"),
        (0, "step"),
        (0, "test"),
        (1, "forward"),
    ]
    assert place(press(app, "Line back")) == (0, "test")
    assert place(press(app, "Next epoch")) == (1, "test")
    assert marked(app) == [
        "    model.eval()",
        "    with torch.inference_mode():",
        "        test_pred = model(X_test)",
        "        test_loss = loss_fn(test_pred, y_test)",
        "    test_loss_values.append(test_loss.item())",
    ]


def test_a_press_that_brings_old_values_along_still_moves_on() -> None:
    """A browser that does not know the last move sends the earlier position with the click."""
    app = press(press(opened("loop"), "Next line"), "Next line")
    assert place(app) == (0, "zero_grad")
    app.segmented_control(key="line").set_value("loss")
    assert place(press(app, "Next line")) == (0, "backward")


def test_any_epoch_shows_what_training_recorded() -> None:
    """Jumped to epoch 57: parameters and loss are those of the run's history."""
    app = opened("loop", epoch="57", line="step")
    history = train(Experiment()).history
    shows(
        app,
        f"weight {number(history.weight[57])} → {number(history.weight[58])}",
        f"bias {number(history.bias[57])} → {number(history.bias[58])}",
    )
    app.segmented_control(key="line").set_value("loss")
    shows(run(app), f"is {history.train_loss[57]:.6f}")


def test_the_ends_of_the_run_are_not_passed() -> None:
    """A move back from the first line, or on from the last, changes nothing."""
    app = opened("loop")
    assert place(press(app, "Line back")) == (0, "forward")
    assert place(press(app, "Epoch back")) == (0, "forward")
    app = opened("loop", epoch="99", line="test")
    assert place(press(app, "Next line")) == (99, "test")
    assert place(press(app, "Next epoch")) == (99, "test")


def test_a_run_made_shorter_brings_the_page_back_into_it() -> None:
    """Epoch 99 of a run of 20 epochs is its last one."""
    app = opened("loop", epoch="99")
    app.select_slider(key="epochs").set_value(20)
    assert place(run(app)) == (19, "forward")


@pytest.mark.parametrize(
    ("settings", "experiment"),
    [
        ({}, Experiment()),
        ({"batch": "16", "line": "step"}, Experiment(batch_size=16)),
        (
            {"validation": "0.1", "schedule": "cosine", "line": "test"},
            Experiment(validation_fraction=0.1, schedule=Schedule.COSINE),
        ),
        ({"train": "1"}, Experiment(train_fraction=1.0)),
    ],
)
def test_the_code_is_line_for_line_that_of_the_script(
    settings: dict[str, str], experiment: Experiment
) -> None:
    """Its loop, but for comment lines, blank lines and the log; the steps' numbers in front."""
    app = opened("loop", **settings)
    plain = re.sub(r"<[^>]*>", "", code_of(app))
    shown = [line[2:] for line in plain.splitlines()]
    lines = [line.rstrip() for line in to_script(experiment).splitlines()]
    start = lines.index("for epoch in range(epochs):")
    end = next(i for i, line in enumerate(lines) if i > start and "epoch %" in line)
    code = [line for line in lines[start:end] if line and line.lstrip()[0] != "#"]
    assert shown == code


@pytest.mark.parametrize(("settings", "rows"), [({}, "train"), ({"batch": "16"}, "batch")])
def test_table_and_text_call_the_tensors_what_the_code_calls_them(
    settings: dict[str, str], rows: str
) -> None:
    """X_train and y_train, or those of the batch."""
    shows(opened("loop", **settings), f"| reads | `X_{rows}` |")
    app = opened("loop", line="loss", **settings)
    shows(app, f"the mean of |y_pred - y_{rows}| is", f"| reads | `y_{rows}` |")
    shows(app, f"| that is | `y_pred - y_{rows}` |")


def test_batches_have_their_own_steps() -> None:
    """With 16 rows in a batch the third step of an epoch has 8 rows, and then comes the test."""
    app = opened("loop", batch="16", in_batch="2", line="step")
    assert marked(app) == ["        optimizer.step()"]
    app.segmented_control(key="line").set_value("forward")
    shows(run(app), "predicts 8 rows at once")
    app.segmented_control(key="line").set_value("step")
    run(app)
    assert place(press(app, "Next line")) == (0, "test")
    assert app.number_input(key="in_batch").value == 2


def test_without_rows_to_test_no_line_has_run() -> None:
    """The place of the test loop says why, without a mark."""
    app = opened("loop", train="1", line="test")
    assert marked(app) == []
    shows(app, "There is no test set")
    shows(app, "No line runs here, so there is no graph.")
    assert "the marked line" not in text_of(app)
    shows(opened("loop", line="test"), "`inference_mode()`", "the marked line has run")


def test_an_epoch_after_the_last_is_said_and_put_right() -> None:
    """The address asks for epoch 5000 of 100."""
    app = opened("loop", epoch="5000")
    assert [warning.value for warning in app.warning] == [
        "epoch=5000 is after the last epoch, 99; the Loop shows that one."
    ]
    assert place(app) == (99, "forward")


@pytest.mark.parametrize(
    "parameters",
    [
        {"epochs": "1"},
        {"train": "1", "line": "test"},
        {"loss": "mse", "lr": "10", "epochs": "1000", "epoch": "900", "line": "backward"},
        {"optimizer": "adam", "model": "linear", "loss": "huber", "line": "step"},
        {"epoch": "5000", "line": "nonsense"},
    ],
    ids=["one epoch", "no test set", "overflow", "adam", "wrong address"],
)
def test_other_settings_show_a_step(parameters: dict[str, str]) -> None:
    """No exception, a sentence, and code."""
    assert "What just happened" in text_of(opened("loop", **parameters))
