"""Experiments as JSON: a written file is read back exactly, any other gets a sentence."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    SETTINGS,
    Device,
    Experiment,
    ExperimentFileError,
    Loss,
    Model,
    Optimizer,
    Run,
    read_experiment_file,
    train,
    write_experiment_file,
)
from linreg.core.experiment import MOST_POINTS
from linreg.files import experiment_file as module
from linreg.files.experiment_file import MOST_BYTES
from linreg.own_data.table import LARGEST
from linreg.sharing.address import values_of
from tests.support.examples import examples
from tests.support.sentences import assert_a_sentence
from tests.support.strategies import experiments, experiments_on_points

RUN = train(Experiment(epochs=2))
WRITTEN: dict[str, Any] = json.loads(write_experiment_file(RUN))


def changed(**settings: Any) -> bytes:
    """The file with some settings changed; `...` removes one."""
    both = {**WRITTEN["settings"], **settings}
    kept = {name: value for name, value in both.items() if value is not ...}
    return json.dumps({**WRITTEN, "settings": kept}).encode()


def refused(data: bytes) -> str:
    """The sentence that refuses `data`."""
    with pytest.raises(ExperimentFileError) as caught:
        read_experiment_file(data)
    said = str(caught.value)
    assert_a_sentence(said)
    return said


def no_constant(word: str) -> None:
    """What strict JSON does with NaN."""
    raise AssertionError(word)


def assert_survives(run: Run) -> None:
    """Settings and parameters come back to the last bit, through strict JSON, with no sentence."""
    file = write_experiment_file(run)
    json.loads(file, parse_constant=no_constant)
    restored = read_experiment_file(file)
    assert restored.experiment == run.experiment
    assert restored.sentences == ()
    for read, path in ((restored.weight, run.history.weight), (restored.bias, run.history.bias)):
        assert repr(read) == repr(float(path[-1]))  # NaN and the sign of zero included


@given(experiments())
def test_any_experiment_survives_the_trip_through_its_file(experiment: Experiment) -> None:
    """To the last bit, whatever is set."""
    assert_survives(train(experiment))


@given(experiments_on_points())
def test_own_points_survive_too(experiment: Experiment) -> None:
    """They are part of the settings; points too large for own data are replaced by the line."""
    assert experiment.points is not None
    restored = read_experiment_file(write_experiment_file(train(experiment)))
    if max(abs(number) for pair in experiment.points for number in pair) <= LARGEST:
        assert restored.experiment == experiment
        assert restored.sentences == ()
    else:
        assert restored.experiment.points is None
        assert "points has a number larger than 1,000,000; the line is used." in restored.sentences


def test_the_largest_experiment_fits() -> None:
    """5,000 points with as many digits as a setting keeps."""
    points = tuple((-1.234567891e-30 * i, -1.234567891e-29) for i in range(MOST_POINTS))
    experiment = Experiment(points=points, epochs=1)
    file = write_experiment_file(train(experiment))
    assert len(file) < MOST_BYTES // 2
    assert read_experiment_file(file).experiment == experiment


@pytest.mark.parametrize(("epochs", "word"), [(30, "-inf"), (31, "nan")])
def test_a_run_that_overflowed_is_written_in_words(epochs: int, word: str) -> None:
    """JSON has no NaN: the parameters are written as text and come back unchanged."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, epochs=epochs))
    learned = json.loads(write_experiment_file(run), parse_constant=no_constant)["learned"]
    assert learned == {"weight": word, "bias": word}
    assert_survives(run)


def test_the_file_says_what_it_is() -> None:
    """Plain text with a name, a version, every setting and two numbers."""
    assert list(WRITTEN) == ["format", "version", "settings", "learned"]
    assert (WRITTEN["format"], WRITTEN["version"]) == ("linreg experiment", 1)
    assert list(WRITTEN["settings"]) == list(SETTINGS)
    assert WRITTEN["learned"] == {"weight": 0.3444903492927551, "bias": 0.14880941808223724}


@pytest.mark.parametrize(
    ("settings", "field", "value", "sentences"),
    [
        (
            {"weight": 99},
            "weight",
            2.0,
            ["weight=`'99'` is not a number from -2 to 2; the nearest, 2, is used."],
        ),
        (
            {"train_fraction": 1.5},
            "train_fraction",
            1.0,
            ["train_fraction=`'1.5'` is not a number from 0.05 to 1; the nearest, 1, is used."],
        ),
        (
            {"lr": "fast"},
            "lr",
            0.01,
            ["lr=`'fast'` is not a number from 0.0001 to 10; the default, 0.01, is used."],
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
            ["epochs=`'20.4'` is not a whole number from 1 to 10000; the nearest, 20, is used."],
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
            ["seed=`'None'` is not a whole number from 0 to 999; the default, 42, is used."],
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
            ["The first and the last x were reversed; the data go from 1 to 2."],
        ),
        (
            {"start": 0.1, "stop": 0.1},
            "start",
            -0.25,
            [
                "start=`'0.1'` lies between two stops of its slider; the nearest, 0, is used.",
                "stop=`'0.1'` lies between two stops of its slider; the nearest, 0, is used.",
                "The first and the last x were both 0; the data go from -0.25 to 0.",
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
    ],
    ids=range(20),
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


def text(**top: Any) -> bytes:
    """The file with some of its top-level parts changed."""
    return json.dumps({**WRITTEN, **top}).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is not JSON (line 1, column 1)."),
        (b"{\n  'a': 1}", "The file is not JSON (line 2, column 3)."),
        (b"\xff\xfe{}", "The file is not UTF-8 text (byte 1 is not)."),
        (b"[" * 500_000, "The file's brackets are nested far too deeply."),
        (b'{"a":' * 150_000, "The file's brackets are nested far too deeply."),
        (b'{"format": NaN}', "The file is not JSON: JSON has no number NaN."),
        (b'{"format": -Infinity}', "The file is not JSON: JSON has no number -Infinity."),
        (
            b'{"version": 1, "v\\u0065rsion": 1}',
            "`'version'` appears more than once in the file.",
        ),
        (
            b"[1, 2]",
            'The file is not an experiment of this lesson: it does not say "format": "linreg '
            'experiment".',
        ),
        (
            text(format="something else"),
            'The file is not an experiment of this lesson: it does not say "format": "linreg '
            'experiment".',
        ),
        (
            text(version=2),
            "The file has version 2, from a newer app; this app reads version 1 only.",
        ),
        (text(version=0), "The file must give its version as a whole number of 1 or more."),
        (text(version="1"), "The file must give its version as a whole number of 1 or more."),
        (text(version=True), "The file must give its version as a whole number of 1 or more."),
        (text(version=10**400), "The file must give its version as a whole number of 1 or more."),
        (text(settings=[]), '"settings" is missing in the file, or not in braces.'),
        (text(learned=None), '"learned" is missing in the file, or not in braces.'),
        (
            text(learned={"weight": 1}),
            'The learned "bias" must be a number that a float32 can hold, not `None`.',
        ),
        (
            text(learned={"weight": 1e39, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `1e+39`.',
        ),
        (
            text(learned={"weight": 10**400, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `inf`.',
        ),
        (
            text(learned={"weight": "NaN", "bias": 1}),
            "The learned \"weight\" must be a number that a float32 can hold, not `'NaN'`.",
        ),
        (
            text(learned={"weight": [0.7], "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `[0.7]`.',
        ),
        (
            text(learned={"weight": False, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `False`.',
        ),
        (
            b" " * (MOST_BYTES + 1),
            "The file may have 1,000,000 bytes at most, not 1,000,001.",
        ),
    ],
    ids=range(24),
)
def test_what_is_no_experiments_file_is_refused(data: bytes, sentence: str) -> None:
    """The one sentence says where or what is wrong."""
    assert refused(data) == sentence


def test_a_mark_of_the_byte_order_and_other_whitespace_change_nothing() -> None:
    """Some editors add one when they save."""
    file = b"\xef\xbb\xbf" + json.dumps(WRITTEN, separators=(" ,\r\n", "\t:")).encode()
    assert read_experiment_file(file) == read_experiment_file(write_experiment_file(RUN))


def test_a_number_that_was_typed_becomes_the_nearest_float32() -> None:
    """As torch.tensor(0.1) does."""
    restored = read_experiment_file(text(learned={"weight": 0.1, "bias": 3}))
    assert restored.weight == float(np.float32(0.1))
    assert restored.bias == 3.0


def test_of_many_unknown_names_five_get_a_sentence() -> None:
    """Wherever they are in the file."""
    extra = {f"name{n}": n for n in range(10_000)}
    restored = read_experiment_file(
        text(comment="hello", learned={**WRITTEN["learned"], "loss": 1}, settings=extra)
    )
    unknown = [said for said in restored.sentences if "ignored" in said]
    assert unknown[0] == "`'comment'` is not a known name; it was ignored."
    assert unknown[5:] == ["9,997 more unknown names were ignored."]
    assert len(unknown) == 6
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


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["linear", "adam", "all", "nan", 10**30, 0, 1, 0.05, 5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


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


@given(json_values | st.dictionaries(st.sampled_from(list(WRITTEN)), json_values))
def test_any_other_json_is_refused(content: Any) -> None:
    """Only an ExperimentFileError is raised."""
    refused(json.dumps(content).encode())


@given(st.binary())
def test_any_bytes_are_refused(data: bytes) -> None:
    """By themselves, and at the end of a file."""
    refused(data)
    if data.strip():
        refused(write_experiment_file(RUN) + data)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    """Only the last newline may be missing."""
    file = write_experiment_file(RUN)
    for end in range(len(file) - 1):
        refused(file[:end])
    assert math.isfinite(read_experiment_file(file[:-1]).weight)


def test_an_optimizer_by_its_plain_text_is_that_optimizer() -> None:
    """The values have the types of the settings, not those of JSON."""
    experiment = read_experiment_file(changed(optimizer="adam")).experiment
    assert experiment.optimizer is Optimizer.ADAM
