"""Each challenge is met by a run that should meet it, and not by one that nearly does."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from linreg import SETTINGS, Experiment, Loss, Optimizer, Schedule
from linreg.analysis.theory import overflow_epoch
from linreg.core.data import split_data
from linreg.engines.replay import replayed
from linreg.lesson.challenge_checks import Line
from linreg.lesson.challenges import CHALLENGES, judge, read_done, write_done

LINE = tuple((i / 50, 0.7 * i / 50 + 0.3) for i in range(50))
OUTLIER = ((0.0, 6.0), *LINE)
NEAR_THE_BEST = Line(weight=0.75, bias=0.275)  # of the challenge with a line by hand

# What meets each challenge, and what nearly does.
MEETS: dict[str, dict[str, Any]] = {
    "printed": {"epochs": 200},
    "thousand": {"epochs": 120},
    "limit": {"lr": 0.86},
    "fine": {"schedule": Schedule.COSINE, "lr": 0.02},
    "band": {"lr": 0.0026},
    "below": {"shuffle": True, "seed": 2},
    "inside": {"shuffle": True, "seed": 3},
    "quick": {  # as its hint says
        "loss": Loss.MSE,
        "optimizer": Optimizer.ADAM,
        "schedule": Schedule.COSINE,
        "lr": 0.4,
    },
    "passes": {"loss": Loss.MSE, "batch_size": 2, "lr": 0.7},
    "round": {"optimizer": Optimizer.MOMENTUM},
    "outlier": {"points": OUTLIER, "epochs": 1000},
    "hand": {},  # with a line near the best one
    "slope": {"train_fraction": 0.1, "noise": 0.1, "seed": 0},
}
NEARLY: dict[str, dict[str, Any]] = {
    "printed": {"epochs": 160},
    "thousand": {"epochs": 130},
    "limit": {"lr": 0.85},
    "fine": {"schedule": Schedule.STEP, "lr": 0.02},
    "band": {"lr": 0.0028},
    "below": {"shuffle": True, "seed": 1},
    "inside": {},
    "quick": {"loss": Loss.MSE, "optimizer": Optimizer.ADAM, "lr": 0.4},
    "passes": {"loss": Loss.MSE, "batch_size": 4, "lr": 0.7},
    "round": {"optimizer": Optimizer.MOMENTUM, "lr": 0.001},
    "outlier": {"points": OUTLIER, "epochs": 1000, "loss": Loss.MSE},
    "slope": {"train_fraction": 0.4, "noise": 0.1, "seed": 1},
}


def verdict(key: str, **changes: Any) -> tuple[bool, str]:
    """Judge the start of a challenge with some settings changed."""
    [challenge] = [challenge for challenge in CHALLENGES if challenge.key == key]
    return judge(challenge, replayed(replace(challenge.start, **changes)), NEAR_THE_BEST)


@pytest.mark.parametrize("key", list(MEETS))
def test_a_run_that_meets_the_goal_is_accepted(key: str) -> None:
    """Each challenge has a solution, and the controls offer its values."""
    met, says = verdict(key, **MEETS[key])
    assert met, says
    for name, value in MEETS[key].items():
        assert name == "points" or value in SETTINGS[name].stops


def test_a_cycle_that_is_seen_once_is_not_called_learning() -> None:
    """The parameters have come back to the bit, but the losses do not show it twice yet."""
    [challenge] = [challenge for challenge in CHALLENGES if challenge.key == "thousand"]
    history = replayed(replace(challenge.start, epochs=118)).history
    assert (history.weight[118], history.bias[118]) == (history.weight[116], history.bias[116])
    for key in ("thousand", "band"):
        met, says = verdict(key, epochs=118)
        assert not met
        assert "do not show" in says


@pytest.mark.parametrize("seed", range(3))
def test_a_line_by_hand_beats_gradient_descent_where_its_loss_is_lower(seed: int) -> None:
    """Both losses come from PyTorch's own loss function on the training rows of the start."""
    [challenge] = [challenge for challenge in CHALLENGES if challenge.by_hand]
    start = challenge.start
    run = replayed(start)
    data = split_data(start)
    loss_fn = nn.L1Loss()
    theirs = loss_fn(
        run.history.weight[-1].item() * data.X_train + run.history.bias[-1].item(), data.y_train
    )
    draw = random.Random(seed)
    seen = set()
    for _ in range(30):
        line = Line(weight=0.75 + draw.uniform(-0.2, 0.2), bias=0.275 + draw.uniform(-0.05, 0.05))
        own = loss_fn(line.weight * data.X_train + line.bias, data.y_train)
        met, says = judge(challenge, run, line)
        assert met == bool(own < theirs)
        assert f"training loss of {own.item():.4f}," in says
        seen.add(met)
    assert seen == {True, False}


@pytest.mark.parametrize(("lr", "diverges"), [(0.86249, False), (0.8625, True)])
def test_a_rate_just_above_the_limit_diverges_though_the_run_ends_before(
    lr: float, diverges: bool
) -> None:
    """The limit of the lesson's rows is 0.862493; 1000 epochs are too few to see 0.8625 diverge."""
    met, says = verdict("limit", lr=lr)
    assert met is not diverges
    assert (f"lr {lr:g} diverges." in says) is diverges


def test_two_losses_that_differ_have_different_texts() -> None:
    """A line by hand, moved until its loss is as near to that of the run as float32 has it."""
    [challenge] = [challenge for challenge in CHALLENGES if challenge.by_hand]
    run = replayed(challenge.start)
    weight, bias = (float(each[-1]) for each in (run.history.weight, run.history.bias))
    for step in (-1e-5, 1e-5):
        met, says = judge(challenge, run, Line(weight=weight, bias=bias + step))
        own, other = re.findall(r"(?:loss of|one of) (\d\.\d+)", says)
        assert met is (float(own) < float(other))
        assert own != other


def test_a_bias_that_stays_below_is_said_to() -> None:
    """A rate so small that it comes nowhere near its true value."""
    _, says = verdict("round", optimizer=Optimizer.MOMENTUM, lr=0.0001)
    assert re.search(r"the bias stayed 0\.\d+ or more below its true value", says)


@pytest.mark.parametrize("key", list(NEARLY))
def test_a_run_that_nearly_meets_the_goal_is_refused(key: str) -> None:
    """The run is close to a solution but misses the goal."""
    met, says = verdict(key, **NEARLY[key])
    assert not met, says


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_the_start_does_not_meet_the_goal_already(challenge: Any) -> None:
    """A student must change something."""
    met, _ = judge(challenge, replayed(challenge.start))
    assert not met


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_other_settings_may_not_be_changed(challenge: Any) -> None:
    """The true line is never free, and the sentence names what was changed."""
    met, says = judge(challenge, replayed(replace(challenge.start, weight=-1.0)))
    assert not met
    assert "True weight" in says


def test_all_have_keys_of_their_own_and_right_answers_to_predict() -> None:
    """Each has hints, options and an answer among them."""
    assert len({challenge.key for challenge in CHALLENGES}) == len(CHALLENGES)
    for challenge in CHALLENGES:
        assert set(challenge.free) <= set(SETTINGS)
        assert 0 <= challenge.answer < len(challenge.options)
        assert len(set(challenge.options)) == len(challenge.options) >= 2
        assert challenge.hints
        assert bool(challenge.clue) is (len(challenge.options) > 2)
        assert challenge.learned


def test_a_run_that_overflows_meets_nothing() -> None:
    """It is refused, and a sentence says why."""
    overflowing = 0
    for challenge in CHALLENGES:
        free: dict[str, Any] = {"lr": 10.0, "loss": Loss.MSE, "points": OUTLIER}
        changes = {name: value for name, value in free.items() if name in challenge.free}
        run = replayed(replace(challenge.start, **changes))
        if overflow_epoch(run.history) is not None:
            overflowing += 1
            met, says = judge(challenge, run)
            assert not met
            assert "overflow" in says or "diverges" in says
            assert not re.search(r"\b(nan|inf)\b", says)
    assert overflowing >= 3


def test_the_band_is_proportional_to_the_rate() -> None:
    """The answer to the prediction: lr 0.02 gives twice the sum of lr 0.01."""
    sums = [
        float(replayed(Experiment(lr=lr, epochs=1000)).history.train_loss[-2:].sum())
        for lr in (0.01, 0.02)
    ]
    assert sums[1] / sums[0] == pytest.approx(2, rel=1e-3)


@given(st.sets(st.sampled_from([challenge.key for challenge in CHALLENGES])))
def test_what_is_done_survives_a_link(keys: set[str]) -> None:
    """After writing and reading, the challenges are the same."""
    assert set(read_done(write_done(tuple(keys)))) == keys


@given(st.text())
def test_any_text_gives_known_challenges(text: str) -> None:
    """Unknown keys are left out."""
    assert set(read_done(text)) <= {challenge.key for challenge in CHALLENGES}
