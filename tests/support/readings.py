"""Checks that a reader of the app gives a valid result, or its own error with one sentence.

Hypothesis, the corpus of hostile texts and files, and the fuzzer all use these checks.
"""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qs

from linreg import (
    SETTINGS,
    CheckpointError,
    DataError,
    Experiment,
    ExperimentFileError,
    Model,
    inspect_file,
    read_experiment_file,
    read_points,
    read_state_dict,
    suggest_names,
)
from linreg.core.models import make_model
from linreg.files.checkpoint import Part, parts_with_tensors
from linreg.files.loading import LONGEST_ANSWER, loaded_loosely
from linreg.lesson.challenges import CHALLENGES, read_done
from linreg.mistakes.puzzles import MOST_SEED, open_token
from linreg.own_data.table import LARGEST
from linreg.sharing.address import MOST_SENTENCES, cut, read_address, settle, values_of
from linreg.sharing.pins import LONGEST_NAME, MOST_PINS, read_pins
from linreg.sharing.teacher_links import HIDE, LOCK, read_names
from linreg.ui.state.view import LOOP, OPENING, SCREEN, VIEW
from tests.support.sentences import assert_a_sentence

TABLE = {
    name: s for name, s in {**SETTINGS, **VIEW, **SCREEN, **OPENING, **LOOP}.items() if s.address
}


def read_as_address(query: str) -> None:
    """Read any query as the app reads its own address."""
    try:
        parameters: Mapping[str, list[str]] = parse_qs(query, keep_blank_values=True)
    except ValueError:  # what is no query at all never reaches the app
        return
    reading = read_address(parameters, TABLE)
    experiment, settled = settle({k: v for k, v in reading.values.items() if k in SETTINGS})
    assert Experiment(**values_of(experiment)) == experiment
    pins, about_pins = read_pins(parameters.get("pin", [query]), SETTINGS)
    assert len(pins) <= MOST_PINS
    for pin in pins:
        assert pin.name.isprintable()
        assert 0 < len(pin.name) <= LONGEST_NAME
    sentences = [*reading.sentences, *settled, *about_pins]
    assert len(cut(sentences)) <= MOST_SENTENCES + 1
    for said in (*sentences, *cut(sentences)):
        assert_a_sentence(said)
    _read_what_never_speaks(parameters, query)


def _read_what_never_speaks(parameters: Mapping[str, list[str]], query: str) -> None:
    keys = {challenge.key for challenge in CHALLENGES}
    assert set(read_done("-".join(parameters.get("done", [query])))) <= keys
    known = [setting.address for setting in TABLE.values()]
    for name in (HIDE, LOCK):
        assert set(read_names(parameters.get(name, [query]), known)) <= set(known)
    for token in parameters.get("mystery", [query]):
        try:
            _, seed = open_token(token)
        except ValueError:
            continue
        assert 0 <= seed <= MOST_SEED


def read_as_points(text: str | bytes) -> None:
    """Read any text as own data."""
    try:
        table = read_points(text)
    except DataError as error:
        assert_a_sentence(str(error))
        return
    assert all(abs(number) <= LARGEST for pair in table.points for number in pair)
    assert Experiment(points=table.points, train_fraction=1.0).n_points == len(table.points)
    for said in table.sentences:
        assert_a_sentence(said)


def read_as_experiment(data: bytes) -> None:
    """Read any bytes as an experiment's file."""
    try:
        restored = read_experiment_file(data)
    except ExperimentFileError as error:
        assert_a_sentence(str(error))
        return
    points = restored.experiment.points or ()
    assert all(abs(number) <= LARGEST for pair in points for number in pair)
    for said in (*restored.sentences, *cut(restored.sentences)):
        assert_a_sentence(said)


def read_as_checkpoint(data: bytes) -> None:
    """Read any bytes as a file of torch.save, as Save & load does, with its parts."""
    try:
        parts = parts_with_tensors(data)
    except CheckpointError as error:
        assert_a_sentence(str(error))
        parts = ()
    for part in (None, *parts):
        _read_part(data, part)


def _read_part(data: bytes, part: Part | None) -> None:
    try:
        report = inspect_file(data, part)
        loose = [loaded_loosely(data, model, 42, part) for model in Model]
        for model in (make_model(each, 42) for each in Model):
            names = suggest_names(data, model, part)
            if names is not None:
                model.load_state_dict(read_state_dict(data, model, names, part))
    except CheckpointError as error:
        assert_a_sentence(str(error))
        return
    for said in report.sentences:
        assert_a_sentence(said)
    for entry in report.entries:
        assert len(entry.key) <= 40
        assert "|" not in entry.key
        assert "`" not in entry.key
    assert all(len(each.answer) <= LONGEST_ANSWER for each in loose)


READERS: Mapping[str, Callable[[bytes], None]] = {
    "address": lambda data: read_as_address(data.decode("utf-8", "replace")),
    "points": read_as_points,
    "experiment": read_as_experiment,
    "checkpoint": read_as_checkpoint,
}
"""Each reader, by its name for the fuzzer."""


def read_each(reader: str, inputs: Iterable[bytes]) -> None:
    """Read all inputs; an error that one of them causes names it."""
    for number, data in enumerate(inputs):
        try:
            READERS[reader](data)
        except Exception as error:
            error.add_note(f"input {number} of the reader {reader}: {data[:200]!r}")
            raise
