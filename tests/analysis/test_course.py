"""What a loss does, compared with the losses themselves, number by number."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from linreg import Experiment, Loss, Model, Optimizer, Schedule, sweep, train
from linreg.analysis.course import Course, course
from linreg.analysis.rate_regions import Region, regions
from linreg.analysis.theory import alternation, overflow_epoch
from linreg.figures import loss_figure
from linreg.formatting import loss_text, significant
from linreg.lesson.plan_answers import course_of_the_loss
from tests.support.figures import says
from tests.support.strategies import experiments

MSE = Experiment(loss=Loss.MSE)
HUBER = Experiment(loss=Loss.HUBER)
LINEAR = Experiment(model=Model.LINEAR, start=-1.0, stop=1.0, step=0.25, lr=1.3, epochs=1000)
SMALL = tuple((0.0004 + 0.00013 * i, 2e-5 + 5e-7 * i) for i in range(12))
NEARLY = replace(LINEAR, weight=0.34, seed=94)  # alternates between 0.7292 and 0.7536


@given(experiments(most_epochs=40))
def test_a_course_is_what_the_losses_do(experiment: Experiment) -> None:
    """Each course has its own plain statement about the first losses, the last and the largest."""
    losses = train(
        replace(experiment, epochs=max(experiment.epochs, 2))
    ).history.train_loss.tolist()
    found = course(train(replace(experiment, epochs=len(losses))))
    end = losses[-max(len(losses) // 10, 3) :]
    rises, falls = (any(sign * (b - a) > 0 for a, b in pairwise(end)) for sign in (1, -1))
    if found is Course.GROWS:
        late = losses[len(losses) // 2 :]
        falls = max(a - b for i, a in enumerate(late) for b in late[i:])
        goes_on = falls <= 0.51 * (late[-1] - late[0]) + 2e-5 * late[-1]
        goes_up = losses[-1] > losses[0] and losses[-1] >= 0.9 * max(losses) and goes_on
        third, last = (max(part, default=0.0) for part in np.array_split(losses, 4)[2:])
        swings_up = last > 2 * third and last > 10 * losses[0]
        assert goes_up or swings_up or not np.isfinite(losses).all()
    elif found is Course.FALLS:
        again = max(b - a for i, a in enumerate(end) for b in end[i:])
        again = max(again, losses[-1] - min(losses))
        assert losses[-1] < losses[0]
        assert again <= 0.51 * (losses[0] - losses[-1])
    elif found is Course.ALTERNATES:
        assert rises
        assert falls
        assert abs(losses[-1] - losses[-3]) < 0.02 * abs(losses[-1] - losses[-2])
    elif found is Course.SWINGS:
        assert rises
        assert any(b < a for a, b in pairwise(losses[-max(len(end), 10) :]))
    else:
        fallen = losses[0] - losses[-1]
        again = max(b - a for a in [*end, min(losses)] for b in end)
        assert fallen <= 2e-5 * losses[0] or again >= 0.49 * fallen
        assert any(b <= a for a, b in pairwise(losses))


@given(experiments(most_epochs=40))
def test_all_pages_say_of_the_same_runs_that_they_diverge(experiment: Experiment) -> None:
    """The sentence of the chart, the region of the sweep and the course agree.

    Where only other numbers overflow, the training loss may still have another course.
    """
    e = replace(experiment, epochs=max(experiment.epochs, 5))
    run = train(e)
    diverges = regions(sweep(e, [e.lr]))[0] is Region.DIVERGES
    assert ("Diverg" in says(loss_figure(run))) is diverges
    if diverges and overflow_epoch(run.history) is None:
        assert course(run) is Course.GROWS


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        (replace(MSE, schedule=Schedule.COSINE, lr=1.0, epochs=4), Course.FALLS),
        (replace(MSE, schedule=Schedule.COSINE, lr=2.0, epochs=10), Course.OTHER),
        (replace(MSE, schedule=Schedule.STEP, lr=1.2, epochs=20), Course.OTHER),
        (replace(MSE, optimizer=Optimizer.MOMENTUM, lr=10.0, epochs=5), Course.GROWS),
        (replace(MSE, batch_size=1, lr=10.0, epochs=5), Course.GROWS),
        (replace(MSE, lr=0.8625, epochs=1000), Course.OTHER),  # rises from epoch 32 on
        (replace(MSE, lr=0.87, epochs=20), Course.GROWS),  # to twice the first
        (replace(MSE, lr=0.84, epochs=1000), Course.FALLS),
        (replace(MSE, lr=0.84, epochs=1000, bias=2.0), Course.FALLS),  # only rounding alternates
        (replace(MSE, lr=1.7, epochs=1000, loss=Loss.HUBER), Course.FALLS),
        (Experiment(lr=0.0001, epochs=1000, weight=0.34, bias=0.13), Course.ALTERNATES),
        (Experiment(lr=1.0, epochs=2), Course.GROWS),
        (replace(NEARLY, batch_size=64), Course.ALTERNATES),  # exactly but for the last bit
        (replace(MSE, model=Model.LINEAR, lr=0.87, seed=45), Course.GROWS),  # after a fall
        (replace(MSE, lr=0.87, seed=0, epochs=20), Course.GROWS),
        (replace(HUBER, lr=8.0, batch_size=16, seed=1, epochs=20), Course.SWINGS),  # jumps, rattles
        (replace(HUBER, lr=10.0, batch_size=8, seed=1, epochs=50), Course.SWINGS),
        (Experiment(batch_size=1, lr=0.3, epochs=50), Course.OTHER),  # rattles, 0.14 % lower
        (Experiment(batch_size=1, lr=0.5, epochs=50), Course.OTHER),  # rattles, 1 % higher
        (Experiment(lr=10.0, epochs=3), Course.ALTERNATES),
        (replace(MSE, points=SMALL, lr=1.0), Course.OTHER),  # at the limit: 0.04 % higher
        (replace(MSE, points=SMALL, lr=1.0, epochs=10_000), Course.OTHER),  # 4 % higher
        (replace(HUBER, lr=1.75, epochs=1000), Course.GROWS),
        (Experiment(lr=1.0, epochs=4, schedule=Schedule.STEP), Course.FALLS),
        (Experiment(model=Model.LINEAR, epochs=1000), Course.ALTERNATES),
        (Experiment(optimizer=Optimizer.MOMENTUM, lr=10.0), Course.SWINGS),
        (Experiment(optimizer=Optimizer.MOMENTUM, lr=0.1, epochs=500), Course.SWINGS),  # 0.06, 16 %
    ],
)
def test_the_course_of_short_and_scheduled_runs(experiment: Experiment, expected: Course) -> None:
    """A peak in the middle is no growth, and growth alone is no swing."""
    run = train(experiment)
    assert course(run) is expected
    [region] = regions(sweep(experiment, [experiment.lr]))
    assert region is not Region.DIVERGES or expected is Course.GROWS
    if expected is Course.GROWS and experiment.loss is Loss.MSE:
        assert region is Region.DIVERGES


def test_losses_near_the_end_of_float32_are_judged_without_a_warning() -> None:
    """Ten times the first loss is beyond it: the squares of own data of 1.2e19."""
    far = replace(MSE, points=((0.0, 1.2e19), (1.0, -1.2e19), (2.0, 1.2e19)), epochs=20)
    first, last = train(far).history.train_loss[[0, -1]]
    assert 3.4e37 < last < first
    assert course(train(far)) is Course.FALLS
    assert "Diverg" not in says(loss_figure(train(far)))


@pytest.mark.parametrize("rows", [5, 7, 20])
@pytest.mark.parametrize("epochs", [20, 100])
def test_a_loss_that_stays_has_no_course_and_does_not_alternate(rows: int, epochs: int) -> None:
    """In standard units each step of the rate 1 reflects the line at the best one."""
    x = np.random.default_rng(rows).normal(size=rows)
    y = np.random.default_rng(0).normal(size=rows)
    x, y = ((values - values.mean()) / values.std() for values in (x, y))
    own = replace(MSE, points=tuple(zip(x.tolist(), y.tolist(), strict=True)), train_fraction=1.0)
    run = train(replace(own, lr=1.0, epochs=epochs))
    assert np.ptp(run.history.train_loss) < 1e-5
    assert alternation(run.history) is None
    assert course(run) is Course.OTHER


HOURS = ((1, 52), (2, 55), (2.5, 54), (3, 60), (4, 61), (4.5, 66), (5, 64), (6, 70), (7, 72))


@pytest.mark.parametrize(
    "experiment",
    [
        replace(MSE, noise=0.1, batch_size=8, shuffle=True, lr=1.4),
        replace(MSE, points=HOURS, batch_size=4, shuffle=True, lr=0.05),
    ],
)
def test_a_loss_that_swings_ever_further_up_grows_and_diverges(experiment: Experiment) -> None:
    """Momentum with batches: the loss also falls on its way, and overflows in a longer run."""
    e = replace(experiment, optimizer=Optimizer.MOMENTUM, epochs=200)
    run = train(e)
    loss = run.history.train_loss
    assert np.isfinite(loss).all()
    assert loss[-1] < 0.6 * loss.max()
    assert not np.isfinite(train(replace(e, epochs=2000)).history.train_loss[-1])
    assert course(run) is Course.GROWS
    assert regions(sweep(e, [0.001, e.lr]))[1] is Region.DIVERGES
    peak = int(loss.argmax())
    assert f"Diverging: the training loss has grown from {significant(loss[0])} to " in says(
        loss_figure(run)
    )
    assert f" in epoch {peak} (mean over its rows" in says(loss_figure(run))
    highest = loss_text(float(loss[peak]))
    told = course_of_the_loss(run).says
    assert told.endswith(f" It goes up and down, and was highest in epoch {peak}: {highest}.")


@pytest.mark.parametrize(
    ("experiment", "epochs"),
    [
        (replace(MSE, noise=0.1, batch_size=4, seed=0, lr=0.95), 140),
        (replace(MSE, noise=0.1, batch_size=8, seed=4, lr=1.4), 113),
    ],
)
def test_one_burst_of_a_bounded_loss_is_no_growth(experiment: Experiment, epochs: int) -> None:
    """Momentum with batches near its edge: in a longer run the loss is not higher, but back."""
    e = replace(experiment, optimizer=Optimizer.MOMENTUM, epochs=epochs)
    run, longer = train(e), train(replace(e, epochs=2000))
    assert run.history.train_loss.max() > 10 * run.history.train_loss[0]
    assert np.median(longer.history.train_loss) < 3 * run.history.train_loss[0]
    assert course(run) is not Course.GROWS
    assert regions(sweep(e, [0.001, e.lr]))[1] is not Region.DIVERGES
    assert "Diverg" not in says(loss_figure(run))
