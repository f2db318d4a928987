"""A replayed run is equal to the run of the loop, to the last bit."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from torch import nn

from linreg import (
    Experiment,
    Loss,
    Mistake,
    Model,
    Optimizer,
    Run,
    Schedule,
    train,
)
from linreg.core.data import split_data
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.engines import replay, traced_step
from linreg.engines.replay import can_be_replayed, replayed
from linreg.engines.traced_step import TracedStep, UntraceableError
from tests.support import notebook
from tests.support.bitwise import assert_same_run
from tests.support.strategies import experiments

RATES = (0.0001, 0.01, 0.1, 0.5, 2.0, 10.0)
OTHERS = [
    Experiment(optimizer=Optimizer.ADAM, epochs=20),
    Experiment(optimizer=Optimizer.MOMENTUM, epochs=20),
    Experiment(schedule=Schedule.COSINE, epochs=20),
    Experiment(batch_size=8, epochs=20),
]


def compute_all(patch: pytest.MonkeyPatch) -> None:
    """Compute all epochs in one part, so that none is a copy where the parameters repeat."""
    patch.setattr(replay, "FIRST_CHUNK", 10_000)
    patch.setattr(replay, "LARGEST_CHUNK", 10_000)


def never(*_: object, **__: object) -> Run:
    """Fail if the loop is called."""
    raise AssertionError("the loop was called")


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("loss", Loss)
def test_many_seeds_and_rates_under_eight_threads(
    model: Model, loss: Loss, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte is the loop's, across chunks, whether or not repeated epochs are copied."""
    monkeypatch.setattr(replay, "FIRST_CHUNK", 16)
    monkeypatch.setattr(replay, "LARGEST_CHUNK", 32)
    cases = [
        Experiment(model=model, loss=loss, seed=seed, lr=lr, epochs=60, train_fraction=0.5)
        for seed, lr in product(range(3), RATES)
    ]
    expected = [train(case) for case in cases]
    monkeypatch.setattr(replay, "train", never)
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(replayed, cases))
        compute_all(monkeypatch)
        long_way = list(pool.map(replayed, cases))
    for run, plain, known in zip(runs, long_way, expected, strict=True):
        assert_same_run(run, known)
        assert_same_run(plain, known)


@pytest.mark.parametrize(
    "experiment",
    [Experiment(epochs=1000), Experiment(model=Model.LINEAR, epochs=1000)],
    ids=["model 0", "model 1"],
)
def test_the_lessons_runs_are_the_plain_loops(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand epochs equal the plain notebook loop's, repeated ones copied or computed."""
    copied = replayed(experiment).history
    compute_all(monkeypatch)
    computed = replayed(experiment).history
    for name, values in notebook.plain_loop(experiment).items():
        expected = np.array(values, dtype=np.float32)
        np.testing.assert_array_equal(getattr(copied, name), expected)
        np.testing.assert_array_equal(getattr(computed, name), expected)


@given(experiments())
def test_whatever_is_set_the_run_is_that_of_the_loop(experiment: Experiment) -> None:
    """This holds for all settings, also for those that cannot be replayed."""
    assert_same_run(replayed(experiment), train(experiment))


@pytest.mark.parametrize("experiment", OTHERS, ids=["Adam", "momentum", "schedule", "batches"])
def test_the_loop_trains_what_is_not_plain_descent(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where epochs are not all the same step, the five-step loop trains."""
    assert not can_be_replayed(experiment)
    by_the_loop = train(experiment)
    monkeypatch.setattr(replay, "train", lambda experiment, progress: by_the_loop)
    assert replayed(experiment) is by_the_loop


def test_a_mistake_is_refused() -> None:
    """The error is that of the loop."""
    with pytest.raises(ValueError, match="use run_mistake"):
        replayed(Experiment(mistake=Mistake.NO_ZERO_GRAD))


def test_a_repeated_state_ends_the_work() -> None:
    """With L1, model 0 alternates from epoch 169 on, so no more than 256 epochs are computed."""
    reports: list[tuple[int, int]] = []
    experiment = Experiment(epochs=2_000)
    found = replayed(experiment, lambda done, total: reports.append((done, total)))
    assert reports == []  # the first would come after 256 epochs, if there was more to compute
    assert_same_run(found, train(experiment))


@pytest.mark.parametrize("model", Model)
def test_many_rows_are_computed_in_small_parts(model: Model) -> None:
    """At most a million predictions are kept at once: those of 250 epochs of 4,000 rows."""
    points = tuple((i / 5_000, (i % 7) / 10) for i in range(5_000))
    experiment = Experiment(points=points, model=model, epochs=260, lr=0.001)
    reports: list[tuple[int, int]] = []
    found = replayed(experiment, lambda done, total: reports.append((done, total)))
    assert reports == [(250, 260)]
    assert_same_run(found, train(experiment))


def test_progress_is_reported_and_its_exception_ends_the_run() -> None:
    """Reports come between chunks, and a RuntimeError that they raise reaches the caller."""
    experiment = Experiment(loss=Loss.MSE, lr=0.001, epochs=5_000)
    reports: list[tuple[int, int]] = []
    replayed(experiment, lambda done, total: reports.append((done, total)))
    assert reports == [(256, 5_000), (768, 5_000), (1_792, 5_000), (3_840, 5_000)]

    def stop(done: int, total: int) -> None:
        raise RuntimeError(f"stopped at {done}")

    with pytest.raises(RuntimeError, match="stopped at 256"):
        replayed(experiment, stop)


def test_other_threads_run_during_a_program() -> None:
    """While PyTorch repeats the step, it does not hold the lock of Python's interpreter."""
    experiment = Experiment(loss=Loss.MSE, epochs=1)
    data = split_data(experiment)
    model = make_model(experiment.model, experiment.seed)
    step = TracedStep(model, make_loss(experiment.loss), data.X_train, data.y_train)
    running = threading.Event()
    turns = 0

    def other() -> None:
        nonlocal turns
        while running.is_set():
            turns += 1
            time.sleep(0)  # let others have the lock

    def turns_during_a_program() -> int:
        before = turns
        step.program(*(p.detach() for p in step.parameters), *step.inputs, step.known, 0.01, 5_000)
        return turns - before

    running.set()
    thread = threading.Thread(target=other)
    thread.start()
    # One turn may come before a program and one after it. A busy machine may need several tries.
    seen = any(turns_during_a_program() > 3 for _ in range(100))
    running.clear()
    thread.join()
    assert seen


class Stateful(nn.Module):
    """A model whose step also counts."""

    def __init__(self) -> None:
        super().__init__()
        self.w, self.b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
        self.count = torch.zeros(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count.add_(1)
        return self.w * x + self.b


class Drawing(Stateful):
    """A model whose step draws random numbers."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w * x + self.b * torch.rand(1)


class Remembering(Stateful):
    """A model whose step reads a tensor that is not among its inputs."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w * x + self.b * self.count


@pytest.mark.parametrize("model", [Stateful, Drawing, Remembering])
def test_a_step_that_cannot_be_repeated_is_not_recorded(model: type[nn.Module]) -> None:
    """It writes over a tensor, draws a number, or reads a tensor from elsewhere."""
    X = torch.arange(4.0)[:, None]
    with pytest.raises(UntraceableError):
        TracedStep(model(), nn.MSELoss(), X, X)


def test_a_program_whose_first_epoch_differs_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the program's numbers differ from those of the step itself, the loop trains."""
    wrong = traced_step.PROGRAM.replace("range(epochs):", "range(epochs):\n        X = X + X")
    monkeypatch.setattr(traced_step, "PROGRAM", wrong)
    experiment = Experiment(epochs=20)
    assert_same_run(replayed(experiment), train(experiment))
