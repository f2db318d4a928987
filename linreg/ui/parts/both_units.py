"""The same run on own data in their original units and in standard units, side by side."""

from dataclasses import replace

import streamlit as st

from linreg.analysis.theory import limit_text
from linreg.core.data import split_data, split_order
from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import predictions_figure, surface_figure
from linreg.formatting import number, significant
from linreg.own_data.standard_units import condition_number, standardised
from linreg.own_data.table import Pairs
from linreg.ui.parts.stage import charts
from linreg.ui.work.budget import affordable
from linreg.ui.work.cache import trained


def both_units(experiment: Experiment, points: Pairs) -> None:
    """Show the run of `experiment` on `points` in both units: lines, surfaces, and numbers.

    Arguments:
        points: the own data in their original units.
    """
    st.subheader("The same run in both units", anchor="units")
    original = replace(experiment, points=points)
    units = standardised(points, original.n_train, split_order(original))
    experiments = {
        "Original units": original,
        "Standard units": replace(original, points=units.points),
    }
    place = st.empty()
    if not all(affordable([experiment, *experiments.values()])):
        place.warning(
            f"Two runs of {experiment.n_steps:,} steps are too much work for one page. Use fewer "
            "epochs or larger batches."
        )
        return
    runs = {name: trained(each, place) for name, each in experiments.items()}
    learned = {
        "Original units": (_last(runs["Original units"])),
        "Standard units": units.original(*_last(runs["Standard units"])),
    }
    for column, (name, run) in zip(st.columns(2, gap="large"), runs.items(), strict=True):
        with column:
            st.markdown(f"**{name}**")
            drawings = {
                "line": predictions_figure.drawing(run),
                "surface": surface_figure.drawing(run),
            }
            charts(name, drawings)
    st.markdown(_table(runs, learned))
    st.caption(
        "Both runs have the same rows, seed, loss, learning rate and epochs. The condition number "
        "is the surface's curvature across the valley divided by the one along it. With 1 the "
        "surface of the mean squared error is a round bowl, and one learning rate suits both "
        "parameters. With a large number it is a narrow valley, that of L1 too: a rate "
        "that is stable across the valley is slow along it. Mean and standard deviation are those "
        "of the training rows alone."
    )


def _last(run: Run) -> tuple[float, float]:
    return float(run.history.weight[-1]), float(run.history.bias[-1])


def _table(runs: dict[str, Run], learned: dict[str, tuple[float, float]]) -> str:
    """Return condition number, limit of the rate, and the learned line in original units."""
    lines = [
        "| | condition number | full-batch SGD on MSE diverges above the rate "
        "| learned weight, in original units | learned bias, in original units |",
        "|:--|--:|--:|--:|--:|",
    ]
    for name, run in runs.items():
        narrow = condition_number(split_data(run.experiment).X_train.numpy().ravel())
        weight, bias = learned[name]
        limit = limit_text(run.experiment)
        valley = significant(narrow, 3)
        lines.append(f"| {name} | {valley} | {limit} | {number(weight)} | {number(bias)} |")
    return "\n".join(lines)
