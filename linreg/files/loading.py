"""What loading a file does: with strict=False, and compared with the model that was trained.

Knows nothing of pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from linreg.core.data import split_data
from linreg.core.failures import raise_if_machine_failed
from linreg.core.models import make_model
from linreg.core.training import Run, predict
from linreg.files.checkpoint import load, shapes, wrong_shape
from linreg.files.torch_file import Part, read_saved
from linreg.settings.choices import Model

LONGEST_ANSWER = 1_000  # characters


@dataclass(frozen=True, kw_only=True)
class Loosely:
    """What load_state_dict(state, strict=False) did to a new model.

    taken: keys of the model whose values came from the file. kept: keys whose values stayed random.
    misshapen: those of them that the file has in another shape, for which PyTorch raises an error.
    before, after: the model's values, by key.
    answer: PyTorch's answer, or the message of its error, in ASCII.
    """

    taken: tuple[str, ...]
    kept: tuple[str, ...]
    misshapen: tuple[str, ...]
    before: Mapping[str, float]
    after: Mapping[str, float]
    answer: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Predictions of a run's model and of a loaded one, (rows,) each.

    rows: the name of the set that the rows are from.
    equal: whether two predictions are equal by `==`; NaN equals nothing.
    largest: the largest difference; NaN if a difference is NaN.
    """

    rows: str
    x: tuple[float, ...]
    trained: tuple[float, ...]
    loaded: tuple[float, ...]
    equal: tuple[bool, ...]
    largest: float


def loaded_loosely(data: bytes, model: Model, seed: int, part: Part | None = None) -> Loosely:
    """Return what `strict=False` does: values that fit are loaded, the others stay random.

    Arguments:
        data: the file.
        model: the class to load it into. seed: decides the new instance's random values.
        part: which part of a checkpoint or a list is read.

    Raises:
        CheckpointError: the file does not hold tensors by name, or a tensor for this class does
            not hold real numbers.
    """
    saved = read_saved(data, part)
    instance = make_model(model, seed)
    before, wanted = _values(instance), shapes(instance)
    shared = [key for key in wanted if key in saved.tensors]
    # PyTorch uses only the name of a key that the model does not have.
    state = {key: torch.empty(0) for key in saved.tensors} | load(saved, shared)
    try:
        answer = str(instance.load_state_dict(state, strict=False))
    except RuntimeError as error:  # a wrong shape is an error here too, after the rest was loaded
        raise_if_machine_failed(error)
        answer = str(error)
    misshapen = tuple(wrong_shape(saved, wanted))
    taken = tuple(key for key in shared if key not in misshapen)
    return Loosely(
        taken=taken,
        kept=tuple(key for key in wanted if key not in taken),
        misshapen=misshapen,
        before=before,
        after=_values(instance),
        answer=_ascii(answer),
    )


def compare(run: Run, state: Mapping[str, torch.Tensor]) -> Comparison:
    """Return the predictions of the run's model and of a new model with `state` loaded.

    The rows are the test rows, or the training rows if there are no test rows.

    Arguments:
        state: as `read_state_dict` returns it for the run's class.
    """
    experiment, data = run.experiment, split_data(run.experiment)
    rows, X = ("test", data.X_test) if experiment.n_test else ("training", data.X_train)
    model = make_model(experiment.model, experiment.seed)
    model.load_state_dict(state)
    trained, loaded = run.predict(X), predict(model, X)
    equal = trained == loaded
    apart = (trained - loaded).abs().where(~equal, 0.0)
    return Comparison(
        rows=rows,
        x=tuple(X.ravel().tolist()),
        trained=tuple(trained.ravel().tolist()),
        loaded=tuple(loaded.ravel().tolist()),
        equal=tuple(equal.ravel().tolist()),
        largest=apart.max().item(),
    )


def _values(model: nn.Module) -> dict[str, float]:
    return {key: value.item() for key, value in model.state_dict().items()}


def _ascii(text: str) -> str:
    """Return text in ASCII, with other characters escaped and the end of a long text cut off."""
    plain = text.encode("ascii", "backslashreplace").decode("ascii")
    return plain if len(plain) <= LONGEST_ANSWER else plain[: LONGEST_ANSWER - 3] + "..."
