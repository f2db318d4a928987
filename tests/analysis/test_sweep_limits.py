"""How much a sweep may be, and how it reports and ends."""

import pytest

from linreg import (
    Device,
    Experiment,
    sweep,
)
from linreg.core import training
from tests.support.other_machine import round_twice
from tests.support.rates import log_spaced

MODEL_0 = Experiment()
RATES = log_spaced()


@pytest.mark.parametrize(
    ("experiment", "lrs", "said"),
    [
        (MODEL_0, (), "lrs must hold 1 to 256 learning rates, not 0."),
        (MODEL_0, [0.1] * 257, "lrs must hold 1 to 256 learning rates, not 257."),
        (MODEL_0, [0.1, 0.0], "lr must be a number above 0 and at most 1e+37, not 0.0."),
        (
            Experiment(epochs=10_000),
            [0.1] * 201,
            "lrs and epochs must give at most 2,000,000 steps of all models together, "
            "not 2,010,000.",
        ),
        (
            Experiment(epochs=10_000, step=0.005, stop=5.0),
            [0.1] * 101,
            "lrs and epochs must give at most 1,000,000,000 predictions (rates, epochs and rows "
            "multiplied), not 1,010,000,000.",
        ),
    ],
)
def test_what_is_too_much_or_not_allowed_is_named(
    experiment: Experiment, lrs: list[float], said: str
) -> None:
    """The sentence names the field, what is allowed and what was given; nothing is trained."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the whole sentence is compared)
        sweep(experiment, lrs)
    assert str(error.value) == said


def test_one_after_another_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """80,000 steps, as many as one run may take."""
    round_twice(monkeypatch)
    with pytest.raises(ValueError, match=r"at most 80,000 steps where .*, not 90,000\."):
        sweep(Experiment(epochs=10_000), RATES[::8] + RATES[-1:])


def test_a_device_that_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is that of a single run."""
    monkeypatch.setattr(training, "available_devices", lambda: (Device.CPU,))
    with pytest.raises(ValueError, match="device must be one of cpu on this machine, not cuda"):
        sweep(Experiment(device=Device.CUDA), [0.1])


@pytest.mark.parametrize(
    ("exact", "expected"),
    [(True, [(256, 1000), (512, 1000)]), (False, [(256, 2000), (512, 2000)])],
    ids=["together", "one after another"],
)
def test_progress_is_reported_in_order_and_may_end_the_sweep(
    exact: bool, expected: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception of progress reaches the caller: this is how a sweep is abandoned."""
    if not exact:
        round_twice(monkeypatch)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 512:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sweep(Experiment(epochs=1000), RATES[::63], progress)
    assert seen == expected
