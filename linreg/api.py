"""All that is public, under one name each: `from linreg import Experiment, train`."""

from linreg.bugs import BUGS, Bug, diff
from linreg.checkpoint import (
    CheckpointError,
    Entry,
    FileReport,
    Fit,
    inspect_file,
    read_state_dict,
)
from linreg.choices import Device, Loss, Mistake, Model, Optimizer, Schedule
from linreg.closed_form import Line, best_line, least_absolute_deviations, least_squares
from linreg.experiment import SETTINGS, Experiment
from linreg.experiment_file import (
    ExperimentFileError,
    Restored,
    read_experiment_file,
    write_experiment_file,
)
from linreg.export import to_notebook, to_script
from linreg.history import History
from linreg.loading import Comparison, Loosely, compare, loaded_loosely
from linreg.mistakes import Trial, healthy, run_mistake
from linreg.models import LinearRegressionModel, LinearRegressionModelV2
from linreg.mysteries import choices_for_guess, mystery, mystery_token, open_token
from linreg.own_data import DataError, Table, add_outlier, read_points, write_points
from linreg.pins import differing
from linreg.scaling import Standardised, condition_number, standardised
from linreg.surface import loss_surface
from linreg.sweeps import Sweep, sweep
from linreg.tables import history_csv
from linreg.training import Run, train

__all__ = [
    "BUGS",
    "SETTINGS",
    "Bug",
    "CheckpointError",
    "Comparison",
    "DataError",
    "Device",
    "Entry",
    "Experiment",
    "ExperimentFileError",
    "FileReport",
    "Fit",
    "History",
    "Line",
    "LinearRegressionModel",
    "LinearRegressionModelV2",
    "Loosely",
    "Loss",
    "Mistake",
    "Model",
    "Optimizer",
    "Restored",
    "Run",
    "Schedule",
    "Standardised",
    "Sweep",
    "Table",
    "Trial",
    "add_outlier",
    "best_line",
    "choices_for_guess",
    "compare",
    "condition_number",
    "diff",
    "differing",
    "healthy",
    "history_csv",
    "inspect_file",
    "least_absolute_deviations",
    "least_squares",
    "loaded_loosely",
    "loss_surface",
    "mystery",
    "mystery_token",
    "open_token",
    "read_experiment_file",
    "read_points",
    "read_state_dict",
    "run_mistake",
    "standardised",
    "sweep",
    "to_notebook",
    "to_script",
    "train",
    "write_experiment_file",
    "write_points",
]
