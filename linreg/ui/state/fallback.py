"""What a session shows where work for a page fails: the last complete page.

A training may run out of memory, or its device may disappear. Then the page says so in one
sentence above the last picture, and the controls keep their values. Failed work is tried again when
a setting changes or when the visitor asks for it; never automatically.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.failures import plain_text, ran_out_of_memory

FALLBACK = "linreg fallback"
MOST_KEPT = 100_000  # epochs, summed over all models, that a session keeps: about 3 MB

T = TypeVar("T")
Key = tuple[str, Experiment, tuple[float, ...]]  # the work, its experiment and its learning rates


class WorkError(Exception):
    """Work for a page has failed; the message is one sentence for the page."""


def failure_sentence(name: str, error: Exception) -> str:
    """Return the sentence that a page shows for an error, without traceback or file names."""
    if ran_out_of_memory(error):
        return f"{name} ran out of memory. Use fewer epochs, fewer points or another device."
    return f"{name} failed: `{plain_text(error)}`."


@dataclass
class Fallback:
    """What one session remembers of the last complete page, and of what has failed since.

    shown: that page's experiment; kept: its results up to MOST_KEPT, in case the cache has dropped
    them.
    asked: the page and experiment that the visitor asked for last; failed: the work for these that
    failed, with a sentence each.
    failure: why the page of `shown` is shown instead of the one asked for, or "";
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
        """Return the experiment to show: the one asked for or, after a failure, the last one."""
        if self.asked != (title, experiment):
            self.asked, self.failed, self.pending = (title, experiment), {}, ""
        self.failure, self.pending = self.pending, ""
        self._met, self._size = {}, 0
        return self.shown if self.failure and self.shown is not None else experiment

    def end(self, experiment: Experiment) -> None:
        """Remember the complete page of `experiment`, if anything was computed for it."""
        if self._met:
            self.shown, self.kept = experiment, self._met

    def fail(self, sentence: str) -> bool:
        """Note that the page has failed; return whether the last complete page can replace it."""
        if self.failure or self.asked is None or self.shown in (None, self.asked[1]):
            return False
        self.pending = sentence
        return True

    def try_again(self) -> None:
        """Allow another try of what has failed; for use in a callback."""
        self.failed = {}

    def result(self, key: Key, size: int, work: Callable[[], T]) -> T:
        """Return the result of `work` or, where it fails, the last complete page's for this key.

        Arguments:
            key: says which work it is. size: of the result, in epochs of one model.

        Raises:
            WorkError: it has failed, now or earlier for the same page and experiment.
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
    """Return this session's record of complete pages and failures."""
    found: Fallback = st.session_state.setdefault(FALLBACK, Fallback())
    return found
