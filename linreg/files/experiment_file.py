"""An experiment and what it learned as one JSON file that people can read, and back.

No pickled objects: opening such a file never runs anything. A file that is no experiment's raises
`ExperimentFileError`; a setting that is not allowed is put right, as in an address, and a sentence
says so. Knows nothing of pages.
"""

import json
import math
import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.formatting import shown
from linreg.own_data.table import LARGEST as LARGEST_POINT
from linreg.settings.devices import available_devices
from linreg.settings.kinds import Setting
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
TOP = ("format", "version", "settings", "learned")
LEARNED = ("weight", "bias")
LARGEST = float(np.finfo(np.float32).max)
NOT_FINITE = ("nan", "inf", "-inf")  # JSON has no numbers for these
MOST_DIGITS = 20  # of a whole number that stays one


class ExperimentFileError(ValueError):
    """A file that holds no experiment; the message is one sentence for whoever sent it."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a file holds: settings, the learned parameters, and what had to be put right."""

    experiment: Experiment
    weight: float
    bias: float
    sentences: tuple[str, ...]


def write_experiment_file(run: Run) -> bytes:
    """Return the run's settings and its learned parameters as UTF-8 text in JSON (RFC 8259).

    The parameters are the exact values of their float32; one that is not finite, as a run that
    overflowed leaves it, is written as text: "nan", "inf", "-inf".
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "settings": values_of(run.experiment),
        "learned": {
            "weight": _written(float(run.history.weight[-1])),
            "bias": _written(float(run.history.bias[-1])),
        },
    }
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode()


def read_experiment_file(data: bytes) -> Restored:
    """Return what a file holds that `write_experiment_file` wrote, or somebody changed by hand.

    What is allowed is kept as it is. A setting that is missing, not allowed, or does not go with
    the others is replaced as in an address, with a sentence for each; so is a device that this
    machine does not have, and so are points that own data could not be. What is not known is
    ignored, with a sentence.

    Raises:
        ExperimentFileError: it is larger than MOST_BYTES, no JSON, of a newer version, or without
            the settings or the parameters.
    """
    try:
        return _restored(_parsed(data))
    except RecursionError:
        raise ExperimentFileError("The file's brackets are nested far too deeply.") from None


def _parsed(data: bytes) -> Values:
    """Return the outermost object, if it is one of this format and version."""
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
            raise ExperimentFileError(f"`{shown(name)}` stands more than once in the file.")
        content[name] = value
    return content


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _no_constant(word: str) -> None:
    raise ExperimentFileError(f"The file is not JSON: {word} is no number there.")


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise ExperimentFileError("The file does not say of which version it is.")
    if version > VERSION:
        raise ExperimentFileError(
            f"The file is of version {version}, written by a newer lesson; this one reads version "
            f"{VERSION} only."
        )


def _restored(content: Values) -> Restored:
    settings, learned = _part(content, "settings"), _part(content, "learned")
    known = ((content, TOP), (settings, SETTINGS), (learned, LEARNED))
    unknown = [name for part, names in known for name in part if name not in names]
    experiment, sentences = _experiment(settings)
    return Restored(
        experiment=experiment,
        weight=_parameter(learned, "weight"),
        bias=_parameter(learned, "bias"),
        sentences=(*ignored(unknown), *sentences),
    )


def _part(content: Values, name: str) -> Values:
    part = content.get(name)
    if not isinstance(part, dict):
        raise ExperimentFileError(f'"{name}" is missing in the file, or not in braces.')
    return part


def _parameter(learned: Values, name: str) -> float:
    """Return a parameter as a float32, in which every number that was written is exact."""
    value: Any = learned.get(name)
    if value in NOT_FINITE:
        return float(value)
    if type(value) not in (int, float) or abs(value) > LARGEST:
        raise ExperimentFileError(
            f'The learned "{name}" must be a number that a float32 can hold, not `{shown(value)}`.'
        )
    number: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return number


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
        sentences.append(f"points has a number larger than {LARGEST_POINT:,}; the line is used.")
    try:
        return Experiment(**values), sentences
    except ValueError:  # values exclude each other; those of the controls can be settled
        controls = {name: setting for name, setting in table.items() if setting.stops}
        texts = write_address(values, controls)
        reading = read_address({name: [text] for name, text in texts.items()}, controls)
        experiment, settled = settle(values | reading.values)
        return experiment, [*sentences, *reading.sentences, *settled]


def _table() -> dict[str, Setting[Any]]:
    """Return the settings under their names in the file, with the devices of this machine."""
    table = {name: replace(setting, address=name) for name, setting in SETTINGS.items()}
    return table | {"device": replace(table["device"], stops=available_devices())}


def _written(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)
