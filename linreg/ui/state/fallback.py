"""What a session falls back on where work for a page fails: the last page that was shown wholly.

A training may find no memory, or its device gone. Then the page says so in one sentence, and the
last picture stays under it, while the controls stay where they were put. What failed is tried again
when a setting changes, or when the visitor asks for it; never by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.mistakes.raised import plain_text, ran_out_of_memory

FALLBACK = "linreg fallback"
MOST_KEPT = 100_000  # epochs of all models together whose numbers a session keeps, some 3 MB

T = TypeVar("T")
Key = tuple[str, Experiment]  # what was asked for, and with which experiment


class WorkError(Exception):
    """Work for a page has failed; the message is one sentence for the page."""


def failure_sentence(name: str, error: Exception) -> str:
    """Return what a page says of an error: no traceback, no file of the server."""
    if ran_out_of_memory(error):
        return f"{name} ran out of memory: fewer epochs or fewer points will do, or another device."
    return f"{name} failed: `{plain_text(error)}`."


@dataclass
class Fallback:
    """What one session remembers of the last page that was shown wholly, and of what failed since.

    shown: that page's experiment; kept: its results, as far as they are small, so that they are
    there even if the cache has let them go.
    asked: page and experiment that the visitor asked for last; failed: the work for these that
    failed, with a sentence each.
    failure: why the page of `shown` is shown in place of the one that was asked for, or nothing;
    pending: the same for the next run of the page.
    """

    shown: Experiment | None = None
    kept: dict[Key, object] = field(default_factory=dict)
    asked: tuple[str, Experiment] | None = None
    failed: dict[Key, str] = field(default_factory=dict)
    failure: str = ""
    pending: str = ""
    _met: dict[Key, object] = field(default_factory=dict)
    _size: int = 0

    def begin(self, title: str, experiment: Experiment) -> Experiment:
        """Return the experiment to show on a page: the one asked for, or the one that stands in."""
        if self.asked != (title, experiment):
            self.asked, self.failed, self.pending = (title, experiment), {}, ""
        self.failure, self.pending = self.pending, ""
        self._met, self._size = {}, 0
        return self.shown if self.failure and self.shown is not None else experiment

    def end(self, experiment: Experiment) -> None:
        """Remember that the page of `experiment` was shown wholly, if anything was computed."""
        if self._met:
            self.shown, self.kept = experiment, self._met

    def fail(self, sentence: str) -> bool:
        """Take note that the page has failed; say whether the last one can stand in for it."""
        if self.failure or self.asked is None or self.shown in (None, self.asked[1]):
            return False
        self.pending = sentence
        return True

    def try_again(self) -> None:
        """Let what failed be tried again; for use in a callback."""
        self.failed = {}

    def result(self, key: Key, size: int, work: Callable[[], T]) -> T:
        """Return what `work` gives or, where it fails, what the last page had of the same.

        Arguments:
            key: says what is the same. size: how much the result is, in epochs of one model.

        Raises:
            WorkError: it has failed, now or since the visitor last asked for something else.
        """
        if key in self.failed:
            raise WorkError(self.failed[key])
        try:
            found = cast(T, self.kept[key]) if self.failure and key in self.kept else work()
        except WorkError as error:
            if key not in self.kept:
                self.failed[key] = str(error)
                raise
            found = cast(T, self.kept[key])
        if key not in self._met and self._size + size <= MOST_KEPT:
            self._met[key] = found
            self._size += size
        return found


def fallback() -> Fallback:
    """Return what this visitor's session falls back on."""
    found: Fallback = st.session_state.setdefault(FALLBACK, Fallback())
    return found
