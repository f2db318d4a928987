"""The data of an experiment: the line with its noise, or own points; and the three sets.

Knows nothing of models or training.
"""

from dataclasses import dataclass, fields

import torch

from linreg.core.experiment import Experiment
from linreg.core.seeding import Stream, generator


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """The three sets of rows, each X and y of shape (rows, 1), float32."""

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_validation: torch.Tensor
    y_validation: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor

    def to(self, device: str) -> "Split":
        """Return the same rows on `device`."""
        return Split(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


def make_data(experiment: Experiment) -> tuple[torch.Tensor, torch.Tensor]:
    """Return X and y, each of shape (rows, 1), float32, on the CPU.

    y = weight * X + bias, plus Gaussian noise of standard deviation `noise`. Own points are used
    as they are.
    """
    if experiment.points is not None:
        rows = torch.tensor(experiment.points, dtype=torch.float)  # (rows, 2)
        return rows[:, :1].contiguous(), rows[:, 1:].contiguous()
    X = torch.arange(experiment.start, experiment.stop, experiment.step, dtype=torch.float)
    X = X.unsqueeze(dim=1)  # (rows,) -> (rows, 1)
    y = experiment.weight * X + experiment.bias
    if experiment.noise:
        random = generator(experiment.seed, Stream.NOISE)
        y = y + experiment.noise * torch.randn(y.shape, dtype=torch.float, generator=random)
    return X, y


def split_order(experiment: Experiment) -> list[int]:
    """Return the indices of all rows, in the order in which they fill the three sets."""
    if not experiment.shuffle:
        return list(range(experiment.n_points))
    random = generator(experiment.seed, Stream.SPLIT)
    order: list[int] = torch.randperm(experiment.n_points, generator=random).tolist()
    return order


def rows_outside(experiment: Experiment) -> int:
    """Return how many test rows have an x outside the range of the training rows."""
    data = split_data(experiment)
    low, high = data.X_train.min(), data.X_train.max()
    return int(((data.X_test < low) | (data.X_test > high)).sum())


def split_data(experiment: Experiment) -> Split:
    """Return the rows of `make_data` as training, validation and test set.

    They fill the sets in this order as they are, or in random order if the experiment shuffles.
    """
    X, y = make_data(experiment)
    if experiment.shuffle:
        order = split_order(experiment)
        X, y = X[order], y[order]
    sizes = [experiment.n_train, experiment.n_validation, experiment.n_test]
    X_train, X_validation, X_test = torch.split(X, sizes)
    y_train, y_validation, y_test = torch.split(y, sizes)
    return Split(
        X_train=X_train,
        y_train=y_train,
        X_validation=X_validation,
        y_validation=y_validation,
        X_test=X_test,
        y_test=y_test,
    )
