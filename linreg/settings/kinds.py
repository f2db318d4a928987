"""The kinds of setting: which values each allows, and how text stands for them.

Knows nothing of training or of Streamlit. The table of settings is in `linreg.core.experiment`.
"""

import math
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from numbers import Integral, Real
from typing import Any, Generic, TypeVar

from linreg.formatting import number_text
from linreg.settings.named_pairs import with_names_of

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
N = TypeVar("N", int, float)

SMALLEST = math.ulp(0.0)  # the smallest number above 0

Pairs = tuple[tuple[float, float], ...]


def evenly(low: float, high: float, step: float) -> tuple[float, ...]:
    """Return low, low + step, ... up to high, without rounding errors of binary fractions."""
    return tuple(round(low + i * step, 10) for i in range(round((high - low) / step) + 1))


def _nearest(value: float, stops: Sequence[N]) -> N:
    """Return the stop nearest to `value`, the lower one of two; `stops` ascend."""
    above = bisect_left(stops, value)
    return min(stops[max(above - 1, 0) : above + 1], key=lambda stop: abs(stop - value))


def _read(text: str) -> float:
    """Return the finite number that `text` means; 1_000 is a number only in Python."""
    if "_" in text:
        raise ValueError
    return _number(float(text))


def _number(value: object) -> float:
    """Return a finite number rounded so that 0.1 + 0.2 is 0.3 and -0.0 is 0.0."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError
    return float(f"{float(value):.10g}") + 0.0


def _number_within(value: object, stops: Sequence[float]) -> float:
    """Return a number from the first to the last of `stops`."""
    number = _number(value)
    if not stops[0] <= number <= stops[-1]:
        raise ValueError
    return number


def _whole_within(value: object, stops: Sequence[int]) -> int:
    """Return a whole number from the first to the last of `stops`."""
    number = _number(value)
    whole = int(value) if isinstance(value, Integral) else int(number)
    if not number.is_integer() or not stops[0] <= whole <= stops[-1]:
        raise ValueError
    return whole


@dataclass(frozen=True, kw_only=True)
class Setting(ABC, Generic[T]):
    """One setting: its default, its words, and the values that it allows.

    `address` is its name in the address bar; a setting with an empty one stays out of addresses.
    `stops` are the values that its control offers; numbers ascend.
    """

    default: T
    label: str
    help: str
    address: str = ""
    unit: str = ""
    stops: Sequence[T] = ()

    @property
    @abstractmethod
    def allowed(self) -> str:
        """The allowed values, in words that follow 'must be'."""

    @abstractmethod
    def check(self, value: object) -> T:
        """Return `value` in this setting's own type; raise ValueError if it is not allowed."""

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Return what `text` means, not yet checked; raise ValueError if it means nothing."""

    def nearest(self, value: T) -> T:
        """Return `value`; for a number, the nearest value that a control offers."""
        return value

    def format(self, value: T) -> str:
        """Return `value` as text that `parse` reads back."""
        return str(value)

    def field(self) -> T:
        """Return the field of a dataclass that has this default and keeps this setting."""
        return field(default=self.default, metadata={"setting": self})


@dataclass(frozen=True, kw_only=True)
class _Bounded(Setting[N]):
    """A number from the first to the last of `stops`, which a control offers, or of `limits`.

    `limits`, two numbers, are what the library allows where that is more. `evenly_spaced` is False
    where the distances between stops differ: those of a learning rate grow with the rate.
    """

    evenly_spaced: bool = True
    limits: Sequence[N] = ()

    @property
    def _ends(self) -> Sequence[N]:
        return self.limits or self.stops

    def parse(self, text: str) -> float:
        return _read(text)

    def nearest(self, value: float) -> N:
        return _nearest(value, self.stops)


@dataclass(frozen=True, kw_only=True)
class Number(_Bounded[float]):
    """A real number from the first to the last of `stops`."""

    @property
    def allowed(self) -> str:
        low, high = self._ends[0], self._ends[-1]
        if low == SMALLEST:
            return f"a number above 0 and at most {number_text(high)}"
        return f"a number from {number_text(low)} to {number_text(high)}"

    def check(self, value: object) -> float:
        return _number_within(value, self._ends)

    def format(self, value: float) -> str:
        return number_text(value)


@dataclass(frozen=True, kw_only=True)
class Whole(_Bounded[int]):
    """A whole number from the first to the last of `stops`."""

    @property
    def allowed(self) -> str:
        return f"a whole number from {self._ends[0]} to {self._ends[-1]}"

    def check(self, value: object) -> int:
        return _whole_within(value, self._ends)


@dataclass(frozen=True, kw_only=True)
class OptionalWhole(Setting[int | None]):
    """A whole number, or None, whose text is the word `none`."""

    default: int | None = None
    none: str

    @property
    def allowed(self) -> str:
        numbers = self._numbers
        return f"'{self.none}' or a whole number from {numbers[0]} to {numbers[-1]}"

    @property
    def _numbers(self) -> Sequence[int]:
        return [stop for stop in self.stops if stop is not None]

    def check(self, value: object) -> int | None:
        return None if value is None else _whole_within(value, self._numbers)

    def parse(self, text: str) -> float | None:
        return None if text.strip().lower() == self.none else _read(text)

    def nearest(self, value: float | None) -> int | None:
        return None if value is None else _nearest(value, self._numbers)

    def format(self, value: int | None) -> str:
        return self.none if value is None else str(value)


NUMBERS = (Number, Whole, OptionalWhole)


@dataclass(frozen=True, kw_only=True)
class Choice(Setting[E]):
    """One of the members of a StrEnum, which are its `stops`; `check` also takes their text."""

    @property
    def allowed(self) -> str:
        return "one of " + ", ".join(self.stops)

    def check(self, value: object) -> E:
        member = type(self.default)(str(value))
        if member not in self.stops:
            raise ValueError
        return member

    def parse(self, text: str) -> E:
        return type(self.default)(text.strip().lower())


@dataclass(frozen=True, kw_only=True)
class Switch(Setting[bool]):
    """On or off."""

    stops: Sequence[bool] = (False, True)

    @property
    def allowed(self) -> str:
        return "true or false"

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value

    def parse(self, text: str) -> bool:
        words = {"true": True, "false": False, "1": True, "0": False}
        try:
            return words[text.strip().lower()]
        except KeyError:
            raise ValueError from None

    def format(self, value: bool) -> str:
        return str(value).lower()


@dataclass(frozen=True, kw_only=True)
class Points(Setting[Pairs | None]):
    """Own data: None, or 2 to `most` pairs (x, y) of finite numbers. Addresses do not hold them."""

    default: Pairs | None = None
    most: int

    @property
    def allowed(self) -> str:
        return f"None, or 2 to {self.most} pairs (x, y) of finite numbers"

    def check(self, value: object) -> Pairs | None:
        if value is None:
            return None
        if not isinstance(value, Sequence) or not 2 <= len(value) <= self.most:
            raise ValueError
        return with_names_of(value, ((_number(x), _number(y)) for x, y in value))

    def parse(self, text: str) -> Pairs | None:
        raise ValueError(text)
