"""Writes settings as the parameters of a web address, and reads them back.

Every address gives a valid experiment. A wrong value is replaced, and one sentence says what was
wrong and what is used instead. Experiment files use the same reader. Knows nothing of Streamlit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from linreg.core.experiment import (
    FEWEST_POINTS,
    MOST_DEALT,
    MOST_STEPS,
    SETTINGS,
    Experiment,
    count_batches,
    count_rows,
    count_share,
)
from linreg.formatting import listed, shown
from linreg.settings.kinds import Setting

Values = dict[str, Any]

NAMED = 5  # unknown names that a sentence names
APPENDED = re.compile(
    "utm_.*|(?:fb|g|d|y|tt|tw)clid|msclkid|[gw]braid|igsh(?:id)?|mc_[ce]id|_g[al]|_hs.*"
    "|__theme|embed.*"
)
"""Names that other programs append to links; they get no sentence."""
WRONG = (ValueError, TypeError, OverflowError)  # what a setting raises where a value is wrong
MOST_SENTENCES = 12  # about corrections that a page shows


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The values that an address or a file sets, by field, and a sentence for each correction."""

    values: Values
    sentences: tuple[str, ...]


def values_of(experiment: Experiment) -> Values:
    """Return the value of each setting, by field."""
    return {name: getattr(experiment, name) for name in SETTINGS}


def write_address(values: Mapping[str, Any], table: Mapping[str, Setting[Any]]) -> dict[str, str]:
    """Return the parameters for `values`; those with the default value are left out."""
    return {
        setting.address: setting.format(values[name])
        for name, setting in table.items()
        if setting.address and values[name] != setting.default
    }


def address_of(experiment: Experiment) -> dict[str, str]:
    """Return the parameters that give `experiment`, without its own data, which are too long."""
    return write_address(values_of(experiment), SETTINGS)


def read_address(
    parameters: Mapping[str, Sequence[Any]],
    table: Mapping[str, Setting[Any]],
) -> Reading:
    """Return the values that `parameters` give to the settings in `table`.

    Arguments:
        parameters: for each name (`Setting.address`) every value that was given. A text must mean
            a value that the setting allows; a typed value, as in a file, must be one. Anything
            else is replaced.
        table: the settings, by field.
    """
    by_address = {setting.address: name for name, setting in table.items() if setting.address}
    values: Values = {}
    sentences: list[str] = []
    for address, name in by_address.items():
        if address not in parameters:
            continue
        values[name], sentence = _read(table[name], parameters[address])
        if sentence:
            sentences.append(sentence)
    unknown = [
        address
        for address in parameters
        if address not in by_address and not APPENDED.fullmatch(address)
    ]
    return Reading(values=values, sentences=(*sentences, *ignored(unknown)))


def ignored(names: Sequence[str]) -> list[str]:
    """Return one sentence about unknown names, or none."""
    if len(names) < 2:
        return [f"`{shown(name)}` is not a known name; it was ignored." for name in names]
    said = listed([shown(name) for name in names], NAMED)
    return [f"{said} are not known names; they were ignored."]


def cut(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return the sentences that a page shows; the last one counts those that are left out."""
    more = len(sentences) - MOST_SENTENCES
    if more <= 0:
        return tuple(sentences)
    return (*sentences[:MOST_SENTENCES], f"{more:,} more corrections were made.")


def _read(setting: Setting[Any], given: Sequence[Any]) -> tuple[Any, str]:
    """Return the value to use, and a sentence if it is not the one that was given."""
    default = f"the default, {setting.format(setting.default)}, is used"
    if len(given) != 1:
        times = len(given)
        return (
            setting.default,
            f"{setting.address} is given {times} times in the address; {default}.",
        )
    try:
        return setting.check(given[0]), ""  # a typed value, or the name of a choice
    except WRONG:
        text = str(given[0])
    name = f"{setting.address}=`{shown(text)}`"
    try:
        meant = setting.parse(text)
    except WRONG:
        return setting.default, f"{name} is not {setting.allowed}; {default}."
    try:
        return setting.check(meant), ""  # exactly, also between two stops of its slider
    except WRONG:
        value = setting.nearest(meant)
    if value not in setting.stops:
        return setting.default, f"{name} is not {setting.allowed}; {default}."
    nearest = f"the nearest of its slider, {setting.format(value)}, is used"
    return value, f"{name} is not {setting.allowed}; {nearest}."


def settle(values: Values) -> tuple[Experiment, tuple[str, ...]]:
    """Return the allowed experiment nearest to `values`, and a sentence for each change.

    Each value must be allowed by itself; values that exclude each other are changed. A setting that
    is not in `values` has its default.
    """
    wanted = values_of(Experiment()) | values
    sentences: list[str] = []
    for repair in (_range, _rows, _training_rows, _shares, _steps, _dealt):
        sentence = repair(wanted)
        if sentence:
            sentences.append(sentence)
    return Experiment(**wanted), tuple(sentences)


def _range(wanted: Values) -> str:
    if wanted["points"] is not None or wanted["start"] < wanted["stop"]:
        return ""
    start, stop = wanted["stop"], wanted["start"]
    said = "The first x and the end of x were reversed"
    if start == stop:
        said = f"The first x and the end of x were both {start:g}"
        stops, start = SETTINGS["stop"].stops, SETTINGS["stop"].nearest(start)
        start, stop = next((x, y) for x, y in pairwise(stops) if start in (x, y))
    wanted["start"], wanted["stop"] = start, stop
    return f"{said}; the data begin at {start:g} and end before {stop:g}."


def _rows(wanted: Values) -> str:
    if _points(wanted) >= FEWEST_POINTS:
        return ""
    asked = wanted["step"]
    steps = [
        step
        for step in SETTINGS["step"].stops
        if count_rows(wanted["start"], wanted["stop"], step) >= FEWEST_POINTS
    ]
    if not steps:
        wanted |= {name: SETTINGS[name].default for name in ("start", "stop", "step")}
        return "The first x and the end of x are too close; those of the lesson are used."
    wanted["step"] = max(steps)
    return (
        f"A distance of {asked:g} between two x leaves too few rows; the nearest that gives "
        f"{FEWEST_POINTS} or more, {wanted['step']:g}, is used."
    )


def _training_rows(wanted: Values) -> str:
    points, asked = _points(wanted), wanted["train_fraction"]
    if count_share(asked, points) >= FEWEST_POINTS:
        return ""
    wanted["train_fraction"] = min(
        share
        for share in SETTINGS["train_fraction"].stops
        if count_share(share, points) >= FEWEST_POINTS
    )
    return (
        f"A training share of {asked:g} leaves fewer than {FEWEST_POINTS} rows to learn from; the "
        f"smallest that gives enough, {wanted['train_fraction']:g}, is used."
    )


def _shares(wanted: Values) -> str:
    room = 1 - wanted["train_fraction"]
    asked = wanted["validation_fraction"]
    if asked <= room + 1e-9:
        return ""
    shares = SETTINGS["validation_fraction"].stops
    wanted["validation_fraction"] = max(s for s in shares if s <= room + 1e-9)
    return (
        f"A training share of {wanted['train_fraction']:g} and a validation share of {asked:g} "
        f"are more than all rows; a validation share of {wanted['validation_fraction']:g} is used."
    )


def _steps(wanted: Values) -> str:
    rows = count_share(wanted["train_fraction"], _points(wanted))
    batches = count_batches(rows, wanted["batch_size"])
    return _fewer_epochs(
        wanted,
        MOST_STEPS // batches,
        f"of {batches} batches each are more than the {MOST_STEPS:,} steps that one run may take",
    )


def _dealt(wanted: Values) -> str:
    if wanted["batch_size"] is None:
        return ""
    rows = count_share(wanted["train_fraction"], _points(wanted))
    return _fewer_epochs(
        wanted,
        MOST_DEALT // rows,
        f"of {rows:,} rows are more than the {MOST_DEALT:,} that one run may deal into batches",
    )


def _fewer_epochs(wanted: Values, most: int, why: str) -> str:
    """Lower the epochs to the largest stop that is at most `most`; return the sentence."""
    asked = wanted["epochs"]
    if asked <= most:
        return ""
    wanted["epochs"] = max(stop for stop in SETTINGS["epochs"].stops if stop <= most)
    return f"{asked} epochs {why}; {wanted['epochs']} epochs are used."


def _points(wanted: Values) -> int:
    if wanted["points"] is not None:
        return len(wanted["points"])
    return count_rows(wanted["start"], wanted["stop"], wanted["step"])
