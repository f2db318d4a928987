"""The same sweep from several seeds as one picture."""

from dataclasses import replace

import numpy as np
import pytest

from linreg import Experiment, Loss, sweep, train
from linreg.figures import seeds_figure
from tests.support.figures import assert_whole, says

RATES = (0.001, 0.01, 0.1)
SEEDS = (1, 2, 3, 4)
NOISY = Experiment(noise=0.2, epochs=50)


def test_median_and_range_are_those_of_single_runs() -> None:
    """They equal those of the final test losses of runs trained one by one."""
    figure = seeds_figure([sweep(replace(NOISY, seed=seed), RATES) for seed in SEEDS])
    single = np.array(
        [
            [train(replace(NOISY, seed=seed, lr=lr)).history.test_loss[-1] for lr in RATES]
            for seed in SEEDS
        ]
    )
    low, high, median = figure.data
    assert low.y == pytest.approx(single.min(axis=0))
    assert high.y == pytest.approx(single.max(axis=0))
    assert median.y == pytest.approx(np.median(single, axis=0))
    assert "from 4 seeds" in figure.layout.title.text
    assert_whole(figure)


def test_without_a_test_set_it_is_the_training_loss() -> None:
    """The title says so."""
    figure = seeds_figure([sweep(replace(NOISY, train_fraction=1.0), RATES)])
    assert "training loss" in figure.layout.title.text


def test_rates_at_which_a_seed_diverges_are_left_out_and_counted() -> None:
    """The squared error at a rate of 10; at 1.0 the last losses are finite, but hide others."""
    short = [sweep(replace(NOISY, loss=Loss.MSE, seed=seed), (0.1, 1.0)) for seed in SEEDS]
    assert all(np.isfinite(each.test_loss).all() for each in short)
    assert list(seeds_figure(short).data[2].x) == pytest.approx([0.1])
    mse = replace(NOISY, loss=Loss.MSE, epochs=500)
    sweeps = [sweep(replace(mse, seed=seed), (*RATES, 10.0)) for seed in SEEDS]
    figure = seeds_figure(sweeps)
    assert list(figure.data[2].x) == pytest.approx(RATES)
    assert "Left out: 1 rate" in says(figure)
    never = tuple((float(i), 1e20 if i > 7 else i / 10) for i in range(10))
    assert "inf" not in says(seeds_figure([sweep(replace(mse, points=never), (0.01,))]))
    nothing = seeds_figure([sweep(mse, (10.0,))])
    assert "every learning rate" in says(nothing)
