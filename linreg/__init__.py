"""A straight line learned with PyTorch, and everything that a lesson shows of it.

Reading order: `experiment` (what can be set), `data`, `models`, `training` (the five steps), then
`theory`, `surface`, `address`, `figures` and `ui`. A module imports only from
what stands before it.
"""

from linreg.choices import Device, Loss, Mistake, Model, Optimizer, Schedule
from linreg.experiment import SETTINGS, Experiment
from linreg.history import History
from linreg.models import LinearRegressionModel, LinearRegressionModelV2
from linreg.surface import loss_surface
from linreg.training import Run, train

__all__ = [
    "SETTINGS",
    "Device",
    "Experiment",
    "History",
    "LinearRegressionModel",
    "LinearRegressionModelV2",
    "Loss",
    "Mistake",
    "Model",
    "Optimizer",
    "Run",
    "Schedule",
    "loss_surface",
    "train",
]
