"""Experiments as JSON: a written file is read back exactly, any other gets a sentence."""

import json

import numpy as np
import pytest
from hypothesis import given

from linreg import (
    SETTINGS,
    Experiment,
    Loss,
    Run,
    read_experiment_file,
    train,
    write_experiment_file,
)
from linreg.core.experiment import MOST_POINTS
from linreg.files.experiment_file import MOST_BYTES
from linreg.own_data.table import LARGEST
from linreg.settings.named_pairs import NamedPairs
from tests.support.experiment_files import RUN, WRITTEN, text
from tests.support.strategies import experiments, experiments_on_points


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
        allowed = "between -1,000,000 and 1,000,000"
        said = f"points has a number that is not {allowed}; the line is used."
        assert said in restored.sentences


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


def test_a_mark_of_the_byte_order_and_other_whitespace_change_nothing() -> None:
    """Some editors add one when they save."""
    file = b"\xef\xbb\xbf" + json.dumps(WRITTEN, separators=(" ,\r\n", "\t:")).encode()
    assert read_experiment_file(file) == read_experiment_file(write_experiment_file(RUN))


def test_a_number_that_was_typed_becomes_the_nearest_float32() -> None:
    """As torch.tensor(0.1) does."""
    restored = read_experiment_file(text(learned={"weight": 0.1, "bias": 3}))
    assert restored.weight == float(np.float32(0.1))
    assert restored.bias == 3.0


def test_the_names_of_own_data_survive_as_well() -> None:
    """In the units of the file too; names that people have spoilt get a sentence."""
    rows = ((150.0, 36.0), (160.0, 38.0), (170.0, 41.0))
    points = NamedPairs(rows, "height", 'shoe "size"')
    in_units = NamedPairs(((-1.0, -1.0), (0.0, 0.0), (1.0, 1.0)), "height", 'shoe "size"', True)
    for run_on, original in ((points, None), (in_units, points)):
        run = train(Experiment(points=run_on, epochs=1))
        restored = read_experiment_file(write_experiment_file(run, original))
        assert repr(restored.experiment.points) == repr(points)
        assert restored.sentences == ()
    spoilt = json.loads(write_experiment_file(run, points)) | {"column names": ["height", 7]}
    restored = read_experiment_file(json.dumps(spoilt).encode())
    assert restored.experiment.points == rows
    assert restored.sentences == (
        "column names must be two texts, not `['height', 7]`; none are used.",
    )
    assert "column names" not in json.loads(write_experiment_file(RUN))
