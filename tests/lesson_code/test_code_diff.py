"""The lines that differ between two programs."""

from dataclasses import replace

from hypothesis import given

from linreg import Experiment, to_script
from linreg.lesson_code.code_diff import changed_lines
from tests.support.strategies import experiments


def test_one_setting_changes_its_own_line() -> None:
    """The learning rate is in one line of the program."""
    before, after = to_script(Experiment()), to_script(Experiment(lr=0.1))
    gone, new = changed_lines(before, after)
    assert gone.startswith("- optimizer = ")
    assert "lr=0.01)" in gone
    assert new.startswith("+ optimizer = ")
    assert "lr=0.1)" in new


def test_the_same_program_has_no_changes() -> None:
    """There is nothing to show."""
    assert changed_lines(to_script(Experiment()), to_script(Experiment())) == ()


@given(experiments(), experiments())
def test_the_changes_lead_from_one_program_to_the_other(a: Experiment, b: Experiment) -> None:
    """Without the removed lines and with the new ones, the old program has the new one's lines."""
    old, new = to_script(a), to_script(replace(b, model=a.model))
    changes = changed_lines(old, new)
    lines = [line for line in old.splitlines() if line.strip()]
    for change in changes:
        if change.startswith("- "):
            lines.remove(change[2:])
    lines += [change[2:] for change in changes if change.startswith("+ ")]
    assert sorted(lines) == sorted(line for line in new.splitlines() if line.strip())
