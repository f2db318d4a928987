"""Settings in an experiment's file that cannot be used are put right, with a sentence each."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    SETTINGS,
    Device,
    Experiment,
    Model,
    Optimizer,
    read_experiment_file,
)
from linreg.files import experiment_file as module
from linreg.sharing.address import values_of
from tests.support.examples import examples
from tests.support.experiment_files import WRITTEN, changed, json_values, text
from tests.support.sentences import assert_a_sentence


@pytest.mark.parametrize(
    ("settings", "field", "value", "sentences"),
    [
        (
            {"weight": 9e9},
            "weight",
            2.0,
            [
                "weight=`'9000000000.0'` is not a number from -1000000 to 1000000; "
                "the nearest of its slider, 2, is used."
            ],
        ),
        (
            {"train_fraction": 1.5},
            "train_fraction",
            1.0,
            [
                "train_fraction=`'1.5'` is not a number from 0.05 to 1; "
                "the nearest of its slider, 1, is used."
            ],
        ),
        (
            {"lr": "fast"},
            "lr",
            0.01,
            ["lr=`'fast'` is not a number above 0 and at most 1e+37; the default, 0.01, is used."],
        ),
        ({"lr": "0.1"}, "lr", 0.1, []),
        ({"lr": 0.0123}, "lr", 0.0123, []),
        (
            {"epochs": 10**400},
            "epochs",
            100,
            ["epochs=`'inf'` is not a whole number from 1 to 10000; the default, 100, is used."],
        ),
        (
            {"epochs": True},
            "epochs",
            100,
            ["epochs=`'True'` is not a whole number from 1 to 10000; the default, 100, is used."],
        ),
        (
            {"epochs": 20.4},
            "epochs",
            20,
            [
                "epochs=`'20.4'` is not a whole number from 1 to 10000; "
                "the nearest of its slider, 20, is used."
            ],
        ),
        ({"epochs": 20.0}, "epochs", 20, []),
        (
            {"shuffle": 1.5},
            "shuffle",
            False,
            ["shuffle=`'1.5'` is not true or false; the default, false, is used."],
        ),
        (
            {"model": ["linear"]},
            "model",
            Model.PARAMETER,
            [
                "model=`\"['linear']\"` is not one of parameter, linear; the default, parameter, "
                "is used."
            ],
        ),
        (
            {"seed": None},
            "seed",
            42,
            ["seed=`'None'` is not a whole number from 0 to 4294967295; the default, 42, is used."],
        ),
        (
            {"points": [[0, 1], [2]]},
            "points",
            None,
            [
                "points=`'[[0, 1], [2]]'` is not None, or 2 to 5000 pairs (x, y) of finite "
                "numbers; the default, None, is used."
            ],
        ),
        (
            {"points": [[0, 1], [2, 10**400]]},
            "points",
            None,
            [
                "points=`'[[0, 1], [2, inf]]'` is not None, or 2 to 5000 pairs (x, y) of finite "
                "numbers; the default, None, is used."
            ],
        ),
        ({"points": [[0, 1], [2, 3.5]]}, "points", ((0.0, 1.0), (2.0, 3.5)), []),
        (
            {"noise": ...},
            "noise",
            0.0,
            ["noise is missing in the file; the default, 0, is used."],
        ),
        (
            {"wieght": 1},
            "weight",
            0.7,
            ["`'wieght'` is not a known name; it was ignored."],
        ),
        (
            {"start": 2, "stop": 1},
            "start",
            1.0,
            ["The first x and the end of x were reversed; the data begin at 1 and end before 2."],
        ),
        (
            {"start": 0.1, "stop": 0.1},
            "start",
            -0.25,
            [
                "The first x and the end of x were both 0.1; the data begin at -0.25 and end "
                "before 0.",
            ],
        ),
        (
            {"batch_size": 1, "epochs": 10_000},
            "epochs",
            2000,
            [
                "10000 epochs of 40 batches each are more than the 80,000 steps that one run may "
                "take; 2000 epochs are used."
            ],
        ),
        (
            {"points": [[n, n] for n in range(20)], "batch_size": 1, "epochs": 10_000},
            "epochs",
            5000,
            [
                "10000 epochs of 16 batches each are more than the 80,000 steps that one run may "
                "take; 5000 epochs are used."
            ],
        ),
    ],
    ids=range(21),
)
def test_a_setting_that_is_wrong_is_put_right_with_a_sentence(
    settings: dict[str, Any], field: str, value: object, sentences: list[str]
) -> None:
    """As in an address; but an allowed value between two stops of a slider is kept."""
    restored = read_experiment_file(changed(**settings))
    assert getattr(restored.experiment, field) == value
    assert list(restored.sentences) == sentences


def test_a_device_that_is_not_here_is_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The restored experiment can be trained on this machine."""
    monkeypatch.setattr(module, "available_devices", lambda: (Device.CPU,))
    restored = read_experiment_file(changed(device="cuda"))
    assert restored.experiment.device is Device.CPU
    assert restored.sentences == ("device=`'cuda'` is not one of cpu; the default, cpu, is used.",)


def test_of_many_unknown_names_one_sentence_names_five() -> None:
    """Wherever they are in the file."""
    extra = {f"name{n}": n for n in range(10_000)}
    restored = read_experiment_file(
        text(comment="hello", learned={**WRITTEN["learned"], "loss": 1}, settings=extra)
    )
    unknown = [said for said in restored.sentences if "ignored" in said]
    assert "`'comment'`" in unknown[0]
    assert unknown[0].endswith(" and 9,997 more are not known names; they were ignored.")
    assert len(unknown) == 1
    assert restored.experiment == Experiment()


def test_whatever_stands_in_the_file_sentences_are_short_and_plain() -> None:
    """Markdown, HTML, control characters, very long and deeply nested values."""
    nasty = "`<script>`\u202e\x1b[2J\ud800" * 100
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    values = dict.fromkeys(SETTINGS, nasty) | {nasty: 1, "lr": deep, "points": [deep] * 1000}
    restored = read_experiment_file(changed(**values))
    assert len(restored.sentences) == len(SETTINGS) + 1
    for said in restored.sentences:
        assert_a_sentence(said)
    assert restored.experiment == Experiment()


@examples(5)
@given(st.dictionaries(st.sampled_from(list(SETTINGS)) | st.text(max_size=5), json_values))
def test_any_settings_give_a_valid_experiment(values: dict[str, Any]) -> None:
    """Experiment itself would refuse anything else; every sentence is short and plain."""
    restored = read_experiment_file(text(settings=values))
    for said in restored.sentences:
        assert_a_sentence(said)
    again = read_experiment_file(text(settings=values_of(restored.experiment)))
    assert again.experiment == restored.experiment
    assert again.sentences == ()


def test_an_optimizer_by_its_plain_text_is_that_optimizer() -> None:
    """The values have the types of the settings, not those of JSON."""
    experiment = read_experiment_file(changed(optimizer="adam")).experiment
    assert experiment.optimizer is Optimizer.ADAM
