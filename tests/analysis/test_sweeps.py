"""Sweeps: each row equals its single run, bit for bit, for all settings and ways to train."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    SETTINGS,
    Experiment,
    Loss,
    Model,
    Optimizer,
    Schedule,
    Sweep,
    sweep,
    train,
)
from linreg.analysis.rate_regions import Region, regions
from linreg.analysis.sweeps import spread_rates, with_run
from linreg.engines.many_models import train_stack
from tests.support import notebook
from tests.support.other_machine import round_twice
from tests.support.rates import log_spaced
from tests.support.strategies import experiments

MODEL_0 = Experiment()
MODEL_1 = Experiment(model=Model.LINEAR, epochs=1000)
RATES = log_spaced()
ARRAYS = [f.name for f in fields(Sweep) if f.name not in ("experiment", "joined")]


def assert_row(found: Sweep, i: int, record: Any) -> None:
    """Row i equals the record of a single run."""
    for name in ARRAYS[1:]:  # after lr
        np.testing.assert_array_equal(
            getattr(found, name)[i], getattr(record, name), err_msg=f"{name} {found.lr[i]}"
        )


def assert_same(one: Sweep, other: Sweep) -> None:
    """Two sweeps hold the same numbers."""
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@given(
    experiments(),
    st.lists(st.sampled_from(SETTINGS["lr"].stops), min_size=1, max_size=3),
    st.floats(1e-4, 10.0),
)
def test_every_row_is_the_single_run_to_the_last_bit(
    experiment: Experiment, lrs: list[float], any_rate: float
) -> None:
    """For any models, losses, optimizers, schedules, batches, splits, noise and rates."""
    rates = [*lrs, any_rate]
    found = sweep(experiment, rates)
    for i, lr in enumerate(rates):
        assert_row(found, i, train(replace(experiment, lr=lr)).history)


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("loss", list(Loss))
@pytest.mark.parametrize("optimizer", list(Optimizer))
@pytest.mark.parametrize("schedule", list(Schedule))
@pytest.mark.parametrize("batch_size", [None, 16])
def test_no_combination_is_left_out(
    model: Model, loss: Loss, optimizer: Optimizer, schedule: Schedule, batch_size: int | None
) -> None:
    """Each model, loss, optimizer and schedule, in full and in small batches, over 16 rates."""
    e = Experiment(
        model=model,
        loss=loss,
        optimizer=optimizer,
        schedule=schedule,
        batch_size=batch_size,
        noise=0.1,
        epochs=5,
    )
    rates = RATES[3::4]
    found = sweep(e, rates)
    for i in (7, 11):
        assert_row(found, i, train(replace(e, lr=rates[i])).history)


@pytest.mark.parametrize(
    "experiment", [MODEL_0, replace(MODEL_1, epochs=200)], ids=["model 0", "model 1"]
)
def test_rates_of_the_lessons_runs_are_single_runs(experiment: Experiment) -> None:
    """Of 64 rates from 0.0001 to 10 every ninth, with all its epochs."""
    found = sweep(experiment, RATES)
    assert found.train_loss.shape == found.test_loss.shape == (64, experiment.epochs)
    assert found.weight.shape == found.bias.shape == (64, experiment.epochs + 1)
    np.testing.assert_array_equal(found.lr, np.array(RATES, dtype=np.float32))
    for i in range(0, 64, 9):
        assert_row(found, i, train(replace(experiment, lr=RATES[i])).history)


@pytest.mark.parametrize(
    ("experiment", "lr"),
    [
        (MODEL_0, 0.01),
        (MODEL_1, 0.01),
        (replace(MODEL_0, loss=Loss.MSE), 0.3),
        (replace(MODEL_1, optimizer=Optimizer.ADAM, epochs=60, batch_size=16), 0.03),
        (replace(MODEL_0, optimizer=Optimizer.MOMENTUM, schedule=Schedule.COSINE), 0.1),
    ],
    ids=["model 0", "model 1", "mse", "adam in batches", "momentum cosine"],
)
def test_rows_are_those_of_the_plain_loop_to_the_last_bit(
    experiment: Experiment, lr: float
) -> None:
    """They equal those of the notebook's loop, which shares no code with this package."""
    found = sweep(experiment, [*RATES[:7], lr, *RATES[-7:]])
    plain = notebook.plain_loop(replace(experiment, lr=lr))
    for name in ("train_loss", "test_loss", "weight", "bias"):
        expected = np.array(plain[name], dtype=np.float32)
        np.testing.assert_array_equal(getattr(found, name)[7], expected, err_msg=name)


def test_overflow_goes_through_the_same_numbers_as_a_single_run() -> None:
    """Infinities and NaN stand in the same epochs, above the limit and far above."""
    e = Experiment(loss=Loss.MSE, epochs=300)
    rates = [1.12, 1.93, 10.0]
    found = sweep(e, rates)
    assert not np.isfinite(found.weight[:, -1]).any()
    for i, lr in enumerate(rates):
        assert_row(found, i, train(replace(e, lr=lr)).history)


@pytest.mark.parametrize(
    "experiment",
    [MODEL_0, replace(MODEL_1, epochs=30, batch_size=16, validation_fraction=0.1)],
    ids=["full batch", "small batches"],
)
def test_one_after_another_gives_the_same_numbers(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that adds up a stack in another order, a sweep only takes longer."""
    stacked_together = sweep(experiment, RATES[::9])
    round_twice(monkeypatch)
    assert_same(sweep(experiment, RATES[::9]), stacked_together)


@pytest.mark.parametrize("batch_size", [None, 16])
def test_matrix_products_that_add_in_another_order_are_found_out(
    batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some processors: the stack then computes them one by one, and is still right."""
    as_it_is = torch.bmm

    def backwards(many: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        return as_it_is(many.flip(2), columns.flip(1))

    experiment = replace(MODEL_1, epochs=60, batch_size=batch_size)
    monkeypatch.setattr(torch, "bmm", backwards)
    stack = train_stack(experiment, RATES[::9])
    for i, lr in enumerate(RATES[::9]):
        alone = train(replace(experiment, lr=lr)).history
        np.testing.assert_array_equal(stack.weight[i], alone.weight)


def test_the_other_machine_really_trains_a_stack_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise the test before this one would prove nothing."""
    right = sweep(MODEL_0, RATES[::9])
    round_twice(monkeypatch)
    assert not np.array_equal(train_stack(MODEL_0, RATES[::9]).weight, right.weight)


def test_threads_do_not_mix_their_sweeps() -> None:
    """Eight sweeps at once equal the same sweeps one by one."""
    wanted = [
        Experiment(seed=seed, noise=0.1, epochs=40, batch_size=batch, model=model)
        for seed in (1, 2)
        for batch in (None, 16)
        for model in Model
    ]
    alone = [sweep(e, RATES[::8]) for e in wanted]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(lambda e: sweep(e, RATES[::8]), wanted))
    for one, other in zip(together, alone, strict=True):
        assert_same(one, other)


def test_a_sweep_leaves_the_process_as_it_was() -> None:
    """Global generator, number of threads, default type and gradient mode are untouched."""
    before = torch.get_rng_state().clone()
    outside = torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()
    sweep(Experiment(noise=0.1, shuffle=True, batch_size=8, model=Model.LINEAR, epochs=3), [0.1])
    assert torch.equal(torch.get_rng_state(), before)
    assert outside == (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled())


def test_a_sweep_cannot_be_changed() -> None:
    """Arrays are float32 and read-only, also after the trip through pickle of a cache."""
    found = sweep(Experiment(epochs=2), [0.1, 0.2])
    for kept in (found, pickle.loads(pickle.dumps(found))):
        for name in ARRAYS:
            array = getattr(kept, name)
            assert array.dtype == np.float32
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0
    assert_same(pickle.loads(pickle.dumps(found)), found)


def test_rates_keep_their_order() -> None:
    """Row i is the i-th rate, sorted or not, twice the same or not."""
    found = sweep(MODEL_0, [0.1, 0.001, 0.1])
    np.testing.assert_array_equal(found.lr, np.array([0.1, 0.001, 0.1], dtype=np.float32))
    np.testing.assert_array_equal(found.weight[0], found.weight[2])
    assert_row(found, 1, train(replace(MODEL_0, lr=0.001)).history)


def test_one_more_run_joins_a_sweep_and_keeps_its_own_numbers() -> None:
    """Its region is that of its own run, not of a neighbour on the other side of the limit."""
    steep = tuple((float(x), 0.5 * x + 3) for x in (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5))
    plain = Experiment(points=steep, loss=Loss.MSE, lr=0.01)
    found = sweep(plain, spread_rates())
    run = train(plain)
    with_it = with_run(found, run)
    assert with_it.train_loss[-1].tobytes() == run.history.train_loss.tobytes()
    assert run.history.train_loss[-1] > run.history.train_loss[0]
    assert regions(with_it)[-1] is Region.DIVERGES
    assert with_run(with_it, run) is with_it


def test_a_run_that_joins_a_sweep_changes_no_verdict_on_the_others() -> None:
    """At the lesson's settings 0.016, between the sweep's rates, goes down further than all."""
    found = sweep(MODEL_0, spread_rates())
    others = regions(found)
    assert len(set(others)) > 2
    for lr in (0.00101, 0.0101, 0.016, 0.0171, 0.0991):
        with_it = with_run(found, train(replace(MODEL_0, lr=lr)))
        assert len(with_it.lr) == len(others) + 1
        assert regions(with_it)[:-1] == others, lr


def test_a_run_that_is_better_than_a_sweep_is_not_above_its_best_rate() -> None:
    """Five epochs are too few for all; 0.14 comes further than the 72 rates, and is on its way."""
    short = replace(MODEL_0, epochs=5)
    found = sweep(short, spread_rates())
    with_it = with_run(found, train(replace(short, lr=0.14)))
    assert with_it.train_loss[-1, -1] < found.train_loss[:, -1].min()
    assert regions(with_it) == (*regions(found), Region.TOO_SLOW)
