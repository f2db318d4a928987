"""Experiment files for tests: one that the app wrote, changes of it, and any JSON."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from linreg import (
    Experiment,
    ExperimentFileError,
    read_experiment_file,
    train,
    write_experiment_file,
)
from tests.support.sentences import assert_a_sentence

RUN = train(Experiment(epochs=2))
WRITTEN: dict[str, Any] = json.loads(write_experiment_file(RUN))


def changed(**settings: Any) -> bytes:
    """The file with some settings changed; `...` removes one."""
    both = {**WRITTEN["settings"], **settings}
    kept = {name: value for name, value in both.items() if value is not ...}
    return json.dumps({**WRITTEN, "settings": kept}).encode()


def refused(data: bytes) -> str:
    """The sentence that refuses `data`."""
    with pytest.raises(ExperimentFileError) as caught:
        read_experiment_file(data)
    said = str(caught.value)
    assert_a_sentence(said)
    return said


def text(**top: Any) -> bytes:
    """The file with some of its top-level parts changed."""
    return json.dumps({**WRITTEN, **top}).encode()


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["linear", "adam", "all", "nan", 10**30, 0, 1, 0.05, 5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
