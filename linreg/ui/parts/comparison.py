"""Other ways to the line: the three optimizers on one surface, and the exact answer."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.closed_form import best_line
from linreg.analysis.surface import learned_loss
from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import optimizer_paths_figure
from linreg.formatting import counted, loss_text, number
from linreg.settings.choices import Loss, Optimizer
from linreg.ui.parts.stage import charts
from linreg.ui.state.controls import is_kept
from linreg.ui.state.own_data import standard_units
from linreg.ui.work.budget import affordable
from linreg.ui.work.cache import trained


def optimizers(experiment: Experiment, waiting: DeltaGenerator) -> None:
    """Show the paths of the three optimizers over one loss surface."""
    st.header("Optimizers side by side", anchor="optimizers", divider="gray")
    st.markdown(
        "The same start, the same data, the same learning rate: only the way to use the gradient "
        "differs."
    )
    experiments = [replace(experiment, optimizer=each) for each in Optimizer]
    place = st.empty()
    if not all(affordable(experiments)):
        place.warning(
            f"Three runs of {experiment.n_steps:,} steps are too much work for one page, so no "
            "paths are drawn. Use fewer epochs or larger batches."
        )
        return
    runs = [trained(each, waiting) for each in experiments]
    charts("optimizers", {"paths": optimizer_paths_figure.drawing(runs)})


def exact_answer(run: Run) -> None:
    """Show the line with the smallest training loss beside the learned line."""
    st.header("The exact answer", anchor="exact", divider="gray")
    experiment, history = run.experiment, run.history
    best = best_line(experiment)
    if best is None:
        choose = ": choose one of these losses to see the exact line here"
        how = "" if is_kept("loss") else choose
        st.markdown(
            "For the Huber loss no formula gives the best line. For L1 and MSE there are exact "
            f"methods{how}."
        )
        return
    names = {Loss.L1: "least absolute deviations", Loss.MSE: "least squares"}
    lines = [
        "| line | weight | bias | training loss of this line |",
        "|:--|--:|--:|--:|",
        f"| {names[experiment.loss]} (exact) | {number(best.weight)} | {number(best.bias)} "
        f"| {loss_text(best.loss)} |",
        f"| learned, {counted(experiment.epochs, 'epoch')} | {number(history.weight[-1])} "
        f"| {number(history.bias[-1])} | {loss_text(learned_loss(run))} |",
    ]
    if standard_units(experiment) is not None:
        lines.append("\nAll of this is in standard units.")
    st.markdown("\n".join(lines))
    x = split_data(experiment).X_train
    if bool((x == x[0]).all()):
        st.markdown(
            f"All training x are {number(x[0].item())}: every line with the same height there has "
            "the same loss, so no single line is the best."
        )
    if best.loss and not experiment.noise and experiment.points is None:
        st.caption("Without noise the exact loss would be 0; the rest is rounding in float32.")
    st.markdown(
        "A straight line does not need gradient descent: these methods find the best line "
        "directly. You learn gradient descent here because it still works where no formula does."
    )
