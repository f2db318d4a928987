"""A failure of the machine is never shown as the student's mistake."""

import pytest
import torch

from linreg import Experiment, Mistake, run_mistake
from linreg.core.experiment import MOST_DEALT


def _fails(error: Exception) -> object:
    def backward(*_: object, **__: object) -> None:
        raise error

    return backward


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes"),
        torch.AcceleratorError("CUDA error: unspecified launch failure"),
    ],
)
def test_a_machine_that_fails_in_a_wrong_step_ends_the_trial(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller gets the error, so that nothing is kept for the class; later it may succeed."""
    monkeypatch.setattr(torch.Tensor, "backward", _fails(error))
    with pytest.raises(type(error), match=str(error)):
        run_mistake(Experiment(), Mistake.NO_ZERO_GRAD)
    monkeypatch.undo()
    assert not run_mistake(Experiment(), Mistake.NO_ZERO_GRAD).error


def test_an_error_of_the_code_is_the_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands on the page, as a notebook would show it."""
    monkeypatch.setattr(torch.Tensor, "backward", _fails(RuntimeError("no graph")))
    assert run_mistake(Experiment(), Mistake.NO_ZERO_GRAD).error == "RuntimeError: no graph"


def test_a_cell_that_is_run_twice_deals_twice_as_many_rows() -> None:
    """Both runs together stay within what one run may deal into batches."""
    points = tuple((float(x), float(x)) for x in range(5_000))
    allowed = Experiment(points=points, train_fraction=1.0, batch_size=256, epochs=600)
    assert MOST_DEALT / 2 < allowed.n_dealt <= MOST_DEALT
    with pytest.raises(ValueError, match="at most 5000000 rows dealt into batches"):
        run_mistake(allowed, Mistake.RUN_TWICE)
