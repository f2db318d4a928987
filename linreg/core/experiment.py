"""The table of all settings that decide the result of a run.

Each setting is declared once. Controls, addresses, checks and exports all read this table. It knows
nothing of how settings are shown or stored.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from linreg.formatting import shown
from linreg.settings.choices import Device, Loss, Mistake, Model, Optimizer, Schedule
from linreg.settings.kinds import (
    SMALLEST,
    Choice,
    Number,
    OptionalWhole,
    Points,
    Setting,
    Switch,
    Whole,
    evenly,
)

FEWEST_POINTS = 2  # rows that determine a line
MOST_POINTS = 5_000
MOST_STEPS = 80_000  # optimizer steps in one run; about half a minute of plain PyTorch
MOST_SEED = 2**32 - 1
FAR = (-1e6, 1e6)  # true weights and biases of the library; the sliders end at 2
MOST_DEALT = 5_000_000  # rows that one run puts into batches, one by one; about 20 seconds


def _rates() -> tuple[float, ...]:
    """Return learning rates from 0.0001 to 10, a few per cent apart, each with two digits.

    With the squared error the lesson's run converges at 0.86 and diverges at 0.87.
    """
    digits = [*range(10, 20), *range(20, 50, 2), *range(50, 100, 5)]
    rates = [d * 10.0**power for power in range(-5, 0) for d in digits]
    return tuple(sorted({*(float(f"{rate:.2g}") for rate in rates), 0.86, 0.87, 10.0}))


def _epochs() -> tuple[int, ...]:
    """Return numbers of epochs from 1 to 10,000; the distances grow with the numbers."""
    return (
        *range(1, 20),
        *range(20, 100, 5),
        *range(100, 250, 10),
        *range(250, 1000, 50),
        *range(1000, 10_001, 500),
    )


def count_rows(start: float, stop: float, step: float) -> int:
    """Return the length of torch.arange(start, stop, step)."""
    return math.ceil((stop - start) / step)


def count_share(fraction: float, rows: int) -> int:
    """Return the number of rows in a share of all `rows`, rounded."""
    return min(round(fraction * rows), rows)


def count_batches(rows: int, batch_size: int | None) -> int:
    """Return the number of batches for `rows`; the last batch may be smaller."""
    return 1 if batch_size is None else math.ceil(rows / batch_size)


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """All settings of one run, checked when it is made. The defaults are the lesson's.

    A value may also be a NumPy scalar or an array of no dimension.

    Raises:
        ValueError: a value is not allowed, or two settings exclude each other. The message names
            the fields, what is allowed, and what was given.
    """

    weight: float = Number(
        default=0.7,
        stops=evenly(-2, 2, 0.01),
        limits=FAR,
        label="True weight",
        help="The slope of the true line. The data are made from it; the model never sees it.",
        address="weight",
    ).field()
    bias: float = Number(
        default=0.3,
        stops=evenly(-2, 2, 0.01),
        limits=FAR,
        label="True bias",
        help="The y of the true line at x = 0. The model never sees it.",
        address="bias",
    ).field()
    start: float = Number(
        default=0.0,
        stops=evenly(-5, 5, 0.25),
        label="First x",
        help="The x of the first row.",
        address="start",
    ).field()
    stop: float = Number(
        default=1.0,
        stops=evenly(-5, 5, 0.25),
        label="End of x (not included)",
        help="torch.arange ends before this number; only rounding can let the number itself in.",
        address="stop",
    ).field()
    step: float = Number(
        default=0.02,
        stops=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0),
        evenly_spaced=False,
        label="Distance between two x",
        help="A smaller distance gives more rows of data.",
        address="step",
    ).field()
    noise: float = Number(
        default=0.0,
        stops=evenly(0, 1, 0.01),
        label="Noise",
        help="The standard deviation of the Gaussian noise that is added to every y.",
        address="noise",
        unit="that of y",
    ).field()
    points: tuple[tuple[float, float], ...] | None = Points(
        most=MOST_POINTS,
        label="Own data",
        help="Pairs (x, y) that are used instead of the line.",
    ).field()
    train_fraction: float = Number(
        default=0.8,
        stops=evenly(0.05, 1, 0.05),
        label="Training share",
        help="The share of the rows that the model learns from. The rows that are neither "
        "training nor validation rows are the test set.",
        address="train",
        unit="share of the rows",
    ).field()
    validation_fraction: float = Number(
        default=0.0,
        stops=evenly(0, 0.5, 0.05),
        label="Validation share",
        help="The share of the rows that help you to choose settings. They come after the "
        "training rows.",
        address="validation",
        unit="share of the rows",
    ).field()
    shuffle: bool = Switch(
        default=False,
        label="Shuffle before the split",
        help="Off: the first rows train and the last rows test. In the lesson the test set "
        "therefore has larger x than the training set. On: each set gets random rows.",
        address="shuffle",
    ).field()
    model: Model = Choice(
        default=Model.PARAMETER,
        stops=tuple(Model),
        label="Model",
        help="parameter: two nn.Parameter (model 0 of the lesson). linear: one nn.Linear(1, 1) "
        "(model 1). Both are the same line, but a seed gives them different starting values.",
        address="model",
    ).field()
    loss: Loss = Choice(
        default=Loss.L1,
        stops=tuple(Loss),
        label="Loss",
        help="l1: mean absolute error (nn.L1Loss). mse: mean squared error (nn.MSELoss). "
        "huber: half the square for errors up to 1, linear for larger ones, so that a few rows far "
        "away count less than with mse (nn.HuberLoss).",
        address="loss",
    ).field()
    optimizer: Optimizer = Choice(
        default=Optimizer.SGD,
        stops=tuple(Optimizer),
        label="Optimizer",
        help="sgd: each step goes against the gradient (torch.optim.SGD). momentum: it also goes "
        "on as the steps before did (SGD with momentum=0.9). adam: each parameter has its own "
        "step length, from its last gradients (torch.optim.Adam).",
        address="optimizer",
    ).field()
    lr: float = Number(
        default=0.01,
        stops=_rates(),
        evenly_spaced=False,
        limits=(SMALLEST, 1e37),  # Adam's first factor, 10 lr, must be a float32 in PyTorch
        label="Learning rate",
        help="The size of a step. A step of sgd moves each parameter against its gradient, by "
        "the rate times the gradient. It is a hyperparameter: you choose it, the model does "
        "not learn it. The slider is logarithmic.",
        address="lr",
    ).field()
    schedule: Schedule = Choice(
        default=Schedule.CONSTANT,
        stops=tuple(Schedule),
        label="Learning rate schedule",
        help="constant: the same rate in every epoch. step: a tenth of the rate after each "
        "third of the epochs, rounded up (StepLR). cosine: down to zero along a cosine "
        "(CosineAnnealingLR).",
        address="schedule",
    ).field()
    epochs: int = Whole(
        default=100,
        stops=_epochs(),
        evenly_spaced=False,
        label="Epochs",
        help="How many times the loop goes through all training rows.",
        address="epochs",
    ).field()
    batch_size: int | None = OptionalWhole(
        none="all",
        stops=(None, 1, 2, 4, 8, 16, 32, 64, 128, 256),
        label="Batch size",
        help="The number of rows in one step. all: every training row in every step, as in the "
        "lesson. Otherwise a DataLoader makes shuffled batches; the last one may be smaller.",
        address="batch",
        unit="rows",
    ).field()
    seed: int = Whole(
        default=42,
        stops=range(1000),
        limits=(0, MOST_SEED),
        label="Seed",
        help="It sets the starting values of the parameters, the noise and the shuffling.",
        address="seed",
    ).field()
    device: Device = Choice(
        default=Device.CPU,
        stops=tuple(Device),
        label="Device",
        help="Model and data are on this device during training. Only devices of this machine "
        "are offered.",
        address="device",
    ).field()
    mistake: Mistake = Choice(
        default=Mistake.NONE,
        stops=tuple(Mistake),
        label="Mistake",
        help="A bug that is put into the lesson's code on purpose.",
    ).field()

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if isinstance(value, np.generic | np.ndarray) and value.ndim == 0:
                value = value.item()
            try:
                checked = setting.check(value)
            except (ValueError, TypeError, OverflowError):
                message = f"{name} must be {setting.allowed}, not {shown(value)}."
                raise ValueError(message) from None
            object.__setattr__(self, name, checked)
        self._check_together()

    def _check_together(self) -> None:
        if self.points is None and self.start >= self.stop:
            raise ValueError(f"start must be below stop, not {self.start} and {self.stop}.")
        if not FEWEST_POINTS <= self.n_points <= MOST_POINTS:
            raise ValueError(
                f"start, stop and step must give {FEWEST_POINTS} to {MOST_POINTS} rows, not "
                f"{self.n_points}."
            )
        if self.train_fraction + self.validation_fraction > 1 + 1e-9:
            raise ValueError(
                "train_fraction and validation_fraction must add up to 1 at most, not "
                f"{self.train_fraction} and {self.validation_fraction}."
            )
        if self.n_train < FEWEST_POINTS:
            raise ValueError(
                f"train_fraction must leave at least {FEWEST_POINTS} training rows, not "
                f"{self.n_train} of {self.n_points}."
            )
        if self.n_steps > MOST_STEPS:
            raise ValueError(
                f"epochs and batch_size must give at most {MOST_STEPS} optimizer steps, not "
                f"{self.n_steps}."
            )
        if self.n_dealt > MOST_DEALT:
            raise ValueError(
                f"epochs and train_fraction must give at most {MOST_DEALT} rows dealt into "
                f"batches, not {self.n_dealt}."
            )

    @property
    def n_points(self) -> int:
        """Number of rows in all three sets together."""
        if self.points is not None:
            return len(self.points)
        return count_rows(self.start, self.stop, self.step)

    @property
    def n_train(self) -> int:
        """Number of rows in the training set."""
        return count_share(self.train_fraction, self.n_points)

    @property
    def n_validation(self) -> int:
        """Number of rows in the validation set."""
        both = count_share(self.train_fraction + self.validation_fraction, self.n_points)
        return both - self.n_train

    @property
    def n_test(self) -> int:
        """Number of rows in the test set: all other rows."""
        return self.n_points - self.n_train - self.n_validation

    @property
    def n_batches(self) -> int:
        """Number of batches, and so of optimizer steps, in one epoch."""
        return count_batches(self.n_train, self.batch_size)

    @property
    def n_steps(self) -> int:
        """Number of optimizer steps in the whole run."""
        return self.epochs * self.n_batches

    @property
    def n_dealt(self) -> int:
        """Number of rows put into batches in the whole run; 0 where all rows are one batch."""
        return 0 if self.batch_size is None else self.epochs * self.n_train


SETTINGS: Mapping[str, Setting[Any]] = MappingProxyType(
    {f.name: f.metadata["setting"] for f in fields(Experiment)}
)
"""Each field of Experiment with its declaration, in the order of the table."""
