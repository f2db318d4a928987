"""What the lesson's cells print, computed with PyTorch and returned as plain numbers and text.

Knows nothing of pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from linreg.core.data import make_data, split_data
from linreg.core.experiment import Experiment
from linreg.core.models import FILE_NAMES, MODELS, make_model
from linreg.core.seeding import Stream, generator
from linreg.core.training import Run, predict

FOLDER = "models"


@dataclass(frozen=True, kw_only=True)
class Described:
    """A tensor's name, shape and type, and its first values."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Predictions for the last set that has rows, before and after training; (rows,) each.

    rows: the name of the set; it is the test set if there is one.
    device: the device of the predictions.
    """

    rows: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    device: str


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """A state_dict saved to a file and loaded into a new instance.

    path: the lesson's file name.
    size: the length in bytes of a file of that name from torch.save. (The file holds its own name
        several times, so the length depends on the name.)
    fresh: the new instance's values before loading, by key: the next values that the seed gives.
    answer: what load_state_dict returns.
    equal: for each row, whether both models predict the same number.
    rows: the name of the set of these rows.
    """

    path: str
    size: int
    fresh: Mapping[str, float]
    answer: str
    equal: tuple[bool, ...]
    rows: str


def data_described(experiment: Experiment, rows: int) -> tuple[Described, Described]:
    """Return descriptions of X and y, before the split, with their first `rows` values."""
    X, y = make_data(experiment)
    return _described("X", X, rows), _described("y", y, rows)


def parameters_before(experiment: Experiment) -> tuple[Described, ...]:
    """Return the parameters of the model before training, by their names in the state_dict."""
    model = make_model(experiment.model, experiment.seed)
    return tuple(_described(name, value, 1) for name, value in model.state_dict().items())


def parameters_text(experiment: Experiment) -> str:
    """Return what `list(model.parameters())` prints before training."""
    return repr(list(make_model(experiment.model, experiment.seed).parameters()))


def judged(run: Run) -> Judged:
    """Return the predictions of `run` for the last set that has rows, before and after training."""
    experiment = run.experiment
    name, X, y = _last_set(experiment)
    X_there = X.to(experiment.device)
    model = make_model(experiment.model, experiment.seed).to(experiment.device)
    before = predict(model, X_there)
    model.load_state_dict(run.state_dict())
    after = predict(model, X_there)
    x, y_true, y_before, y_after = (
        tuple(column.ravel().tolist()) for column in (X, y, before.cpu(), after.cpu())
    )
    return Judged(
        rows=name, x=x, y=y_true, before=y_before, after=y_after, device=str(after.device)
    )


def round_trip(run: Run) -> RoundTrip:
    """Save the run's state_dict, load it into a new instance, and return what happened."""
    experiment = run.experiment
    name, X, _ = _last_set(experiment)
    random = generator(experiment.seed, Stream.MODEL)
    trained, loaded = (MODELS[experiment.model](random) for _ in range(2))
    trained.load_state_dict(run.state_dict())
    fresh = {key: value.item() for key, value in loaded.state_dict().items()}
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAMES[experiment.model]
        torch.save(trained.state_dict(), file)
        size = file.stat().st_size
        answer = loaded.load_state_dict(torch.load(file, weights_only=True))
    same = predict(trained, X) == predict(loaded, X)
    return RoundTrip(
        path=f"{FOLDER}/{FILE_NAMES[experiment.model]}",
        size=size,
        fresh=fresh,
        answer=str(answer),
        equal=tuple(same.ravel().tolist()),
        rows=name,
    )


def saved_file(run: Run) -> bytes:
    """Return the file that the lesson's torch.save writes for a run, under the lesson's name."""
    model = make_model(run.experiment.model, run.experiment.seed)
    model.load_state_dict(run.state_dict())
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAMES[run.experiment.model]
        torch.save(model.state_dict(), file)
        return file.read_bytes()


def _last_set(experiment: Experiment) -> tuple[str, torch.Tensor, torch.Tensor]:
    """Return the name of the last set of the split that has rows, and its X and y, (rows, 1)."""
    data = split_data(experiment)
    sets = (
        ("test", data.X_test, data.y_test),
        ("validation", data.X_validation, data.y_validation),
        ("training", data.X_train, data.y_train),
    )
    return next(rows for rows in sets if len(rows[1]))


def parameter_device(experiment: Experiment) -> str:
    """Return the device of the parameters during training."""
    model = make_model(experiment.model, experiment.seed).to(experiment.device)
    return str(next(model.parameters()).device)


def _described(name: str, tensor: torch.Tensor, rows: int) -> Described:
    return Described(
        name=name,
        shape=tuple(tensor.shape),
        dtype=str(tensor.dtype),
        values=tuple(tensor.detach().ravel()[:rows].tolist()),
    )
