"""Pinned runs: their names, the settings in which they differ, and their text in a link."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from linreg.core.experiment import SETTINGS, Experiment
from linreg.formatting import shown
from linreg.own_data.table import Pairs
from linreg.settings.kinds import Setting
from linreg.sharing.address import address_of, read_address, settle

MOST_PINS = 8
LONGEST_NAME = 40
MOST_FIELDS = 100
PLAIN = " ,.:;()"  # characters of a name that need no escape


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A pinned experiment and its name, which is plain text of at most 40 characters.

    own_units: the own data in their original units, if the experiment has them in standard units.
    """

    name: str
    experiment: Experiment
    own_units: Pairs | None = None


def differing(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """Return the names of the fields whose values are not all equal, in the table's order."""
    return tuple(
        name for name in SETTINGS if len({getattr(each, name) for each in experiments}) > 1
    )


def plain_name(text: str) -> str:
    """Return `text` as a name: one line of printable characters, 40 at most."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 10 * LONGEST_NAME])
    return " ".join(printable.split())[:LONGEST_NAME].strip()


def usual_name(experiment: Experiment, data: str = "own data") -> str:
    """Return a name that lists how the experiment differs from the lesson's first run.

    Where that is too long, "…" stands for the last settings. A number still fits behind it.

    Arguments:
        data: what own data are called.
    """
    parts = [f"{name} {text}" for name, text in address_of(experiment).items()]
    if experiment.points is not None:
        parts.insert(0, data)
    name = ", ".join(parts) or "model 0"
    while len(name) > LONGEST_NAME - len(" (2)"):
        parts.pop()
        name = ", ".join((*parts, "…"))
    return name


def free_name(name: str, pins: Iterable[Pin]) -> str:
    """Return `name`, with a number behind it if another pin has it: 2 or more."""
    taken = {pin.name for pin in pins}
    numbers = (f" ({n})" for n in range(2, len(taken) + 3))
    numbered = (name[: LONGEST_NAME - len(number)] + number for number in numbers)
    return next(each for each in (name, *numbered) if each not in taken)


def write_pin(pin: Pin) -> str:
    """Return `pin` as one parameter of an address, without own data."""
    return f"{quote(pin.name, safe=PLAIN)}?{urlencode(address_of(pin.experiment))}"


def read_pins(
    texts: Sequence[str], table: Mapping[str, Setting[Any]]
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Return the pins in an address, and a sentence for each correction.

    Arguments:
        texts: what `write_pin` wrote, or anything else.
        table: the settings that may be set.
    """
    pins: list[Pin] = []
    sentences: list[str] = []
    for text in texts[:MOST_PINS]:
        name, _, settings = text.partition("?")
        reading = read_address(_fields(settings), table)
        experiment, more = settle(reading.values)
        name = plain_name(unquote(name)) or usual_name(experiment)
        if experiment in [pin.experiment for pin in pins]:
            sentences.append(
                f"Pinned run `{shown(name)}` has the settings of an earlier one; it is left out."
            )
            continue
        name = free_name(name, pins)
        pins.append(Pin(name=name, experiment=experiment))
        sentences += [f"Pinned run `{shown(name)}`: {said}" for said in (*reading.sentences, *more)]
    if len(texts) > MOST_PINS:
        sentences.append(
            f"{len(texts)} runs are pinned in the address; only the first {MOST_PINS} are read."
        )
    return tuple(pins), tuple(sentences)


def _fields(settings: str) -> dict[str, list[str]]:
    try:
        return parse_qs(settings, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # more fields than there are settings
        return {}
