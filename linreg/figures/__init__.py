"""Numbers in, Plotly figures out: usable in a notebook as they are.

The subtitle of each figure says what it shows. Nothing here trains or imports PyTorch, and
nothing here knows Streamlit.
"""

from linreg.figures.class_rates import class_rates_figure, class_swarm_figure
from linreg.figures.compared_runs import compared_losses_figure
from linreg.figures.elements.drawing import Drawing
from linreg.figures.losses import loss_figure
from linreg.figures.mistake_ends import (
    broadcast_figure,
    continued_losses_figure,
    trial_lines_figure,
)
from linreg.figures.mistakes import trial_figure, trial_parameters_figure
from linreg.figures.predictions import data_figure, predictions_figure, untrained_figure
from linreg.figures.seeds import seeds_figure
from linreg.figures.speed import speed_figure
from linreg.figures.steps import descent_figure, line_figure
from linreg.figures.surface import optimizer_paths_figure, surface_end_figure, surface_figure
from linreg.figures.sweep import sweep_figure
from linreg.figures.sweep_heat import sweep_heat_figure

__all__ = [
    "Drawing",
    "broadcast_figure",
    "class_rates_figure",
    "class_swarm_figure",
    "compared_losses_figure",
    "continued_losses_figure",
    "data_figure",
    "descent_figure",
    "line_figure",
    "loss_figure",
    "optimizer_paths_figure",
    "predictions_figure",
    "seeds_figure",
    "speed_figure",
    "surface_end_figure",
    "surface_figure",
    "sweep_figure",
    "sweep_heat_figure",
    "trial_figure",
    "trial_lines_figure",
    "trial_parameters_figure",
    "untrained_figure",
]
