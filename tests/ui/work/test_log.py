"""The server's log: one line for each piece of work, without personal data."""

import logging
import re
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from linreg import Experiment
from linreg.ui.work.log import LOG, log_work
from tests.support.opened import opened


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The log's lines while the test runs; the cache is empty at its start."""
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(f"{record.levelname} {record.getMessage()}")  # type: ignore[method-assign]
    LOG.addHandler(handler)
    st.cache_data.clear()
    yield seen
    LOG.removeHandler(handler)


def test_a_training_is_one_line_and_its_repetition_another(lines: list[str]) -> None:
    """The first session computes, the second reads the cache; both lines have the settings."""
    first: AppTest = opened(lr="0.05", epochs="20")
    assert not first.exception
    opened(lr="0.05", epochs="20")
    told = [re.sub(r"\d+\.\d ms", "TIME", line) for line in lines]
    asked = "INFO Training: lr=0.05&epochs=20 on cpu, TIME, "
    assert told == [asked + "computed", asked + "cached"]


def test_defaults_and_own_data_are_told_without_numbers_of_the_data(lines: list[str]) -> None:
    """Own data are private: the log has only the number of points."""
    log_work("Training", Experiment(), 0.0123, True)
    log_work("Training", Experiment(points=((1234.5, 1.0), (2.0, 3.0), (4.0, 9.0))), 1.0, False)
    assert lines == [
        "INFO Training: defaults on cpu, 12.3 ms, computed",
        "INFO Training: defaults with 3 own points on cpu, 1000.0 ms, cached",
    ]
