"""The comparison of two runs bit by bit."""

from dataclasses import fields

import numpy as np

from linreg import History, Run


def assert_same_run(found: Run, expected: Run) -> None:
    """Assert that two runs hold the same bytes in every array and in the file."""
    assert found.experiment == expected.experiment
    for f in fields(History):
        one, other = (getattr(run.history, f.name) for run in (found, expected))
        assert one.tobytes() == other.tobytes(), (f.name, expected.experiment)
        assert one.dtype == other.dtype
        assert not one.flags.writeable
    assert found.checkpoint == expected.checkpoint


def assert_same_history(found: History | None, expected: History) -> None:
    """Assert that there is a history, and that it has the same numbers."""
    assert found is not None
    for f in fields(History):
        one, other = (getattr(history, f.name) for history in (found, expected))
        np.testing.assert_array_equal(one, other, err_msg=f.name)
