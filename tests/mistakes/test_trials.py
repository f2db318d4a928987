"""Trials of any experiment with any mistake: their shapes, limits, progress, and threads."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given

from linreg import (
    Experiment,
    History,
    Mistake,
    Model,
    Schedule,
    healthy,
    run_mistake,
    train,
)
from tests.support.bitwise import assert_same_history
from tests.support.devices import take_the_cpu_for_a_gpu
from tests.support.strategies import experiments

MODEL_0 = Experiment()


@pytest.mark.parametrize(
    "mistake", [Mistake.NONE, Mistake.NO_BACKWARD, Mistake.RUN_TWICE, Mistake.TEST_SET]
)
def test_numbers_kept_on_the_device_are_those_kept_as_floats(
    mistake: Mistake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a gradient is None, and where there are more or other batches than in a run."""
    experiment = Experiment(batch_size=16, epochs=20)
    expected = run_mistake(experiment, mistake)
    assert expected.history is not None
    take_the_cpu_for_a_gpu(monkeypatch)
    found = run_mistake(experiment, mistake)
    assert_same_history(found.history, expected.history)
    assert found.facts == expected.facts


@given(experiments())
def test_without_a_mistake_it_is_the_training_of_any_experiment(experiment: Experiment) -> None:
    """The code around the mistakes changes no bit; only a mistake does."""
    trial = run_mistake(experiment, Mistake.NONE)
    assert_same_history(trial.history, train(experiment).history)
    assert (trial.warnings, trial.error) == ((), "")


def test_training_refuses_an_experiment_with_a_mistake() -> None:
    """Nothing is ignored silently; without the mistake it is the same experiment."""
    wrong = replace(MODEL_0, mistake=Mistake.NO_STEP)
    assert healthy(wrong) == MODEL_0
    with pytest.raises(ValueError, match="mistake must be none to train, not no-step; use run_m"):
        train(wrong)
    assert run_mistake(MODEL_0, Mistake.NO_STEP).experiment == wrong


def test_a_scheduler_without_steps_warns() -> None:
    """PyTorch notices that the learning rate is changed before any step; only then."""
    scheduled = replace(MODEL_0, schedule=Schedule.STEP, epochs=6)
    (text,) = run_mistake(scheduled, Mistake.NO_STEP).warnings
    assert text.startswith("Detected call of `lr_scheduler.step()` before `optimizer.step()`")
    assert run_mistake(scheduled, Mistake.NO_BACKWARD).warnings == ()


@pytest.mark.parametrize(
    ("mistake", "change", "named"),
    [
        (Mistake.TEST_SET, {"train_fraction": 1.0}, "must leave test rows.*test-set, not 0 of 50"),
        (Mistake.GRAPH_KEPT, {"train_fraction": 1.0}, "must leave test rows"),
        (Mistake.NO_UNSQUEEZE, {"step": 0.005, "stop": 5.0, "start": -5.0}, "rows must give"),
        (
            Mistake.NO_UNSQUEEZE,
            {"step": 0.01, "stop": 5.0, "epochs": 10_000},
            "epochs and rows must give at most 200000000 pairs",
        ),
        (
            Mistake.GRAPH_KEPT,
            {"step": 0.01, "stop": 5.0, "start": -4.0, "train_fraction": 0.3, "epochs": 9000},
            "at most 5000000 predictions",
        ),
        (
            Mistake.TEST_SET,
            {"train_fraction": 0.05, "batch_size": 1, "epochs": 3000},
            "at most 80000 optimizer steps on the test rows for this mistake, not 144000",
        ),
        (
            Mistake.TEST_SET,
            {"train_fraction": 0.05, "batch_size": 256, "epochs": 9000, "stop": 5, "step": 0.005},
            "at most 5000000 test rows dealt into batches for this mistake, not 8550000",
        ),
        (
            Mistake.RUN_TWICE,
            {"batch_size": 1, "epochs": 1500},
            "at most 80000 optimizer steps in both runs for this mistake, not 120000",
        ),
    ],
    ids=["no test rows", "none kept", "one loss", "whole run", "graphs", "steps", "deal", "twice"],
)
def test_what_is_too_much_or_impossible_is_named(
    mistake: Mistake, change: dict[str, Any], named: str
) -> None:
    """One sentence with the fields, what is allowed and what was asked for."""
    with pytest.raises(ValueError, match=named) as caught:
        run_mistake(replace(MODEL_0, **change), mistake)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("mistake", list(Mistake))
@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(epochs=1),
        Experiment(epochs=2, points=((0.0, 1.0), (1.0, 2.0), (2.0, 4.0)), train_fraction=0.7),
        Experiment(epochs=2, model=Model.LINEAR, batch_size=16, schedule=Schedule.COSINE),
    ],
    ids=["one epoch", "three points", "batches"],
)
def test_small_cases_have_all_they_should(mistake: Mistake, experiment: Experiment) -> None:
    """Arrays have the shapes of a run; a trial that an error ends has no history."""
    trial = run_mistake(experiment, mistake)
    assert trial.facts
    assert all(fact[-1] in ".)" or "RuntimeError" in fact for fact in trial.facts)
    if trial.history is None:
        assert trial.error.startswith("RuntimeError: ")
        return
    for f in fields(History):
        rows = experiment.epochs + (f.name in ("weight", "bias"))
        assert getattr(trial.history, f.name).shape == (rows,)
        assert getattr(trial.history, f.name).dtype == np.float32
    assert np.isnan(trial.history.validation_loss).all()


def test_trials_leave_the_process_as_it_was() -> None:
    """Global generator, gradient mode, and the filters of warnings, also beside other threads."""
    before = torch.get_rng_state().clone()
    filters, show = list(warnings.filters), warnings.showwarning
    few = replace(MODEL_0, epochs=20)
    alone = {mistake: run_mistake(few, mistake) for mistake in Mistake}
    with ThreadPoolExecutor(max_workers=16) as pool:
        together = list(pool.map(lambda m: run_mistake(few, m), [*Mistake] * 3))
    for trial in together:
        expected = alone[trial.mistake]
        assert (trial.warnings, trial.error, trial.facts) == (
            expected.warnings,
            expected.error,
            expected.facts,
        )
        if expected.history is not None:
            assert_same_history(trial.history, expected.history)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert list(warnings.filters) == filters
    assert warnings.showwarning is show


def test_progress_counts_the_epochs_of_both_times_and_may_end_the_trial() -> None:
    """What progress raises reaches the caller, a RuntimeError too: PyTorch did not raise it."""
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done > 700:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run_mistake(replace(MODEL_0, epochs=500), Mistake.RUN_TWICE, progress)
    assert seen == [(256, 1000), (512, 1000), (768, 1000)]
