"""The settings in which runs differ."""

from dataclasses import fields, replace

from hypothesis import given

from linreg import SETTINGS, Experiment, Optimizer, differing
from tests.support.strategies import experiments


def test_differing_names_only_what_differs_in_the_tables_order() -> None:
    """For any number of experiments; equal ones give no name."""
    e = Experiment()
    assert differing([]) == differing([e]) == differing([e, Experiment()]) == ()
    assert differing([e, replace(e, seed=1, lr=0.1), e]) == ("lr", "seed")
    assert differing([e, replace(e, optimizer=Optimizer.ADAM)]) == ("optimizer",)
    assert differing([e, replace(e, points=((0.0, 1.0), (1.0, 2.0)), train_fraction=1.0)]) == (
        "points",
        "train_fraction",
    )


@given(experiments(), experiments())
def test_experiments_are_equal_in_every_field_that_does_not_differ(
    a: Experiment, b: Experiment
) -> None:
    """With the differing fields copied, one experiment equals the other."""
    names = differing([a, b])
    assert replace(a, **{name: getattr(b, name) for name in names}) == b
    assert list(names) == [f.name for f in fields(Experiment) if f.name in names]
    assert set(names) <= set(SETTINGS)
