"""All public names, for `from linreg import Experiment, train`."""

from linreg.analysis.closed_form import Line, best_line, least_absolute_deviations, least_squares
from linreg.analysis.surface import loss_surface
from linreg.analysis.sweeps import Sweep, sweep
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.models import LinearRegressionModel, LinearRegressionModelV2
from linreg.core.record import History
from linreg.core.training import Run, train
from linreg.files.checkpoint import (
    CheckpointError,
    Entry,
    FileReport,
    Fit,
    inspect_file,
    read_state_dict,
    suggest_names,
)
from linreg.files.experiment_file import (
    ExperimentFileError,
    Restored,
    read_experiment_file,
    write_experiment_file,
)
from linreg.files.history_csv import history_csv
from linreg.files.loading import Comparison, Loosely, compare, loaded_loosely
from linreg.lesson_code.script_and_notebook import to_notebook, to_script
from linreg.mistakes.catalog import BUGS, Bug, diff
from linreg.mistakes.puzzles import choices_for_guess, mystery, mystery_token, open_token
from linreg.mistakes.run import Trial, healthy, run_mistake
from linreg.own_data.standard_units import Standardised, condition_number, standardised
from linreg.own_data.table import (
    Column,
    DataError,
    Table,
    add_outlier,
    list_columns,
    read_points,
    write_points,
)
from linreg.settings.choices import Device, Loss, Mistake, Model, Optimizer, Schedule
from linreg.sharing.pins import differing

__all__ = [
    "BUGS",
    "SETTINGS",
    "Bug",
    "CheckpointError",
    "Column",
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
    "list_columns",
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
    "suggest_names",
    "sweep",
    "to_notebook",
    "to_script",
    "train",
    "write_experiment_file",
    "write_points",
]
