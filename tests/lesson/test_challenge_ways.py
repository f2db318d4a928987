"""Which challenges can be met where a teacher's link keeps some of their settings."""

from itertools import combinations
from typing import Any

import pytest

from linreg import SETTINGS, Schedule
from linreg.lesson.challenge_ways import WAYS, can_be_met
from linreg.lesson.challenges import CHALLENGES, Challenge
from tests.lesson.test_challenges import MEETS

# The fewest settings which, kept as at a challenge's start, leave no way to its goal. A search
# through all stops of the other sliders has found no run.
NO_WAY: dict[str, list[set[str]]] = {
    "printed": [{"epochs"}],
    "thousand": [{"epochs"}],
    "limit": [{"lr"}],
    "fine": [{"schedule"}],
    "band": [{"lr"}],
    "below": [{"epochs", "seed"}, {"shuffle", "model", "seed"}],
    "inside": [{"shuffle"}, {"train_fraction", "validation_fraction", "seed"}],
    "quick": [
        {"lr"},
        {"epochs", "schedule"},
        {"optimizer", "schedule"},
        {"epochs", "loss", "optimizer"},
    ],
    "passes": [{"batch_size"}],
    "round": [{"optimizer"}],
    "outlier": [{"points"}],
    "hand": [],
    "slope": [
        {"train_fraction", "loss", "stop", "step"},
        {"noise", "train_fraction", "seed", "loss", "step"},
        {"train_fraction", "seed", "lr", "loss", "step"},
        {"train_fraction", "seed", "lr", "stop", "step"},
    ],
}


def at_the_start(challenge: Challenge, names: set[str]) -> dict[str, Any]:
    """These settings with their values at the start."""
    return {name: getattr(challenge.start, name) for name in challenge.free if name in names}


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_what_must_not_be_kept_as_at_the_start_is_known(challenge: Challenge) -> None:
    """No way is left with it, and one with every largest set of settings without it."""
    table = NO_WAY[challenge.key]
    for kept in table:
        assert not can_be_met(challenge, at_the_start(challenge, kept)), kept
    subsets = [
        set(names) for n in range(len(challenge.free)) for names in combinations(challenge.free, n)
    ]
    left = [names for names in subsets if not any(kept <= names for kept in table)]
    largest = [names for names in left if not any(names < other for other in left)]
    for kept in largest:
        assert can_be_met(challenge, at_the_start(challenge, kept)), kept


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_the_ways_are_values_of_the_sliders(challenge: Challenge) -> None:
    """A student can choose them."""
    for way in WAYS[challenge.key]:
        for name, value in zip(challenge.free, way, strict=True):
            assert name == "points" or value in SETTINGS[name].stops


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_a_value_with_which_a_known_run_meets_the_goal_leaves_a_way(challenge: Challenge) -> None:
    """Kept alone; the runs are others than the ways."""
    for name, value in MEETS[challenge.key].items():
        assert can_be_met(challenge, {name: value}), name


@pytest.mark.parametrize(
    ("key", "kept", "met"),
    [
        ("band", {"lr": 0.002}, True),
        ("band", {"lr": 0.02}, False),
        ("band", {"epochs": 700}, True),
        ("band", {"epochs": 600}, False),
        ("fine", {"schedule": Schedule.STEP}, True),
        ("fine", {"lr": 10.0}, False),
        ("inside", {"train_fraction": 1.0}, False),
        ("slope", {"train_fraction": 0.8}, True),
        ("slope", {"noise": 0.0}, True),
        ("slope", {"lr": 1.5}, True),
        ("slope", {"seed": 341}, True),
        ("slope", {"seed": 770}, True),
        ("below", {"epochs": 50, "seed": 7}, True),  # nobody has searched for these two
        ("band", {"lr": 0.02, "epochs": 5000}, False),
        ("band", {"lr": 0.002, "epochs": 500}, False),  # nothing is left to change
    ],
)
def test_other_values_leave_a_way_or_none(key: str, kept: dict[str, Any], met: bool) -> None:
    """The sum of the band is 1.1521 lr, and 0.0026 reaches it in 655 epochs."""
    [challenge] = [each for each in CHALLENGES if each.key == key]
    assert can_be_met(challenge, kept) is met
