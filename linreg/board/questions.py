"""What a teacher can ask a class, checked when it is made, and which answers it takes."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from linreg.core.experiment import SETTINGS, Experiment
from linreg.formatting import number_text, shown
from linreg.settings.choices import Device
from linreg.sharing.address import read_address, settle

Kind = Literal["choice", "number", "setting"]
KINDS: tuple[Kind, ...] = ("choice", "number", "setting")
ASKED = ("lr", "epochs")  # the settings that a class can choose
MEASURES = {
    "train_loss": "the last training loss",
    "test_loss": "the last test loss",
    "weight": "the weight at the end",
    "bias": "the bias at the end",
    "epoch_below": "after how many epochs the training loss is below 0.01",
    "end_of_learning": "the epoch from which on nothing more is learned",
}
"""What a "number" can ask of the real run, by name: `linreg.board.results` reads it."""
EPOCHS = ("epoch_below", "end_of_learning")  # those that a class can choose as epochs, too
FEWEST_OPTIONS, MOST_OPTIONS = 2, 6
LONGEST_TEXT = 500  # characters
LONGEST_OPTION = 120
LONGEST_LINK = 2_000
LARGEST = 1e12  # of a number's range, in size


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a round.

    text: the question. For the kind "setting" `setting` names which one the class chooses.
    options: two to six for the kind "choice", none otherwise.
    low, high: the range of a "number"; of a "setting", None for all of its slider.
    link: the address query of the experiment that the question is about; empty for the lesson's.
    right: what is true, if known: the index of an option, or a number.
    measure: for a "number", the name of what the real run tells (`MEASURES`); for the setting
    "epochs" one of `EPOCHS`.

    Raises:
        ValueError: a field is not allowed; the message says which and why.
    """

    text: str
    kind: Kind
    options: tuple[str, ...] = ()
    setting: str = ""
    low: float | None = None
    high: float | None = None
    link: str = ""
    right: float | None = None
    measure: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean_text("The question", self.text, LONGEST_TEXT))
        if self.kind not in KINDS:
            raise ValueError(f"The kind must be one of {', '.join(KINDS)}, not {shown(self.kind)}.")
        object.__setattr__(self, "link", clean_link(self.link))
        if self.measure and self.measure not in self._measures:
            raise ValueError(
                f"What is right must be a number, or one of {', '.join(MEASURES)} for a number, "
                f"or one of {', '.join(EPOCHS)} for epochs."
            )
        {"choice": self._check_choice, "number": self._check_range, "setting": self._check_setting}[
            self.kind
        ]()
        if self.right is not None:
            object.__setattr__(self, "right", self._check_right())

    @property
    def _measures(self) -> Collection[str]:
        if self.kind == "number":
            return MEASURES
        return EPOCHS if (self.kind, self.setting) == ("setting", "epochs") else ()

    def _check_choice(self) -> None:
        if not FEWEST_OPTIONS <= len(self.options) <= MOST_OPTIONS:
            raise ValueError(
                f"A question needs {FEWEST_OPTIONS} to {MOST_OPTIONS} options, not "
                f"{len(self.options)}."
            )
        options = tuple(clean_text("An option", text, LONGEST_OPTION) for text in self.options)
        object.__setattr__(self, "options", options)
        if len(set(self.options)) < len(self.options):
            raise ValueError("Two options are the same.")

    def _check_range(self) -> None:
        low, high = self.low, self.high
        if low is None or high is None or not _finite(low) or not _finite(high) or low >= high:
            raise ValueError(
                "A number needs a range: the lower end must be below the upper end, and both at "
                f"most {LARGEST:g} in size."
            )

    def _check_setting(self) -> None:
        if self.setting not in ASKED:
            raise ValueError(f"The setting must be lr or epochs, not {shown(self.setting)}.")
        stops = SETTINGS[self.setting].stops
        for name, end in (("low", stops[0]), ("high", stops[-1])):
            object.__setattr__(self, name, end if (given := getattr(self, name)) is None else given)
        if not self.stops:
            raise ValueError(f"The range has no value of {SETTINGS[self.setting].label}.")
        low, high = self.stops[0], self.stops[-1]  # what the control offers of the range
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    def _check_right(self) -> float:
        try:
            return self.check(self.right)
        except ValueError as error:
            raise ValueError(f"What is right is not an answer. {error}") from None

    @property
    def stops(self) -> tuple[float, ...]:
        """The values that the control of a "setting" offers, ascending; otherwise none."""
        if self.kind != "setting" or self.low is None or self.high is None:
            return ()
        return tuple(s for s in SETTINGS[self.setting].stops if self.low <= s <= self.high)

    @property
    def experiment(self) -> Experiment:
        """The experiment in the link, on the CPU; what is wrong is replaced, as in any address."""
        query = parse_qs(self.link.partition("?")[2])
        known = {setting.address for setting in SETTINGS.values()}
        read = read_address({k: v for k, v in query.items() if k in known}, SETTINGS)
        return settle(read.values | {"device": Device.CPU})[0]

    def check(self, value: object) -> float:
        """Return an answer as a number: the index of an option, or the value.

        Raises:
            ValueError: the answer is not one of those that the question takes.
        """
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise ValueError("An answer is a number.")
        if self.kind == "choice":
            return float(_member(value, range(len(self.options)), "one of the options"))
        if self.kind == "setting":
            return float(_member(value, self.stops, "a value of the slider"))
        low, high = self.low or 0.0, self.high or 0.0
        if not low <= value <= high:
            ends = f"{number_text(low)} to {number_text(high)}"
            raise ValueError(f"An answer must be from {ends}.")
        return float(value)


def shows_rates(asked: Mapping[str, Any] | None) -> bool:
    """Return whether a round, as its host or a phone sees it, has rates with their runs to show."""
    return (
        asked is not None and asked["setting"] == "lr" and bool((asked["result"] or {}).get("runs"))
    )


def lacks_rates(asked: Mapping[str, Any] | None) -> bool:
    """Return whether a round has rates whose runs were too much work to train."""
    if asked is None or asked["setting"] != "lr" or not (result := asked["result"]):
        return False
    return not result["pending"] and not result["runs"] and any(map(any, result["votes"]))


def question_text(question: Question) -> str:
    """Return a question as the text that the database keeps."""
    return json.dumps({k: v for k, v in asdict(question).items() if v not in (None, "", ())})


def read_question(text: str) -> Question:
    """Return the question that `question_text` wrote."""
    fields: dict[str, Any] = json.loads(text)
    return Question(**fields | {"options": tuple(fields.get("options", ()))})


def _finite(value: float) -> bool:
    return abs(value) <= LARGEST  # also false for NaN


def clean_text(name: str, text: str, longest: int) -> str:
    """Return a text in one line with single spaces; raise ValueError if it is none, or too long."""
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise ValueError(f"{name} must be a line of text.")
    if len(line) > longest:
        raise ValueError(f"{name} must have {longest:,} characters at most, not {len(line):,}.")
    return line


def clean_link(text: str) -> str:
    """Return an address of this app from its page on, such as loop?lr=0.1.

    Of a whole address the host and what comes before the page are cut off: nothing leads elsewhere.
    """
    address = urlsplit(text.strip())
    page = address.path.rstrip("/").rpartition("/")[2]
    link = f"{page}?{address.query}" if address.query else page
    if not re.fullmatch(r"[a-z_]*(\?[!-~]+)?", link):
        raise ValueError("The link must be an address of this app, such as loop?lr=0.1.")
    if len(link) > LONGEST_LINK:
        raise ValueError(f"The link must have {LONGEST_LINK:,} characters at most.")
    return link


def _member(value: float, allowed: Sequence[float], what: str) -> float:
    if value not in allowed:
        raise ValueError(f"An answer must be {what}.")
    return value
