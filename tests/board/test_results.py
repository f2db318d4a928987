"""What a round shows at its end, against plain trainings and plain counting."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Optimizer, train
from linreg.analysis.theory import alternation
from linreg.board.questions import MEASURES, Question
from linreg.board.ready_questions import ready_questions
from linreg.board.results import READ, Engines, class_runs, outcome, truth
from linreg.core.experiment import SETTINGS
from linreg.core.training import Run

RATE = Question(text="Which?", kind="setting", setting="lr", link="?loss=mse&epochs=50")
EPOCHS = Question(text="How long?", kind="setting", setting="epochs", link="?schedule=cosine")
NUMBER = Question(text="When?", kind="number", low=-1e9, high=1e9)


def test_the_runs_of_a_class_are_those_of_single_trainings() -> None:
    """One stacked training covers every rate that was chosen, once; a diverging one has no loss."""
    chosen = [0.1, 10.0, 0.01, 0.1]
    runs = class_runs(RATE, chosen)
    assert runs is not None
    assert runs.values == (0.01, 0.1, 10.0)
    for lr, loss in zip(runs.values, runs.losses, strict=True):
        last = float(train(replace(RATE.experiment, lr=lr)).history.train_loss[-1])
        assert loss == (last if math.isfinite(last) else None)
    assert runs.losses[-1] is None


def test_a_class_can_choose_the_epochs_of_a_run_with_a_schedule() -> None:
    """Each is a run of its own, since the schedule depends on their number."""
    runs = class_runs(EPOCHS, [100, 20])
    assert runs is not None
    assert list(runs.values) == [20, 100]
    for epochs, loss in zip(runs.values, runs.losses, strict=True):
        assert loss == train(replace(EPOCHS.experiment, epochs=int(epochs))).history.train_loss[-1]


@pytest.mark.parametrize("votes", [[[100.0], []], [[], []]])
def test_a_run_that_is_right_from_epoch_0_on_is_shown(votes: list[list[float]]) -> None:
    """Its epoch has no place on a logarithmic axis, which holds the answers."""
    question = replace(EPOCHS, measure="epoch_below", link="?weight=0.34&bias=0.13&epochs=50")
    assert train(question.experiment).history.train_loss[0] < 0.01
    found = outcome(question, votes)
    assert (found["right"], sum(found["votes"][0])) == (0, len(votes[0]))
    assert 0 < found["edges"][0] < found["edges"][-1]


def test_too_much_work_gives_no_runs() -> None:
    """The histogram is shown without them."""
    rates = SETTINGS["lr"].stops[:80]
    assert class_runs(replace(RATE, link="?epochs=10000&batch=16"), rates) is None
    assert class_runs(replace(EPOCHS, link="?batch=1"), SETTINGS["epochs"].stops) is None
    assert class_runs(replace(EPOCHS, link="?optimizer=adam"), [2000, 5000]) is None  # is slow
    found = outcome(replace(RATE, link="?epochs=10000&batch=16"), [list(rates), []])
    assert (found["runs"], sum(found["votes"][0])) == (None, 80)


def test_the_runs_and_the_truth_are_computed_by_what_is_given() -> None:
    """A page gives functions with a cache and with a progress bar."""
    asked: list[int] = []

    def plain(experiment: Experiment) -> Run:
        asked.append(experiment.epochs)
        return train(experiment)

    outcome(EPOCHS, [[100, 20]], Engines(train=plain))
    outcome(replace(NUMBER, link="?epochs=30", measure="weight"), [[]], Engines(train=plain))
    assert asked == [20, 100, 30]


def test_what_the_real_run_tells() -> None:
    """By each name, read from the plain training here; the teacher's own word counts more."""
    history = train(Experiment()).history
    expected = {
        "train_loss": history.train_loss[-1],
        "test_loss": history.test_loss[-1],
        "weight": history.weight[-1],
        "bias": history.bias[-1],
        "epoch_below": None,
        "end_of_learning": None,
    }
    found = {name: truth(replace(NUMBER, measure=name)) for name in MEASURES}
    assert found == expected
    assert READ.keys() == MEASURES.keys()
    long = replace(NUMBER, link="?model=linear&epochs=1000", measure="end_of_learning")
    cycle = alternation(train(long.experiment).history)
    assert cycle is not None
    assert truth(long) == cycle.first_epoch == 116
    losses = train(long.experiment).history.train_loss
    below = truth(replace(long, measure="epoch_below"))
    assert below == next(epoch for epoch, loss in enumerate(losses) if loss < 0.01)
    assert truth(replace(long, right=7)) == 7
    asked = ready_questions()["Choose a number of epochs"]  # is a setting
    cycle = alternation(train(Experiment(epochs=1000)).history)
    assert cycle is not None
    assert truth(asked) == cycle.first_epoch
    assert outcome(asked, [[]], None)["pending"]
    with pytest.raises(ValueError, match="for a number, or one of"):
        replace(RATE, measure="weight")
    elsewhere = replace(NUMBER, link="?device=cuda&weight=nonsense", measure="weight")
    assert truth(elsewhere) == expected["weight"]


@given(
    st.lists(st.floats(-1e9, 1e9), max_size=20),
    st.lists(st.floats(-1e9, 1e9), max_size=20),
    st.none() | st.floats(-1e9, 1e9),
)
def test_a_histogram_counts_every_answer_once(
    first: list[float], second: list[float], right: float | None
) -> None:
    """In bins that hold what is right too, and are the same for both votes."""
    found = outcome(replace(NUMBER, right=right), [first, second])
    edges = found["edges"]
    assert [sum(counts) for counts in found["votes"]] == [len(first), len(second)]
    assert edges == sorted(edges)
    if right is not None:
        assert edges[0] <= found["right"] <= edges[-1]


@pytest.mark.parametrize("asked", [NUMBER, RATE, EPOCHS])
@pytest.mark.parametrize("votes", [[200.0], [200.0, 750.0]])
def test_the_bars_of_the_outer_answers_stand_around_them(
    asked: Question, votes: list[float]
) -> None:
    """On the axis that is shown, so that an answer does not look like less or more."""
    found = outcome(replace(asked, right=None, measure=""), [votes], None)
    scale = np.log if asked.kind == "setting" else np.asarray
    edges = scale(found["edges"])
    middles = (edges[1:] + edges[:-1]) / 2
    filled = middles[np.flatnonzero(found["votes"][0])]
    np.testing.assert_allclose(filled, scale(np.array(votes)), rtol=1e-9)


def test_a_range_beyond_the_slider_is_shown_as_far_as_it_offers_answers() -> None:
    """Also before anybody has answered: its axis is logarithmic and has no place for zero."""
    edges = outcome(replace(RATE, low=0.0, high=1.0), [[]], None)["edges"]
    assert 0 < edges[0] < min(SETTINGS["lr"].stops)
    assert 1 < edges[-1] < 2
    assert edges == sorted(edges)


@pytest.mark.parametrize(("votes", "counts"), [([], [0, 0, 0]), ([0, 2, 2], [1, 0, 2])])
def test_options_are_counted_one_by_one(votes: list[float], counts: list[int]) -> None:
    """An option that nobody chose has a zero, and a room where nobody answered only zeros."""
    question = Question(text="Which?", kind="choice", options=("a", "b", "c"), right=2)
    assert outcome(question, [votes, []])["votes"] == [counts, [0, 0, 0]]


def test_a_challenge_that_asks_about_another_run_shows_that() -> None:
    """So the right answer can be seen: the loss grows, the sum doubles, the bias goes past 0.3."""
    above = ready_questions()["Challenge: As fast as it goes"]
    losses = train(replace(NUMBER, link=above.link).experiment).history.train_loss
    assert losses[-1] > 1000 * losses[0]
    assert "grows" in above.options[int(above.right or 0)]
    doubled = ready_questions()["Challenge: A narrow band"]
    shown = replace(NUMBER, link=doubled.link).experiment
    last_two = train(shown).history.train_loss[-2:].sum()
    assert f"{last_two:.3f}" == doubled.options[int(doubled.right or 0)]
    assert f"lr {shown.lr:g}?" in doubled.text
    past = replace(NUMBER, link=ready_questions()["Challenge: A long way round"].link).experiment
    assert past.optimizer is Optimizer.MOMENTUM
    assert train(past).history.bias.max() > 0.5
