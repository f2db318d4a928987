"""Writes an experiment and its learned parameters as readable JSON, and reads them back.

Reading a file never runs anything in it. A file that does not hold an experiment raises
`ExperimentFileError`. A setting that is not allowed is replaced, as in an address, and a sentence
says so. Knows nothing of pages.
"""

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.formatting import shown
from linreg.own_data.table import LARGEST as LARGEST_POINT
from linreg.own_data.table import LONGEST_NAME
from linreg.settings.devices import available_devices
from linreg.settings.kinds import Pairs, Setting
from linreg.settings.named_pairs import NamedPairs, names_of
from linreg.sharing.address import (
    Values,
    ignored,
    read_address,
    settle,
    values_of,
    write_address,
)

FORMAT = "linreg experiment"
VERSION = 1
MOST_BYTES = 1_000_000
STANDARD = "standard units"
NAMES = "column names"
TOP = ("format", "version", "settings", "learned", STANDARD, NAMES)
LEARNED = ("weight", "bias")
LARGEST = float(np.finfo(np.float32).max)
NOT_FINITE = ("nan", "inf", "-inf")  # JSON has no numbers for these
MOST_DIGITS = 20  # a longer whole number is read as a float


class ExperimentFileError(ValueError):
    """A file that does not hold an experiment; the message is one sentence for the sender."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """The content of a file: settings, learned parameters, and a sentence for each correction.

    standard: the run used the own data of the experiment in standard units.
    """

    experiment: Experiment
    weight: float
    bias: float
    sentences: tuple[str, ...]
    standard: bool = False


def write_experiment_file(run: Run, original: Pairs | None = None) -> bytes:
    """Return the run's settings and its learned parameters as UTF-8 text in JSON (RFC 8259).

    Each parameter is the exact value of its float32. NaN and infinity, which an overflow leaves,
    are written as text: "nan", "inf", "-inf".

    Arguments:
        original: the own points in their original units, if the run has them in standard units;
            the file then holds these, and says so.
    """
    units = {} if original is None else {"points": original}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "settings": values_of(run.experiment) | units,
        "learned": {
            "weight": _written(float(run.history.weight[-1])),
            "bias": _written(float(run.history.bias[-1])),
        },
    }
    content |= {} if original is None else {STANDARD: True}
    named = names_of(run.experiment.points)
    content |= {NAMES: [named.x, named.y]} if named.x or named.y else {}
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def read_experiment_file(data: bytes) -> Restored:
    """Return the content of a file that `write_experiment_file` wrote; people may have edited it.

    Allowed values are kept. A setting that is missing, not allowed, or in conflict with others is
    replaced as in an address. A device that this machine does not have is replaced too, and so are
    points that are too large for own data. Unknown names are ignored. There is a sentence for each.

    Raises:
        ExperimentFileError: the file is larger than MOST_BYTES, is not JSON, has a newer version,
            or lacks the settings or the parameters.
    """
    try:
        return _restored(_parsed(data))
    except RecursionError:
        raise ExperimentFileError("The file's brackets are nested far too deeply.") from None


def _parsed(data: bytes) -> Values:
    """Return the outermost object, if it has this format and version."""
    if len(data) > MOST_BYTES:
        raise ExperimentFileError(
            f"The file may have {MOST_BYTES:,} bytes at most, not {len(data):,}."
        )
    try:
        content = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise ExperimentFileError(
            f"The file is not UTF-8 text (byte {error.start + 1:,} is not)."
        ) from None
    except json.JSONDecodeError as error:
        raise ExperimentFileError(
            f"The file is not JSON (line {error.lineno:,}, column {error.colno:,})."
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ExperimentFileError(
            f'The file is not an experiment of this lesson: it does not say "format": "{FORMAT}".'
        )
    _check_version(content.get("version"))
    return content


def _object(pairs: list[tuple[str, Any]]) -> Values:
    content: Values = {}
    for name, value in pairs:
        if name in content:
            raise ExperimentFileError(f"`{shown(name)}` appears more than once in the file.")
        content[name] = value
    return content


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _no_constant(word: str) -> None:
    raise ExperimentFileError(f"The file is not JSON: JSON has no number {word}.")


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise ExperimentFileError("The file must give its version as a whole number of 1 or more.")
    if version > VERSION:
        raise ExperimentFileError(
            f"The file has version {version}, from a newer app; this app reads version {VERSION} "
            "only."
        )


def _restored(content: Values) -> Restored:
    settings, learned = _part(content, "settings"), _part(content, "learned")
    known = ((content, TOP), (settings, SETTINGS), (learned, LEARNED))
    unknown = [name for part, names in known for name in part if name not in names]
    experiment, sentences = _experiment(settings)
    experiment = _with_names(experiment, content.get(NAMES, ["", ""]), sentences)
    return Restored(
        experiment=experiment,
        weight=_parameter(learned, "weight"),
        bias=_parameter(learned, "bias"),
        sentences=(*ignored(unknown), *sentences),
        standard=content.get(STANDARD) is True and experiment.points is not None,
    )


def _part(content: Values, name: str) -> Values:
    part = content.get(name)
    if not isinstance(part, dict):
        raise ExperimentFileError(f'"{name}" is missing in the file, or not in braces.')
    return part


def _parameter(learned: Values, name: str) -> float:
    """Return a parameter rounded to float32; every value that a run wrote is exact."""
    value: Any = learned.get(name)
    if value in NOT_FINITE:
        return float(value)
    if type(value) not in (int, float) or abs(value) > LARGEST:
        raise ExperimentFileError(
            f'The learned "{name}" must be a number that a float32 can hold, not `{shown(value)}`.'
        )
    return float(np.float32(value))


def _experiment(settings: Values) -> tuple[Experiment, list[str]]:
    """Return the experiment nearest to what the file asks for, and a sentence for each change."""
    table = _table()
    sentences = [
        f"{name} is missing in the file; the default, {setting.format(setting.default)}, is used."
        for name, setting in table.items()
        if name not in settings
    ]
    reading = read_address({name: [settings[name]] for name in table if name in settings}, table)
    values = values_of(Experiment()) | reading.values
    sentences += reading.sentences
    if any(abs(number) > LARGEST_POINT for pair in values["points"] or () for number in pair):
        values["points"] = None
        allowed = f"between {-LARGEST_POINT:,} and {LARGEST_POINT:,}"
        sentences.append(f"points has a number that is not {allowed}; the line is used.")
    try:
        return Experiment(**values), sentences
    except ValueError:  # some settings exclude each other; settle takes values at stops only
        controls = {name: setting for name, setting in table.items() if setting.stops}
        texts = write_address(values, controls)
        reading = read_address({name: [text] for name, text in texts.items()}, controls)
        experiment, settled = settle(values | reading.values)
        return experiment, [*sentences, *reading.sentences, *settled]


def _with_names(experiment: Experiment, names: object, sentences: list[str]) -> Experiment:
    """Return the experiment, whose own data have the names; a sentence says if they are none."""
    match names:
        case [str(x), str(y)]:
            named = NamedPairs(experiment.points or (), x[:LONGEST_NAME], y[:LONGEST_NAME])
        case _:
            sentences.append(f"{NAMES} must be two texts, not `{shown(names)}`; none are used.")
            return experiment
    return replace(experiment, points=named) if experiment.points else experiment


def _table() -> dict[str, Setting[Any]]:
    """Return the settings under their names in the file, with the devices of this machine."""
    table = {name: replace(setting, address=name) for name, setting in SETTINGS.items()}
    return table | {"device": replace(table["device"], stops=available_devices())}


def _written(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)
