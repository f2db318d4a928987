"""Tune by Streamlit's own test runner: rates, pins, optimizers, the exact answer, own data."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Toggle

from linreg import Experiment, Loss, sweep, train
from linreg.analysis import sweeps
from linreg.analysis.sweeps import spread_rates
from linreg.core.data import split_data
from linreg.core.training import make_batches
from linreg.formatting import number, significant
from linreg.sharing.address import address_of
from linreg.sharing.pins import Pin, write_pin
from linreg.ui.parts.pinned_runs import csv_text
from linreg.ui.state.session import State
from tests.support.opened import opened, page_of_before, run, shows, text_of


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this text."""
    [button] = [button for button in app.button if button.label == label]
    button.click()
    return run(app)


def state(app: AppTest) -> State:
    """What the session remembers."""
    found: State = app.session_state["linreg"]
    return found


def switch_of_units(app: AppTest) -> Toggle:
    """The switch, whose key changes where something else changes the units."""
    [switch] = [toggle for toggle in app.toggle if toggle.label == "In standard units"]
    return switch


def paste(app: AppTest, text: str) -> AppTest:
    """Paste rows and use them."""
    app.text_area(key="pasted").set_value(text)
    return press(app, "Use the pasted rows")


def test_the_rate_is_chosen_on_validation_and_judged_on_test() -> None:
    """The row of the table is the argmin of the sweep's validation losses."""
    app = opened("tune", train="0.6", validation="0.2", noise="0.1")
    experiment = Experiment(train_fraction=0.6, validation_fraction=0.2, noise=0.1)
    chosen = spread_rates()[sweep(experiment, spread_rates()).validation_loss[:, -1].argmin()]
    alone = train(replace(experiment, lr=chosen)).history
    shows(app, f"| validation | {chosen:g} | {number(alone.test_loss[-1])} |")
    press(app, f"Use the rate chosen on validation, {chosen:g}")
    assert app.select_slider(key="lr").value == chosen


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        ({"noise": 0.1, "epochs": 100}, "oscillates"),
        ({"noise": 0.05, "epochs": 100}, "too slow"),
        ({"noise": 0.05, "shuffle": True, "epochs": 200}, "good"),
    ],
)
def test_a_choice_outside_the_good_region_is_explained(
    settings: dict[str, Any], region: str
) -> None:
    """The chart's regions and the validation set look at different rows and epochs."""
    experiment = Experiment(train_fraction=0.6, validation_fraction=0.2, **settings)
    app = opened("tune", **address_of(experiment))
    losses = [
        float(train(replace(experiment, lr=lr)).history.validation_loss[-1])
        for lr in spread_rates()
    ]
    chosen = spread_rates()[int(np.argmin(losses))]
    shows(app, f'The chart calls lr {chosen:g} "{region}".', "the last epoch alone")
    outside = "so it can choose a rate outside the good region."
    assert (outside in text_of(app)) is (region != "good")


def test_a_rate_between_the_sliders_stops_may_be_the_one_that_is_chosen() -> None:
    """The table and the button name the same rate; here that of the address."""
    app = opened("tune", train="0.6", validation="0.2", noise="0.1", lr="0.22169")
    shows(app, "| validation | 0.22169 |")
    assert app.button(key="use chosen rate").label.endswith("validation, 0.22169, is in use")


def test_without_a_validation_set_no_rate_is_chosen() -> None:
    """The page says why, and one press makes a validation set."""
    app = opened("tune")
    shows(app, "no validation set")
    press(app, "Use a fifth of the rows for validation; train on a share of 0.6 instead of 0.8")
    assert app.slider(key="validation").value == 0.2
    shows(app, "| validation |")


def test_runs_are_pinned_from_any_page_compared_and_let_go() -> None:
    """The table has only the settings that differ, and each run's final values."""
    app = press(opened(), "Pin this run")
    assert app.button(key="pin this run").disabled
    app.select_slider(key="lr").set_value(0.1)
    press(run(app), "Pin this run")
    run(app.switch_page("screens/tune.py"))
    [table] = app.dataframe
    assert list(table.value.columns) == [
        "run",
        "train loss, before each step of the last epoch",
        "test loss",
        "weight",
        "bias",
        "Learning rate",
    ]
    for row, experiment in zip(
        table.value.to_dict("records"), (Experiment(), Experiment(lr=0.1)), strict=True
    ):
        history = train(experiment).history
        assert row["Learning rate"] == f"{experiment.lr:g}"
        assert row["weight"] == number(history.weight[-1])
        both = [number(loss) for loss in history.test_loss[-2:]]
        alternates = history.weight[-1] == history.weight[-3]
        assert row["test loss"] == (f"{both[1]}, before it {both[0]}" if alternates else both[1])
    press_first(app, "Unpin")
    assert [pin.experiment.lr for pin in state(app).pins] == [0.1]
    press_first(app, "Unpin")
    shows(app, "Nothing is pinned yet")


def test_two_quick_presses_of_unpin_remove_one_run() -> None:
    """The second press is of a button that is gone, whatever stands in its place."""
    app = opened("tune", pin=["a?lr=0.1", "b?lr=0.2", "c?lr=0.1"])  # type: ignore[arg-type]
    assert [pin.name for pin in state(app).pins] == ["a", "b"]
    assert "`'c'` has the settings of an earlier one; it is left out." in app.warning[0].value
    [first, _] = [b.key or "" for b in app.button if (b.key or "").startswith("unpin ")]
    app.button(key=first).click()
    run(app)
    assert [pin.name for pin in state(app).pins] == ["b"]
    assert first not in [button.key for button in app.button]


def press_first(app: AppTest, label: str) -> None:
    """Press the first of several buttons with this text."""
    next(button for button in app.button if button.label == label).click()
    run(app)


def test_pins_come_with_the_address_and_are_restored() -> None:
    """A link has them; one click gives the controls their settings."""
    pin = Pin(name="fast", experiment=Experiment(lr=0.5, loss=Loss.MSE, epochs=20))
    app = opened("tune", pin=write_pin(pin))
    assert state(app).pins == (pin,)
    press(app, "Restore its settings")
    assert app.select_slider(key="lr").value == 0.5
    assert app.segmented_control(key="loss").value == "mse"
    assert app.select_slider(key="epochs").value == 20


def test_an_address_too_long_for_all_pins_says_so() -> None:
    """Names and settings beyond 2,000 characters stay in the session only."""
    pins = [Pin(name=f"{i} " + "\N{SNOWMAN}" * 38, experiment=Experiment(seed=i)) for i in range(8)]
    app = opened("tune", pin=[write_pin(pin) for pin in pins])  # type: ignore[arg-type]
    assert len(state(app).pins) == 8
    assert "not in the address" in text_of(app)


def test_a_pin_can_be_named() -> None:
    """The new name stays with the run; an empty name is ignored."""
    app = opened("tune", pin="first?lr=0.1")
    next(t for t in app.text_input if (t.key or "").startswith("name of pin ")).set_value(
        "  quick\nand good "
    )
    run(app)
    assert state(app).pins[0].name == "quick and good"
    next(t for t in app.text_input if (t.key or "").startswith("name of pin ")).set_value(" ")
    run(app)
    assert state(app).pins[0].name == "quick and good"


def test_pasted_rows_take_the_place_of_the_line_until_it_comes_back() -> None:
    """They are trained on and the line's controls are disabled; one click restores the line."""
    app = paste(opened("tune", loss="mse"), "x;y\n1;2,5\n2;4\n3;4,5\n5;7")
    assert state(app).points == ((1.0, 2.5), (2.0, 4.0), (3.0, 4.5), (5.0, 7.0))
    assert "4 rows are used." in app.success[0].value
    assert app.slider(key="weight").disabled
    shows(app, "least squares (exact) | 1.0000 | 1.6667 |")
    press(app, "Back to the line")
    assert state(app).points is None
    assert not app.slider(key="weight").disabled
    press(app, "Use the 4 rows from before again")
    assert len(state(app).points or ()) == 4


@pytest.mark.parametrize(
    ("page", "parameters", "label"),
    [
        ("", {}, "Model 0"),
        ("challenges", {"challenge": "limit"}, "Start with its settings"),
        ("tune", {"pin": "mine?seed=1"}, "Restore its settings"),
        ("tune", {}, "L1 against MSE with an outlier"),
        ("teach", {}, "Go to it on Playground"),
        ("", {"hide": "tune"}, "Model 1"),
    ],
)
def test_where_own_rows_are_kept_is_said_when_other_data_come(
    page: str, parameters: dict[str, str], label: str
) -> None:
    """Until a setting changes; the button that the sentence names is on Tune, and works."""
    app = opened(page, **parameters)
    state(app).points = own = ((0.0, 1.0), (4.0, 3.0), (1.0, 1.5), (2.0, 2.0))
    next(button for button in run(app).button if button.label == label).click()
    run(app)
    again = "Use the 4 rows from before again"
    back = f"*{again}* on *Tune* brings them back."
    if "hide" in parameters:
        back = "They come back on *Tune*, which the link of this page hides."
    said = [warning.value for warning in app.warning]
    assert said == [f"Your 4 own rows are not in use any more. {back}"]
    if "hide" not in parameters:
        press(run(app.switch_page("screens/tune.py")), again)
        assert state(app).points == own
        assert not app.warning


def test_the_apps_own_outlier_takes_no_place_of_the_visitors_rows() -> None:
    """A button brought it, and brings it again; the rows from before are still the visitor's.

    They come back in the units in which they were used.
    """
    app = opened("tune")
    state(app).points = own = ((0.0, 1.0), (4.0, 3.0), (1.0, 1.5), (2.0, 2.0))
    state(app).standard = True
    press(run(app), "L1 against MSE with an outlier")
    assert len(state(app).points or ()) == 51
    press(app, "Model 0")
    assert (state(app).points, state(app).standard) == (None, False)
    assert not app.warning
    press(app, "Use the 4 rows from before again")
    assert (state(app).points, state(app).standard) == (own, True)
    assert switch_of_units(app).value


def test_rows_that_cannot_be_used_are_named_and_nothing_is_lost() -> None:
    """The sentence has the row and its text; the data stay."""
    app = paste(paste(opened("tune"), "1,2\n2,3\n3,4"), "1,2\n2,abc\n3,4")
    assert app.error[0].value.startswith("Row 2: `'abc'` is not a number.")
    assert state(app).points == ((1.0, 2.0), (2.0, 3.0), (3.0, 4.0))


def test_both_units_stand_side_by_side() -> None:
    """Condition number 1 in standard units; both lines are given in the original ones."""
    app = paste(opened("tune", loss="mse", lr="0.5", train="1"), "0,10\n100,20\n200,30\n300,40")
    x = np.array([0, 100, 200, 300])
    low, high = np.linalg.eigvalsh(2 * np.array([[(x**2).mean(), x.mean()], [x.mean(), 1]]))
    valley, limit = significant(high / low, 3), number(2 / high)
    shows(app, f"| Original units | {valley} | {limit} | nan | nan |")
    switch_of_units(app).set_value(True)
    run(app)
    shows(app, "| Standard units | 1 | 1.0000 | 0.1000 | 10.0000 |")
    assert "in standard units" in app.info[0].value
    shows(
        app,
        "In standard units the surface of the mean squared error is a round bowl",
        "original units: weight 0.1000, bias 10.0000",
    )


def test_the_limit_of_the_rate_stands_on_the_right_side_of_the_rate_also_in_the_table() -> None:
    """With two digits it would be the rate itself, which diverges."""
    app = paste(opened("tune", loss="mse", lr="0.07", train="1"), "3.6,10\n3.7,20\n3.6,30\n3.7,40")
    x = np.array([3.6, 3.7])
    high = np.linalg.eigvalsh(2 * np.array([[(x**2).mean(), x.mean()], [x.mean(), 1]]))[-1]
    assert f"{2 / high:.2f}" == "0.07"
    shows(app, f"| {2 / high:.4f} | ", f"2/λₘₐₓ = {2 / high:.4f} for", "**above it: will diverge**")


def test_a_valley_is_told_from_a_round_bowl_where_its_number_is() -> None:
    """Rows at ±1.02: the Hessian is diagonal, and 1.02² is its condition number."""
    app = paste(opened("tune", loss="mse", train="1"), "-1.02,1\n1.02,2\n-1.02,2\n1.02,1")
    shows(app, "| Original units | 1.04 |", "a valley, **1.04** times as curved across as along")


def test_standard_units_of_one_x_are_said_to_shift_it_alone() -> None:
    """Its deviation is 0, by which no row can be divided."""
    app = paste(opened("tune", loss="mse", train="1"), "5,1\n5,2\n5,3")
    assert "only shift" not in text_of(app)
    switch_of_units(app).set_value(True)
    shows(run(app), "All training rows have the same x, which standard units only shift.")


MANY = "id,age,word,height,half\n1,2,a,86,1\n2,4,b,102,3\n3,6,c,115,1\n4,8,d,128,4\n5,10,e,138,2"


def test_of_more_than_two_columns_two_are_asked_for_and_far_ones_come_in_standard_units() -> None:
    """Pasted, one press shows the columns, and one more gives a picture that converges."""
    app = paste(opened("tune"), MANY)
    assert state(app).points is None
    shows(app, "| `'age'` | 5 of 5 | `'2'` |", "| `'height'` | 5 of 5 | `'86'` |", "standard units")
    assert [box.value for box in app.selectbox] == [1, 3]
    press(app, "Use them in standard units, with the rate 0.1")
    assert state(app).points == ((2, 86), (4, 102), (6, 115), (8, 128), (10, 138))
    assert (state(app).standard, app.select_slider(key="lr").value) == (True, 0.1)
    assert "y is `'height'`" in app.success[0].value
    assert not app.selectbox
    assert not app.warning


def test_other_columns_can_be_chosen_and_keep_their_units() -> None:
    """A column of words is not on offer, and neither is one that counts the rows."""
    app = paste(opened("tune"), MANY)
    x, y = app.selectbox
    assert [len(box.options) for box in (x, y)] == [3, 3]
    y.set_value(4)
    run(app)
    press(app, "Use these two columns")
    assert state(app).points == ((2, 1), (4, 3), (6, 1), (8, 4), (10, 2))
    assert not state(app).standard


def test_a_comma_that_may_mean_two_things_is_asked_about() -> None:
    """Both readings are on a button each; other numbers that contradict each other tell nothing."""
    app = paste(opened("tune"), "1,050;2\n3,5;4\n5;6.5")
    assert state(app).points is None
    shows(app, "What is `'1,050'`?", "the other numbers of the table do not tell")
    press(app, "It is 1.05")
    assert state(app).points == ((1.05, 2), (3.5, 4), (5, 6.5))


def test_data_far_from_the_start_get_standard_units_at_one_press_on_any_page() -> None:
    """The button stands in the sidebar, beside the first picture."""
    app = paste(opened("tune"), "".join(f"{1950 + n},{13.8 + n * 0.01}\n" for n in range(50)))
    app.switch_page("screens/playground.py")
    run(app)
    app.button(key="fit units sidebar").click()
    run(app)
    assert (state(app).standard, app.select_slider(key="lr").value) == (True, 0.1)
    assert not app.warning


@pytest.mark.parametrize(
    ("address", "label", "after"),
    [
        ({"epochs": "123"}, "Standard units, with the rate 0.1", (0.1, 123)),
        ({"epochs": "40"}, "Standard units, with the rate 0.1 and 100 epochs", (0.1, 100)),
        ({"epochs": "40", "hide": "epochs"}, "Standard units, with the rate 0.1", (0.1, 40)),
        ({"optimizer": "momentum"}, "Standard units, with the rate 0.01", (0.01, 100)),
        ({"lr": "0.5", "lock": "lr"}, "Standard units", (0.5, 100)),
        ({"lr": "0.5", "hide": "lr"}, "Standard units", (0.5, 100)),
    ],
    ids=str,
)
def test_standard_units_change_only_what_their_button_names(
    address: dict[str, str], label: str, after: tuple[float, int]
) -> None:
    """Enough epochs stay as they are, and so does what a teacher's link shuts."""
    app = paste(opened("tune", **address), "".join(f"{1950 + n},{14 + n}\n" for n in range(9)))
    [button] = [b for b in app.button if b.key == "fit units form"]
    assert button.label == label
    button.click()
    run(app)
    known = {"lr": app.session_state["lr"]} if "lr" in app.session_state else {}
    known |= {"epochs": app.session_state["epochs"]} if "epochs" in app.session_state else {}
    known |= {**state(app).exact, **state(app).fixed}
    assert (known["lr"], known["epochs"]) == after


def test_standard_units_stay_where_the_browser_has_not_yet_seen_them() -> None:
    """The next message may still have the switch as it was; the visitor has not touched it."""
    app = paste(opened("tune"), "".join(f"{1950 + n},{14 + n}\n" for n in range(9)))
    with page_of_before(app) as seen:
        app.button(key="fit units form").click()
        run(app)
        seen()
        app.button(key="fit units form").set_value(False)
        switch_of_units(app).set_value(False)
        run(app)
    assert state(app).standard
    switch_of_units(app).set_value(False)
    run(app)
    assert not state(app).standard


def test_a_switch_of_units_begins_with_its_value() -> None:
    """The browser never draws it as off first, which a quick change of page would then tell."""
    app = paste(opened("tune"), "".join(f"{1950 + n},{14 + n}\n" for n in range(9)))
    app.button(key="fit units form").click()
    switch = switch_of_units(run(app))
    assert (switch.value, switch.proto.default) == (True, True)


def test_an_outlier_moves_mse_and_not_l1() -> None:
    """The preset pins both; the L1 line stays near the truth, the MSE line does not."""
    app = press(opened("tune"), "L1 against MSE with an outlier")
    by_loss = {pin.experiment.loss: train(pin.experiment).history for pin in state(app).pins}
    assert by_loss[Loss.L1].weight[-1] == pytest.approx(0.7, abs=0.02)
    assert abs(by_loss[Loss.MSE].weight[-1] - 0.7) > 0.2
    table = app.dataframe[0]
    assert list(table.value["Loss"]) == ["l1", "mse"]


def test_the_sweep_does_not_depend_on_the_present_rate() -> None:
    """A change of the learning rate moves a mark; the curves are of the same sweep."""
    found = sweep(Experiment(lr=0.5), spread_rates())
    assert len(found.lr) >= 64
    assert found.train_loss.tobytes() == sweep(Experiment(), spread_rates()).train_loss.tobytes()


@pytest.mark.parametrize(
    "parameters",
    [
        {"train": "1"},
        {"epochs": "1"},
        {"loss": "huber", "optimizer": "adam", "batch": "8"},
        {"loss": "mse", "lr": "10", "epochs": "1000"},
        {"pin": "?"},
    ],
    ids=["no test set", "one epoch", "huber, adam, batches", "overflow", "empty pin"],
)
def test_other_settings_show_the_whole_page(parameters: dict[str, str]) -> None:
    """No exception, and the last part is there."""
    assert "Your own data" in text_of(opened("tune", **parameters))


def test_a_pinned_run_that_overflows_keeps_its_losses_in_the_table() -> None:
    """Only a set without rows has no column."""
    pins = [f"{n}?loss=mse&lr=10&batch=1&epochs={n}" for n in (5, 6)]
    [table] = [d.value for d in opened("tune", pin=pins).dataframe if "run" in d.value]  # type: ignore[arg-type]
    assert list(table["run"]) == ["5", "6"]
    assert list(table["test loss"]) == ["nan", "nan"]
    assert any(title.startswith("train loss") for title in table)
    assert "validation loss" not in table


def test_a_pin_gets_a_name_that_no_other_pin_has() -> None:
    """Pinned from the sidebar, and renamed to the name of another."""
    many = {"noise": "0.2", "loss": "huber", "optimizer": "adam", "batch": "4"}
    app = opened("tune", **many, pin="mine?seed=1")
    for rate in (0.1, 0.2):
        app.select_slider(key="lr").set_value(rate)
        press(run(app), "Pin this run")
    assert len({pin.name for pin in state(app).pins}) == 3
    fields = [t for t in app.text_input if (t.key or "").startswith("name of pin ")]
    fields[1].set_value("mine")
    run(app)
    assert state(app).pins[0].name == "mine"
    assert state(app).pins[1].name.startswith("mine ")
    fields[1].set_value(state(app).pins[1].name)
    run(app)
    assert state(app).pins[1].name == "mine (2)"


def test_a_run_pinned_in_standard_units_brings_its_own_data_back() -> None:
    """The raw rows and the switch, not the standardised numbers as if they were raw."""
    rows = ((0.0, 10.0), (100.0, 20.0), (200.0, 30.0), (300.0, 45.0))
    app = paste(opened("tune"), "0,10\n100,20\n200,30\n300,45")
    switch_of_units(app).set_value(True)
    run(app)
    press(app, "Pin this run")
    assert state(app).pins[0].name.endswith("standard units")
    app.button(key="preset Model 0").click()
    run(app)
    assert state(app).points is None
    assert not app.success
    next(t for t in app.text_input if (t.key or "").startswith("name of pin ")).set_value("mine")
    run(app)
    assert state(app).pins[0].name == "mine"
    press(app, "Restore its settings")
    assert (state(app).points, state(app).standard) == (rows, True)
    assert switch_of_units(app).value
    press(app, "Back to the line")
    press(app, "Restore its settings")
    assert (state(app).points, state(app).last_own) == (rows, (rows, True))


def test_eight_pins_are_the_most_and_the_preset_says_so() -> None:
    """Either both runs are pinned or none."""
    app = opened("tune", pin=[f"{i}?seed={i}" for i in range(7)])  # type: ignore[arg-type]
    press(app, "L1 against MSE with an outlier")
    assert len(state(app).pins) == 7
    assert "Unpin some runs first" in app.error[0].value


def test_the_same_from_eight_seeds() -> None:
    """It is shown, and stays after another change."""
    app = opened("tune")
    app.toggle(key="several seeds").set_value(True)
    run(app)
    app.select_slider(key="lr").set_value(0.1)
    run(app)
    shows(app, "What is luck?", "Your own data")


def test_csv_names_that_look_like_formulas_are_quoted() -> None:
    """A spreadsheet shows them as text."""
    text = csv_text([{"run": "=1+1", "weight": "0.7"}, {"run": "fine", "weight": "0.6"}])
    assert text.splitlines() == ["run,weight", "'=1+1,0.7", "fine,0.6"]


def test_a_sweep_that_is_too_much_work_says_so_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With many epochs of many batches there is no sweep, but pins and own data are there."""
    monkeypatch.setattr(sweeps, "MOST_STEPS_STACKED", 1000)
    st.cache_data.clear()
    app = opened("tune")
    assert "too much work" in app.warning[0].value
    assert "are trained at once" not in text_of(app)
    shows(app, "Runs compared", "Your own data")


def test_no_run_is_pinned_for_a_page_that_the_link_hides() -> None:
    """Nor is a page named that the menu has not."""
    app = opened(hide="tune", pin="a")
    assert not [each for each in app.button if "pin" in each.label.lower()]
    assert "pinned" not in " ".join(each.value for each in app.caption)


def test_a_loss_that_the_link_keeps_is_not_to_be_chosen() -> None:
    """The sentence on exact methods goes no further then."""
    for address, offers in (({}, True), ({"lock": "loss"}, False)):
        app = opened("tune", loss="huber", **address)
        shows(app, "For L1 and MSE there are exact methods")
        assert ("choose one of these losses" in text_of(app)) is offers


def test_a_link_that_locks_the_rate_leaves_no_offer_to_change_it() -> None:
    """Neither in words nor as a button; the same with the shares of the rows."""
    offers = "Click a point|Use the rate chosen on validation|Use a fifth of the rows"

    def found(**address: str) -> set[str]:
        app = opened("tune", epochs="20", **address)
        texts = [*(m.value for m in app.markdown), *(b.label for b in app.button)]
        return {match for text in texts for match in re.findall(offers, text)}

    assert found() == {"Click a point", "Use a fifth of the rows"}
    assert found(validation="0.2", train="0.6") == {
        "Click a point",
        "Use the rate chosen on validation",
    }
    assert found(validation="0.2", train="0.6", lock="lr") == set()
    assert found(lock="lr-train") == set()


@pytest.mark.parametrize(
    ("address", "others"),
    [
        ({}, "initial values"),
        ({"noise": "0.1"}, "initial values and noise"),
        ({"noise": "0.1", "batch": "8"}, "initial values, noise and shuffling"),
        ({"shuffle": "true"}, "initial values and shuffling"),
    ],
    ids=str,
)
def test_what_a_seed_changes_is_named_for_the_present_settings(
    address: dict[str, str], others: str
) -> None:
    """As two plain runs say, which differ by their seed: in start, rows, and order of batches."""
    app = opened("tune", **address)
    said = " ".join(caption.value for caption in app.caption)
    assert f"Each seed gives other {others}; the settings stay." in said
    settings: dict[str, Any] = {
        "noise": float(address.get("noise", 0)),
        "batch_size": int(address["batch"]) if "batch" in address else None,
        "shuffle": "shuffle" in address,
    }
    runs = [Experiment(seed=seed, **settings) for seed in (1, 2)]
    starts = [train(run).history.weight[0] for run in runs]
    assert bool(starts[0] != starts[1]) is ("initial values" in others)
    one, other = map(split_data, runs)
    rows = [torch.cat([data.X_train, data.y_train], dim=1) for data in (one, other)]
    in_order = bool((rows[0][:, 0] == rows[1][:, 0]).all())
    assert in_order is ("shuffle" not in address)
    batches = (next(iter(make_batches(run, split_data(run)))) for run in runs)
    first = [x for x, _ in batches]
    assert torch.equal(*first) is ("shuffling" not in others)
