"""The comparison of two runs bit by bit."""

from dataclasses import fields

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
