"""The plan of a class as a text file that a teacher reads and edits: one block for each step."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from linreg.board.questions import (
    LONGEST_OPTION,
    LONGEST_TEXT,
    Kind,
    Question,
    clean_link,
    clean_text,
)
from linreg.formatting import shown

T = TypeVar("T")

MOST_STEPS = 60
LONGEST_PLAN = 100_000  # characters
SENTENCES = {"say": "The sentence", "note": "The note"}  # by the names of their lines
MADE_BY = """\
# A plan for the page Class. There is one block for each step, and an empty line between two blocks.
#   step: the title              say: a sentence about it           note: for the teacher alone
#   ask: a question              - an option                        + the option that is right
#   number: 0 to 1000            (instead of options)               right: 116
#   choose: lr                   (or epochs: the class chooses)     link: loop?lr=0.1
# A step without a link shows the Playground. A link leads into this app, whatever host it names.
# The class comes without its lock= and hide=.
# Lines that begin with # are left out.
"""


class PlanError(ValueError):
    """What is wrong with a plan, with the number of its line."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Line {line}: {sentence}")
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a class.

    title: its name. says: a sentence about it. question: what the class is asked, if anything.
    link: the page with its settings, from the page's name on; that of the question too.
    note: for the teacher alone.

    Raises:
        ValueError: a field is not allowed; the message says why.
    """

    title: str
    says: str = ""
    question: Question | None = None
    link: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean_text("The title", self.title, LONGEST_TEXT))
        for name, what in (("says", SENTENCES["say"]), ("note", SENTENCES["note"])):
            if value := getattr(self, name):
                object.__setattr__(self, name, clean_text(what, value, 2 * LONGEST_TEXT))
        object.__setattr__(self, "link", clean_link(self.link))
        if self.question is not None:
            object.__setattr__(self, "question", replace(self.question, link=self.link))


def plan_text(steps: Sequence[Step]) -> str:
    """Return a plan that `read_plan` reads back."""
    return "\n".join([MADE_BY, *("\n".join(_lines(step)) + "\n" for step in steps)])


def _lines(step: Step) -> list[str]:
    lines = [f"step: {step.title}"]
    lines += [f"say: {step.says}"] if step.says else []
    question = step.question
    if question is not None:
        lines.append(f"ask: {question.text}")
        marks = ("+" if i == question.right else "-" for i in range(len(question.options)))
        lines += [f"{mark} {text}" for mark, text in zip(marks, question.options, strict=True)]
        ends = f"{_number(question.low)} to {_number(question.high)}"
        if question.kind == "number":
            lines.append(f"number: {ends}")
        if question.kind == "setting":
            lines.append(f"choose: {question.setting}, {ends}")
        if question.kind != "choice" and (question.right is not None or question.measure):
            lines.append(f"right: {question.measure or _number(question.right)}")
    lines += [f"link: {step.link}"] if step.link else []
    return lines + ([f"note: {step.note}"] if step.note else [])


def _number(value: float | None) -> str:
    """Return a number so that `float` reads the same one back."""
    number = value or 0.0
    return str(int(number)) if number == int(number) else repr(number)


def read_plan(text: str, read_link: Callable[[str], str] = clean_link) -> tuple[Step, ...]:
    """Return the steps of a plan.

    Arguments:
        read_link: returns a link as a step keeps it; raises ValueError where it is wrong.

    Raises:
        PlanError: a line is wrong; the message begins with its number and says what is allowed.
    """
    if len(text) > LONGEST_PLAN:
        raise PlanError(1, f"A plan has {LONGEST_PLAN:,} characters at most, not {len(text):,}.")
    blocks: list[_Block] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        name, value = _split(written, number)
        if name == "step":
            blocks.append(_Block(number))
        if not blocks:
            raise PlanError(number, "A plan begins with a line such as: step: The first run")
        blocks[-1].add(name, value, number)
    if not blocks:
        raise PlanError(1, "The plan has no step. A step begins with a line: step: its title")
    if len(blocks) > MOST_STEPS:
        raise PlanError(blocks[MOST_STEPS].line, f"A plan has {MOST_STEPS} steps at most.")
    return tuple(block.step(read_link) for block in blocks)


NAMES = ("step", "say", "ask", "number", "choose", "right", "link", "note")


def _split(line: str, number: int) -> tuple[str, str]:
    """Return the name before the colon and what follows; an option is named by its mark."""
    if line[0] in "-+":
        return line[0], line[1:].strip()
    name, colon, value = line.partition(":")
    if not colon or name.strip().lower() not in NAMES:
        allowed = ", ".join(f"{name}:" for name in NAMES)
        raise PlanError(
            number, f"{shown(line)} is not known here. A line begins with {allowed}, - or +."
        )
    return name.strip().lower(), value.strip()


class _Block:
    """The lines of one step, each with its number."""

    def __init__(self, line: int) -> None:
        self.line = line
        self._given: dict[str, tuple[str, int]] = {}
        self._options: list[str] = []
        self._right: list[int] = []

    def add(self, name: str, value: str, line: int) -> None:
        """Take one line."""
        if not value:
            raise PlanError(line, f"Nothing follows {name}.")
        if name in "-+":
            if "ask" not in self._given:
                raise PlanError(line, "An option comes after the line ask: with its question.")
            if name == "+":
                self._right.append(len(self._options))
            if len(self._right) > 1:
                raise PlanError(line, "Only one option can be right, with + before it.")
            self._given["option"] = value, line
            option = self._checked("option", clean_text, "An option", value, LONGEST_OPTION)
            if option in self._options:
                raise PlanError(line, "Two options are the same.")
            self._options.append(option)
        elif name in self._given:
            raise PlanError(line, f"This step has a line {name}: already.")
        else:
            self._given[name] = value, line

    def step(self, read_link: Callable[[str], str]) -> Step:
        """Return the step, checked."""
        question = self._question() if "ask" in self._given else None
        for name in ("number", "choose", "right"):
            if question is None and name in self._given:
                raise PlanError(self._line(name), f"{name}: needs a line ask: in its step.")
        title, says, note, link = map(self._text, ("step", "say", "note", "link"))
        for name, what in SENTENCES.items():
            if text := self._text(name):
                self._checked(name, clean_text, what, text, 2 * LONGEST_TEXT)
        link = self._checked("link", read_link, link) if link else ""
        return self._checked(
            "step", Step, title=title, says=says, question=question, link=link, note=note
        )

    def _question(self) -> Question:
        """Return the question; each line is checked by itself, so that an error names it."""
        text = self._checked("ask", clean_text, "The question", self._text("ask"), LONGEST_TEXT)
        fields: dict[str, Any] = {"text": text, "kind": "choice"}
        kind = next((name for name in ("number", "choose") if name in self._given), "ask")
        if kind == "number":
            fields |= {"kind": "number", **self._range("number", self._text("number"))}
        if kind == "choose":
            setting, _, ends = self._text("choose").partition(",")
            fields |= {"kind": "setting", "setting": setting.strip()}
            fields |= self._range("choose", ends) if ends else {}
        if self._options:
            if kind != "ask":
                raise PlanError(self._line(kind), "A question has options or a number, not both.")
            fields |= {"options": tuple(self._options)}
        question = self._checked(kind, Question, **fields)
        if len(question.stops) == 1:
            raise PlanError(self._line("choose"), "The range must have more than one value.")
        if right := self._text("right"):
            told = self._is_right(right, fields["kind"])
            return self._checked("right", Question, **fields, **told)
        return replace(question, right=self._right[0]) if self._right else question

    def _is_right(self, text: str, kind: Kind) -> dict[str, Any]:
        if kind == "choice":
            raise PlanError(self._line("right"), "The right option has a + before it.")
        if re.fullmatch(r"[a-z_]+", text) and text not in ("inf", "nan", "infinity"):
            return {"measure": text}
        return {"right": self._checked("right", _float, text)}

    def _range(self, name: str, text: str) -> dict[str, float]:
        low, between, high = text.partition(" to ")
        if not between:
            raise PlanError(self._line(name), "A range is written so: 0 to 1000")
        return {
            "low": self._checked(name, _float, low),
            "high": self._checked(name, _float, high),
        }

    def _text(self, name: str) -> str:
        return self._given.get(name, ("", 0))[0]

    def _checked(self, name: str, make: Callable[..., T], *values: Any, **fields: Any) -> T:
        """Return what `make` returns; what it refuses gets the number of the line `name`."""
        try:
            return make(*values, **fields)
        except ValueError as error:
            raise PlanError(self._line(name), str(error)) from None

    def _line(self, name: str) -> int:
        """Return the number of the line `name`; that of the step, if there is none."""
        return self._given.get(name, ("", self.line))[1]


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{shown(text.strip())} is not a number.") from None
