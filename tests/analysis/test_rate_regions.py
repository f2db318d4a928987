"""Regions and choices, compared with theory and with sweeps written by hand."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from linreg import Experiment, Loss, Model, Optimizer, Schedule, Sweep, sweep, train
from linreg.analysis.rate_regions import (
    Region,
    best,
    choose,
    region_of_choice,
    regions,
    stretches,
)
from linreg.analysis.sweeps import spread_rates
from linreg.analysis.theory import stability_limit
from linreg.core.data import split_data
from tests.support.rates import log_spaced

RATES = log_spaced()
EPOCHS = 40
Rows = list[npt.NDArray[Any]]


def made(losses: Rows, biases: Rows | None = None, experiment: Experiment | None = None) -> Sweep:
    """Return a sweep with these training losses; without `biases` the paths are straight."""
    straight = [np.arange(EPOCHS + 1.0)] * len(losses)
    train_loss = np.array(losses, dtype=np.float32)
    bias = np.array(straight if biases is None else biases, dtype=np.float32)
    return Sweep(
        experiment=experiment or Experiment(epochs=EPOCHS),
        lr=np.geomspace(0.001, 1, len(losses), dtype=np.float32),
        train_loss=train_loss,
        validation_loss=np.full_like(train_loss, np.nan),
        test_loss=np.ones_like(train_loss),
        weight=np.zeros_like(bias),
        bias=bias,
    )


def falling(end: float) -> npt.NDArray[np.float64]:
    """Return losses that fall from 1 to `end` in the first half and stay there."""
    return np.concatenate([np.linspace(1, end, EPOCHS // 2), np.full(EPOCHS // 2, end)])


TO_AND_FRO = np.arange(EPOCHS + 1) % 2.0


def test_the_squared_error_diverges_above_the_limit_and_only_there() -> None:
    """2 / lambda_max = 0.8625 for the lesson's rows; 600 epochs are enough to see it."""
    e = Experiment(loss=Loss.MSE, epochs=600)
    limit = stability_limit(e)
    near = [limit * factor for factor in (0.5, 0.9, 0.98, 0.995, 1.005, 1.02, 1.1, 2)]
    rates = [*RATES, *near]
    for model in Model:
        found = regions(sweep(replace(e, model=model), rates))
        for lr, region in zip(rates, found, strict=True):
            assert (region is Region.DIVERGES) == (lr > limit), lr


@pytest.mark.parametrize("loss", [Loss.L1, Loss.HUBER])
@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_a_bounded_gradient_never_diverges(loss: Loss, optimizer: Optimizer) -> None:
    """L1 and Huber at rates up to 10: the last loss may be high, but growth is limited."""
    for epochs, batch in ((10, None), (400, None), (40, 8)):
        e = Experiment(loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch)
        assert Region.DIVERGES not in regions(sweep(e, RATES))


def test_the_lessons_run_is_too_slow_then_good_then_oscillates() -> None:
    """Model 0 with L1: three stretches; its own rate, 0.01, oscillates after 1000 epochs."""
    found = stretches(sweep(Experiment(epochs=1000), RATES))
    assert [part.region for part in found] == [Region.TOO_SLOW, Region.GOOD, Region.OSCILLATES]
    assert sum(part.count for part in found) == len(RATES)
    assert found[0].low == pytest.approx(0.0001)
    assert found[-1].high == 10
    assert found[-1].low < 0.01 < found[-1].high
    assert all(one.high < other.low for one, other in pairwise(found))


def test_more_epochs_make_slow_rates_good_and_no_oscillating_rate_better() -> None:
    """The lesson's rate is too slow after 100 epochs and oscillates after 1000."""
    early, late = (
        regions(sweep(Experiment(epochs=epochs), [0.002, 0.005, 0.01, 0.016, 0.1]))
        for epochs in (100, 1000)
    )
    slow, good, oscillates = Region.TOO_SLOW, Region.GOOD, Region.OSCILLATES
    assert early == (slow, slow, slow, good, oscillates)
    assert late == (good, good, oscillates, oscillates, oscillates)


def test_one_percent_of_the_way_decides_between_good_and_not() -> None:
    """From 1 down to 0: 0.009 is near the best, 0.011 is not."""
    found = regions(made([falling(0.011), falling(0.009), falling(0.0)]))
    assert found == (Region.TOO_SLOW, Region.GOOD, Region.GOOD)


def test_what_goes_to_and_fro_oscillates_on_either_side_of_the_best() -> None:
    """The path decides; above the best rate one that goes straight on is not too slow.

    Below it one whose loss still falls is too slow, however it goes, where every larger rate gets
    nearer.
    """
    straight = np.arange(EPOCHS + 1.0)
    losses = [falling(each) for each in (0.3, 0.3, 0.5, 0.4, 0.0, 0.5, 0.5)]
    losses[3] = np.linspace(1, 0.4, EPOCHS)
    slow, good, oscillates = Region.TOO_SLOW, Region.GOOD, Region.OSCILLATES
    below = [straight, *[TO_AND_FRO] * 3, straight]
    for last, beyond in ((TO_AND_FRO, oscillates), (straight, Region.TOO_HIGH)):
        found = regions(made(losses, [*below, TO_AND_FRO, last]))
        assert found == (slow, oscillates, oscillates, slow, good, beyond, beyond)


@pytest.mark.parametrize(
    ("e", "lr"),
    [
        (Experiment(noise=0.3, epochs=300), 0.03),
        (Experiment(noise=0.05, epochs=300, batch_size=32), 0.003),
        (Experiment(noise=0.1, epochs=500, train_fraction=0.3), 0.003),
        (Experiment(noise=1.0, epochs=300), 0.24),
    ],
)
def test_a_run_that_has_not_arrived_is_too_slow_also_where_it_zigzags(
    e: Experiment, lr: float
) -> None:
    """With twice the epochs it is nearer to the best of the sweep by a fifth of its distance."""
    found = sweep(e, sorted([*RATES, lr]))
    row = found.lr.tolist().index(np.float32(lr))
    assert regions(found)[row] is Region.TOO_SLOW
    longer = train(replace(e, lr=lr, epochs=2 * e.epochs)).history
    levels = found.train_loss[:, -e.epochs // 10 :].mean(axis=1)
    missing, later = (end - levels.min() for end in (levels[row], longer.train_loss[-1]))
    assert later < 0.8 * missing


def test_a_run_that_has_long_swung_is_not_too_slow_although_a_larger_rate_ends_lower() -> None:
    """Heights and shoe sizes: half the rate is better, and no epochs more would help."""
    heights = (152, 158, 160, 163, 167, 170, 172, 175, 178, 181, 185, 190)
    sizes = (36.0, 37.0, 38.0, 38.5, 39.0, 41.0, 41.5, 42.0, 43.0, 43.0, 44.5, 46.0)
    momentum = Experiment(loss=Loss.HUBER, optimizer=Optimizer.MOMENTUM, epochs=300)
    e = replace(momentum, points=tuple(zip(heights, sizes, strict=True)), train_fraction=0.6)
    found = sweep(e, spread_rates())
    assert regions(found)[0] is Region.OSCILLATES
    level = found.train_loss[:, -30:].mean(axis=1)
    assert level[1] < 0.1 * level[0]
    assert train(replace(e, lr=5e-5)).history.train_loss[-1] < 0.1 * level[0]
    assert train(replace(e, lr=1e-4, epochs=600)).history.train_loss[-60:].max() > level[0]


@pytest.mark.parametrize(
    ("e", "lr"),
    [
        (Experiment(schedule=Schedule.COSINE), 0.34),
        (Experiment(schedule=Schedule.STEP), 0.15),
        (Experiment(loss=Loss.MSE, optimizer=Optimizer.MOMENTUM, epochs=10), 0.024),
    ],
    ids=["cosine", "step", "momentum"],
)
def test_a_run_that_ends_in_one_direction_is_not_said_to_oscillate(
    e: Experiment, lr: float
) -> None:
    """Above the best rate: each step of its last tenth goes the same way."""
    found = sweep(e, sorted([*RATES, lr]))
    row = found.lr.tolist().index(np.float32(lr))
    steps = np.sign(np.diff(found.weight[row, -max(e.epochs // 10, 3) :]))
    assert np.all(steps == steps[0])
    assert regions(found)[row] is Region.TOO_HIGH


def test_the_epoch_in_which_a_run_stops_does_not_decide() -> None:
    """A loss that jumps between 0 and 0.2 is judged by its mean, whichever of them is the last."""
    jumps = np.concatenate([np.linspace(1, 0, EPOCHS // 2), np.tile([0.2, 0.0], EPOCHS // 4)])
    for last in (jumps, np.roll(jumps, 1)):
        found = regions(made([falling(0.0), last], [np.arange(EPOCHS + 1.0), TO_AND_FRO]))
        assert found == (Region.GOOD, Region.OSCILLATES)


def test_growth_is_divergence_with_the_squared_error_and_plain_steps_only() -> None:
    """Eleven times the first loss: with L1, or with Adam, whose steps are bounded, it does not."""
    rows = [falling(0.001), falling(11.0)]
    for loss, optimizer, expected in (
        (Loss.MSE, Optimizer.SGD, Region.DIVERGES),
        (Loss.MSE, Optimizer.MOMENTUM, Region.DIVERGES),
        (Loss.MSE, Optimizer.ADAM, Region.TOO_HIGH),
        (Loss.L1, Optimizer.SGD, Region.TOO_HIGH),
    ):
        e = Experiment(loss=loss, optimizer=optimizer, epochs=EPOCHS)
        assert regions(made(rows, experiment=e)) == (Region.GOOD, expected)
    for optimizer, expected in (
        (Optimizer.MOMENTUM, Region.TOO_HIGH),
        (Optimizer.SGD, Region.DIVERGES),  # the rate, 1, is above the limit of 0.8625
    ):
        e = Experiment(loss=Loss.MSE, optimizer=optimizer)
        nine_times = made([falling(0.001), falling(9.0)], experiment=e)
        assert regions(nine_times) == (Region.GOOD, expected)


def test_an_overflow_anywhere_is_divergence() -> None:
    """In the training loss, or in the test loss alone, which is taken a step later."""
    overflowed = falling(0.1)
    overflowed[-1] = np.inf
    assert regions(made([falling(0.1), overflowed]))[1] is Region.DIVERGES
    found = made([falling(0.1), falling(0.1)])
    found = replace(found, test_loss=np.array([falling(0.1), overflowed]))
    below, beyond = regions(found)
    assert below is not Region.DIVERGES
    assert beyond is Region.DIVERGES


def test_a_rate_alone_is_judged_by_the_lowest_loss_of_a_line() -> None:
    """It is its own best, which is not enough: the lesson's run is still on its way."""
    for e, lr, expected in (
        (Experiment(), 0.01, Region.TOO_SLOW),
        (Experiment(), 0.016, Region.GOOD),
        (Experiment(), 10.0, Region.OSCILLATES),
        (Experiment(loss=Loss.MSE), 10.0, Region.DIVERGES),
        (Experiment(epochs=1), 0.01, Region.TOO_SLOW),
    ):
        assert regions(sweep(e, [lr])) == (expected,)


def test_no_rate_is_good_where_none_comes_near_the_best_line() -> None:
    """Years against temperatures: the best of all runs ends at a loss 700 times the lowest."""
    years = np.arange(1950, 2021)
    degrees = 9 + 0.02 * (years - 1950) + 0.4 * np.sin(years)
    e = Experiment(points=tuple(zip(years.tolist(), degrees.tolist(), strict=True)))
    for loss in (Loss.L1, Loss.HUBER):
        assert Region.GOOD not in regions(sweep(replace(e, loss=loss), spread_rates()))
    x, y = ((rows - rows.mean()) / rows.std() for rows in (years, degrees))
    standard = replace(e, points=tuple(zip(x.tolist(), y.tolist(), strict=True)), shuffle=True)
    for loss in Loss:
        found = stretches(sweep(replace(standard, loss=loss), spread_rates()))
        assert [part.region for part in found][:2] == [Region.TOO_SLOW, Region.GOOD]
        assert found[1].low < 0.1 < found[1].high  # the rate that the page chooses there


def test_numbers_far_smaller_than_the_start_are_no_reason_for_good() -> None:
    """The weight of the start is too large for every rate: a horizontal line would be better."""
    x = np.linspace(0.0004, 0.00183, 12)
    y = 2e-5 + 0.004 * (x - x[0]) + 1e-7 * np.sin(np.arange(12))
    small = Experiment(points=tuple(zip(x.tolist(), y.tolist(), strict=True)))
    for loss in Loss:
        found = sweep(replace(small, loss=loss), spread_rates())
        residual = np.abs(y[:9] - y[:9].mean())
        horizontal = (residual ** (1 if loss is Loss.L1 else 2)).mean()  # at least
        assert np.nanmin(found.train_loss[:, -1]) > 3 * horizontal
        assert Region.GOOD not in regions(found)


def test_above_the_best_rate_nothing_is_good_again() -> None:
    """A run that goes back and forth may have a low mean by chance."""
    losses = [falling(0.5), falling(0.0), falling(0.5), falling(0.005)]
    biases = [np.arange(EPOCHS + 1.0), np.arange(EPOCHS + 1.0), TO_AND_FRO, TO_AND_FRO]
    oscillates = Region.OSCILLATES
    found = regions(made(losses, biases))
    assert found == (Region.TOO_SLOW, Region.GOOD, oscillates, oscillates)


def test_regions_keep_the_order_of_the_sweep_and_stretches_sort() -> None:
    """The region of a rate does not depend on the order."""
    rates = [10.0, 0.0001, 0.003, 0.1]
    e = Experiment(epochs=1000)
    shuffled = dict(zip(rates, regions(sweep(e, rates)), strict=True))
    ordered = dict(zip(sorted(rates), regions(sweep(e, sorted(rates))), strict=True))
    assert shuffled == ordered
    assert stretches(sweep(e, rates)) == stretches(sweep(e, sorted(rates)))


def test_best_is_the_smallest_finite_loss() -> None:
    """Overflowed losses do not count; if there are no others, it is an error."""
    assert best(np.array([np.nan, 3, 1, -np.inf, 1, np.inf], dtype=np.float32)) == 2
    with pytest.raises(ValueError, match="losses must hold a finite number, not 2 others"):
        best(np.array([np.nan, np.inf], dtype=np.float32))


def test_validation_and_test_set_choose_by_their_own_last_losses() -> None:
    """Each choice has the smallest loss of its own set."""
    e = Experiment(noise=0.3, validation_fraction=0.1, epochs=200, schedule=Schedule.COSINE)
    found = sweep(e, RATES)
    chosen = choose(found)
    validation, test = found.validation_loss[:, -1].tolist(), found.test_loss[:, -1].tolist()
    assert chosen.by_validation == validation.index(min(validation))
    assert chosen.by_test == test.index(min(test))
    assert chosen.by_validation != chosen.by_test
    assert chosen.test_loss_by_validation == test[chosen.by_validation]
    assert chosen.test_loss_by_test == min(test) < chosen.test_loss_by_validation


def test_sets_without_rows_choose_nothing() -> None:
    """The lesson has no validation set; if all rows train, there is no test set."""
    chosen = choose(sweep(Experiment(), [0.1, 0.01]))
    assert (chosen.by_validation, chosen.by_test) == (None, 0)
    assert np.isnan(chosen.test_loss_by_validation)
    chosen = choose(sweep(Experiment(train_fraction=1.0), [0.1, 0.01]))
    assert (chosen.by_validation, chosen.by_test) == (None, None)
    assert np.isnan(chosen.test_loss_by_test)


@pytest.mark.parametrize("epochs", [5, 6, 8, 25, 100])
def test_good_rates_keep_the_rule_over_the_epochs_that_the_page_names(epochs: int) -> None:
    """Few epochs have no tenth of their own; data without noise have a lowest loss of zero."""
    e = Experiment(loss=Loss.MSE, epochs=epochs, train_fraction=0.6, validation_fraction=0.2)
    found = sweep(e, spread_rates())
    [last] = re.findall(r"the mean of the last (\d+) epochs", region_of_choice(found, 0))
    level = np.nan_to_num(found.train_loss[:, -int(last) :].mean(axis=1), nan=np.inf)
    close = 0.1 * split_data(e).y_train.var(correction=0).item()
    drop = found.train_loss[0, 0] - level.min()
    kept = (level <= level.min() + 0.01 * drop) & (level <= close)
    good = np.array([region is Region.GOOD for region in regions(found)])
    assert kept[good].all()
    below = found.lr <= found.lr[level.argmin()]
    np.testing.assert_array_equal(good[below], kept[below])
