"""The kinds of setting: what each allows, how it is read from text and written as text.

A kind knows its default, its range and its words; it knows nothing of training, of Streamlit or of
the address bar. The table of settings itself is `linreg.core.experiment`.
"""

import math
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from linreg.formatting import number_text

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
N = TypeVar("N", int, float)


def evenly(low: float, high: float, step: float) -> tuple[float, ...]:
    """Return low, low + step, ... up to high, without the dust of binary fractions."""
    return tuple(round(low + i * step, 10) for i in range(round((high - low) / step) + 1))


def _nearest(value: float, stops: Sequence[N]) -> N:
    """Return the one of the ascending `stops` that is nearest to `value`; of two the lower."""
    above = bisect_left(stops, value)
    return min(stops[max(above - 1, 0) : above + 1], key=lambda stop: abs(stop - value))


def _read(text: str) -> float:
    """Return the finite number that `text` is; Python's own 1_000 is not one to other people."""
    if "_" in text:
        raise ValueError
    return _number(float(text))


def _number(value: object) -> float:
    """Return a finite number rounded so that 0.1 + 0.2 is 0.3 and -0.0 is 0.0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(f"{value:.10g}") + 0.0


@dataclass(frozen=True, kw_only=True)
class Setting(ABC, Generic[T]):
    """One setting: its default, its words, and what it allows.

    `address` is its name in the address bar; an empty one keeps the setting out of addresses.
    `stops` are the values at which its control can stop; numbers ascend.
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
        """What is allowed, in words that fit behind 'must be'."""

    @abstractmethod
    def check(self, value: object) -> T:
        """Return `value` in this setting's own type; raise ValueError if it is not allowed."""

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Return what `text` means, not yet checked; raise ValueError if it means nothing."""

    @abstractmethod
    def nearest(self, value: Any) -> T:
        """Return the value nearest to `value` at which a control can stop."""

    def format(self, value: T) -> str:
        """Return `value` as text that `parse` reads back."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Number(Setting[float]):
    """A real number from the first to the last of `stops`, which are evenly spaced."""

    @property
    def allowed(self) -> str:
        return f"a number from {number_text(self.stops[0])} to {number_text(self.stops[-1])}"

    def check(self, value: object) -> float:
        number = _number(value)
        if not self.stops[0] <= number <= self.stops[-1]:
            raise ValueError
        return number

    def parse(self, text: str) -> float:
        return _read(text)

    def nearest(self, value: float) -> float:
        return _nearest(value, self.stops)

    def format(self, value: float) -> str:
        return number_text(value)


@dataclass(frozen=True, kw_only=True)
class NumberLadder(Number):
    """A number whose stops are not evenly spaced: a learning rate's lie on a log scale."""


@dataclass(frozen=True, kw_only=True)
class Whole(Setting[int]):
    """A whole number from the first to the last of `stops`, which are evenly spaced."""

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.stops[0]} to {self.stops[-1]}"

    def check(self, value: object) -> int:
        number = _number(value)
        if not number.is_integer() or not self.stops[0] <= number <= self.stops[-1]:
            raise ValueError
        return int(number)

    def parse(self, text: str) -> float:
        return _read(text)

    def nearest(self, value: float) -> int:
        return _nearest(value, self.stops)


@dataclass(frozen=True, kw_only=True)
class WholeLadder(Whole):
    """A whole number whose stops are not evenly spaced."""


@dataclass(frozen=True, kw_only=True)
class OptionalWhole(Setting[int | None]):
    """A whole number, or None, for which its text is the word `none`."""

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
        if value is None:
            return None
        number = _number(value)
        if not number.is_integer() or not self._numbers[0] <= number <= self._numbers[-1]:
            raise ValueError
        return int(number)

    def parse(self, text: str) -> float | None:
        return None if text.strip().lower() == self.none else _read(text)

    def nearest(self, value: float | None) -> int | None:
        return None if value is None else _nearest(value, self._numbers)

    def format(self, value: int | None) -> str:
        return self.none if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Setting[E]):
    """One of the members of a StrEnum, which are its `stops`; its plain text will do."""

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

    def nearest(self, value: E) -> E:
        return value


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

    def nearest(self, value: bool) -> bool:
        return value

    def format(self, value: bool) -> str:
        return str(value).lower()


@dataclass(frozen=True, kw_only=True)
class Points(Setting[tuple[tuple[float, float], ...] | None]):
    """Own data: None, or 2 to `most` pairs (x, y) of finite numbers. Kept out of addresses."""

    default: tuple[tuple[float, float], ...] | None = None
    most: int

    @property
    def allowed(self) -> str:
        return f"None, or 2 to {self.most} pairs (x, y) of finite numbers"

    def check(self, value: object) -> tuple[tuple[float, float], ...] | None:
        if value is None:
            return None
        if not isinstance(value, Sequence) or not 2 <= len(value) <= self.most:
            raise ValueError
        pairs = []
        for pair in value:
            x, y = pair
            pairs.append((_number(x), _number(y)))
        return tuple(pairs)

    def parse(self, text: str) -> tuple[tuple[float, float], ...] | None:
        raise ValueError(text)

    def nearest(
        self, value: tuple[tuple[float, float], ...] | None
    ) -> tuple[tuple[float, float], ...] | None:
        return value
