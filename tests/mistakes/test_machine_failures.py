"""A failure of the machine is never shown as the student's mistake."""

import pytest
import torch

from linreg import Experiment, Mistake, run_mistake
from linreg.core.experiment import MOST_DEALT

NO_MEMORY = torch.OutOfMemoryError("CUDA out of memory.")


def _fails(error: Exception) -> object:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "mistake", "where", "call"),
    [
        (NO_MEMORY, Mistake.NO_ZERO_GRAD, torch.Tensor, "backward"),
        (
            RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes"),
            Mistake.NO_ZERO_GRAD,
            torch.Tensor,
            "backward",
        ),
        (
            torch.AcceleratorError("CUDA error: unspecified launch failure"),
            Mistake.NO_ZERO_GRAD,
            torch.Tensor,
            "backward",
        ),
        (NO_MEMORY, Mistake.OTHER_CLASS, torch.nn.Module, "load_state_dict"),
    ],
)
def test_a_machine_that_fails_in_wrong_code_ends_the_trial(
    error: Exception, mistake: Mistake, where: type, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller gets the error, so that nothing is kept for the class; later it may succeed."""
    later = run_mistake(Experiment(epochs=3), mistake)
    monkeypatch.setattr(where, call, _fails(error))
    with pytest.raises(type(error), match=str(error)):
        run_mistake(Experiment(epochs=3), mistake)
    monkeypatch.undo()
    again = run_mistake(Experiment(epochs=3), mistake)
    assert (again.error, again.facts) == (later.error, later.facts)


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
