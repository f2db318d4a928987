"""The limit on the work that one page trains together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment
from linreg.analysis.sweeps import is_repeatable
from linreg.core.experiment import MOST_DEALT, MOST_STEPS
from linreg.ui.work.budget import affordable
from tests.support.strategies import experiments

STEPS = Experiment(epochs=1000, batch_size=1, train_fraction=1.0)  # 50 steps an epoch
ROWS = Experiment(epochs=2000, batch_size=256, start=-5.0, stop=5.0, step=0.005)  # 1,600 rows


def test_those_for_which_there_is_room_are_taken_in_their_order() -> None:
    """50,000 steps, 50,000 more that do not fit into 80,000, and 30,000 that still do."""
    asked = [STEPS, replace(STEPS, seed=1), replace(STEPS, seed=2, epochs=600)]
    assert [each.n_steps for each in asked] == [50_000, 50_000, 30_000]
    assert affordable(asked) == (True, False, True)


def test_rows_that_are_dealt_into_batches_count_too() -> None:
    """3.2 million rows and 3.2 million more than 5 million, of only 28,000 steps together."""
    asked = [ROWS, replace(ROWS, seed=1)]
    assert [each.n_dealt for each in asked] == [3_200_000, 3_200_000]
    assert sum(each.n_steps for each in asked) < MOST_STEPS
    assert affordable(asked) == (True, False)
    assert affordable([replace(each, batch_size=None) for each in asked]) == (True, True)


def test_the_same_run_twice_is_trained_once() -> None:
    """So it counts once."""
    assert affordable([STEPS, STEPS, STEPS]) == (True, True, True)


@given(st.lists(experiments(most_epochs=900, most_steps=80_000), max_size=9))
def test_those_taken_are_never_too_much_together(asked: list[Experiment]) -> None:
    """And the first is always accepted: alone it is a valid run."""
    fits = affordable(asked)
    taken = {each for each, fit in zip(asked, fits, strict=True) if fit}
    assert sum(each.n_steps for each in taken) <= MOST_STEPS
    assert sum(each.n_dealt for each in taken) <= MOST_DEALT
    assert all(fits[:1])


def test_a_run_that_deals_too_many_rows_is_refused() -> None:
    """They are dealt one by one, which takes longer than the steps; in one batch nothing is."""
    with pytest.raises(ValueError, match="at most 5000000 rows dealt into batches, not 8000000"):
        replace(ROWS, epochs=5000)
    assert replace(ROWS, epochs=5000, batch_size=None).n_dealt == 0


def test_a_sweep_is_repeated_only_as_often_as_a_page_may_take() -> None:
    """Eight times 72 models: 5.76 million steps are allowed, but not on 2,000 rows."""
    long = Experiment(epochs=10_000)
    assert is_repeatable(long, 72, 8)
    assert not is_repeatable(long, 72, 9)
    assert not is_repeatable(replace(long, start=-5.0, stop=5.0, step=0.005), 72, 8)
