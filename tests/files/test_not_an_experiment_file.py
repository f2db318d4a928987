"""What is no experiment's file is refused in one sentence."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    read_experiment_file,
    write_experiment_file,
)
from linreg.files.experiment_file import MOST_BYTES
from tests.support.examples import examples
from tests.support.experiment_files import RUN, WRITTEN, json_values, refused, text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is not JSON (line 1, column 1)."),
        (b"{\n  'a': 1}", "The file is not JSON (line 2, column 3)."),
        (b"\xff\xfe{}", "The file is not UTF-8 text (byte 1 is not)."),
        (b"[" * 500_000, "The file's brackets are nested far too deeply."),
        (b'{"a":' * 150_000, "The file's brackets are nested far too deeply."),
        (b'{"format": NaN}', "The file is not JSON: JSON has no number NaN."),
        (b'{"format": -Infinity}', "The file is not JSON: JSON has no number -Infinity."),
        (
            b'{"version": 1, "v\\u0065rsion": 1}',
            "`'version'` appears more than once in the file.",
        ),
        (
            b"[1, 2]",
            'The file is not an experiment of this lesson: it does not say "format": "linreg '
            'experiment".',
        ),
        (
            text(format="something else"),
            'The file is not an experiment of this lesson: it does not say "format": "linreg '
            'experiment".',
        ),
        (
            text(version=2),
            "The file has version 2, from a newer app; this app reads version 1 only.",
        ),
        (text(version=0), "The file must give its version as a whole number of 1 or more."),
        (text(version="1"), "The file must give its version as a whole number of 1 or more."),
        (text(version=True), "The file must give its version as a whole number of 1 or more."),
        (text(version=10**400), "The file must give its version as a whole number of 1 or more."),
        (text(settings=[]), '"settings" is missing in the file, or not in braces.'),
        (text(learned=None), '"learned" is missing in the file, or not in braces.'),
        (
            text(learned={"weight": 1}),
            'The learned "bias" must be a number that a float32 can hold, not `None`.',
        ),
        (
            text(learned={"weight": 1e39, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `1e+39`.',
        ),
        (
            text(learned={"weight": 10**400, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `inf`.',
        ),
        (
            text(learned={"weight": "NaN", "bias": 1}),
            "The learned \"weight\" must be a number that a float32 can hold, not `'NaN'`.",
        ),
        (
            text(learned={"weight": [0.7], "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `[0.7]`.',
        ),
        (
            text(learned={"weight": False, "bias": 1}),
            'The learned "weight" must be a number that a float32 can hold, not `False`.',
        ),
        (
            b" " * (MOST_BYTES + 1),
            "The file may have 1,000,000 bytes at most, not 1,000,001.",
        ),
    ],
    ids=range(24),
)
def test_what_is_no_experiments_file_is_refused(data: bytes, sentence: str) -> None:
    """The one sentence says where or what is wrong."""
    assert refused(data) == sentence


@examples(5)
@given(json_values | st.dictionaries(st.sampled_from(list(WRITTEN)), json_values))
def test_any_other_json_is_refused(content: Any) -> None:
    """Only an ExperimentFileError is raised."""
    refused(json.dumps(content).encode())


@examples(5)
@given(st.binary())
def test_any_bytes_are_refused(data: bytes) -> None:
    """By themselves, and at the end of a file."""
    refused(data)
    if data.strip():
        refused(write_experiment_file(RUN) + data)


def test_a_file_cut_off_anywhere_is_refused() -> None:
    """Only the last newline may be missing."""
    file = write_experiment_file(RUN)
    for end in range(len(file) - 1):
        refused(file[:end])
    assert math.isfinite(read_experiment_file(file[:-1]).weight)
