"""The answer to "what learning rate should I use?": a sweep, its best rates, and luck."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.course import tail
from linreg.analysis.rate_regions import BestRates, choose, region_of_choice, stretches
from linreg.analysis.sweeps import Sweep, is_repeatable, spread_rates, with_run
from linreg.analysis.theory import noise_ball
from linreg.core.experiment import MOST_SEED, SETTINGS, Experiment
from linreg.figures import seeds_figure, sweep_figure, sweep_heat_figure
from linreg.formatting import number
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.controls import change_settings, is_kept, offered_settings
from linreg.ui.state.session import Picked
from linreg.ui.work.cache import swept, trained

SEEDS = 8
REGIONS = (
    "**Too slow**: the run has not arrived when its epochs end. **Good**: the training loss, "
    "as the mean of the last {last} epochs, has come down by at least 99 % of what the best "
    "of these {models} models has, and is above the lowest that a line can have by at most a "
    "tenth of a horizontal line's lowest loss. **Oscillates**: it has not, or by chance only, and "
    "the steps go back and forth, around the best line or across the valley of the loss. "
    "**Too high**: the rate is above the best one and this mean ends higher, though not all such "
    "runs go back and forth. **Diverges**: the loss grows without limit. "
)
TAKEN = "A training loss in the charts is taken before each step of its epoch{others}."
OTHERS = ", the other losses after the last one"
CLICK = " Click a point, or move the learning rate's slider, to use a rate."
NOISE_BALL = (
    " Dotted: the *loss in the noise ball*, the mean training loss of a run that jumps back and "
    "forth around the best line. Such a jump is as long as the rate allows, so it grows with the "
    "rate."
)


def rates_section(experiment: Experiment, waiting: DeltaGenerator) -> None:
    """Show the sweep of the present experiment, and which rate it suggests."""
    st.header("What learning rate should I use?", anchor="lr", divider="gray")
    said = st.empty()
    said.markdown(
        f"{len(spread_rates())} models that differ only in their learning rate are trained at "
        f"once, beside your own.{CLICK * (not is_kept('lr'))}"
    )
    place = st.empty()
    try:
        found = swept(replace(experiment, lr=SETTINGS["lr"].default), spread_rates(), waiting)
    except ValueError:
        said.empty()
        place.warning(
            f"{experiment.n_steps:,} steps on {experiment.n_train:,} rows for each of "
            f"{len(spread_rates())} models are too much work for one page. Use fewer epochs, fewer "
            "rows or larger batches."
        )
        return
    present = with_run(found, trained(experiment, waiting))  # the verdict is that of its own run
    use = None if is_kept("lr") else partial(_use_picked, experiment.lr)
    charts("sweep", {"sweep": sweep_figure.drawing(present, experiment.lr)}, on_pick=use)
    last = tail(present.train_loss).shape[-1]
    regions = REGIONS.format(models=len(spread_rates()), last=last) if stretches(present) else ""
    has_others = experiment.n_train < experiment.n_points
    taken = TAKEN.format(others=OTHERS * has_others)
    st.caption(regions + taken + NOISE_BALL * (noise_ball(experiment) is not None))
    charts("heat", {"heat": sweep_heat_figure.drawing(present)}, on_pick=use)
    left, right = st.columns(2, gap="large")
    with left:
        _chosen(present, experiment.lr)
    with right, st.container(key=keys.LUCK):
        _luck(experiment, waiting)


def _use_picked(present: float, picked: Picked) -> None:
    """Use the rate that was clicked; for use in a callback."""
    change_settings({"lr": _as_set(picked.x if picked.chart == "sweep" else picked.y, present)})


def _as_set(rate: float, present: float) -> float:
    """Return a rate of the sweep as the visitor has set it, or as the slider offers it."""
    if np.float32(rate) == np.float32(present):
        return present
    nearest: float = offered_settings()["lr"].nearest(float(rate))
    return nearest


def _chosen(found: Sweep, present: float) -> None:
    """Show which rate each set chooses, the test loss of both, and whether the rate is in use."""
    st.markdown("### Chosen on validation, judged once on test")
    choice = choose(found)
    if not found.experiment.n_test:
        st.markdown("There is no test set to judge the choice on.")
        return
    if found.experiment.n_validation and choice.by_validation is None:
        st.markdown("The validation loss overflows at every rate, so none can be chosen.")
        return
    if choice.by_validation is None:
        st.markdown(
            "There is no validation set. Choosing the rate with the smallest test loss would make "
            "the test set part of the training: this loss is the smallest of many, so it no "
            "longer tells how the model performs on new rows."
        )
        if not (is_kept("validation_fraction") or is_kept("train_fraction")):
            _offer_validation(found.experiment)
        return
    st.markdown(_both_choices(found, choice))
    if lies := region_of_choice(found, choice.by_validation):
        st.caption(lies)
    if not is_kept("lr"):
        _offer_rate(_as_set(found.lr[choice.by_validation], present), present)


def _both_choices(found: Sweep, choice: BestRates) -> str:
    """Return the table of the rates that both sets choose, and which of its losses is honest."""
    lines = ["| chosen on | learning rate | test loss |", "|:--|--:|--:|"]
    for name, index, loss in (
        ("validation", choice.by_validation, choice.test_loss_by_validation),
        ("test (do not)", choice.by_test, choice.test_loss_by_test),
    ):
        if index is not None:
            lines.append(f"| {name} | {found.lr[index]:g} | {number(loss)} |")
    honest = (
        "Both test losses are the same here. In general only the first row is honest: its rate was "
        "chosen without the test set."
        if choice.test_loss_by_validation == choice.test_loss_by_test
        else "The rate chosen on the test set always has the smallest test loss, so this loss is "
        "too optimistic. The first row is the honest one: its rate was chosen without the test set."
    )
    return "\n".join([*lines, "", honest])


def _offer_rate(best: float, present: float) -> None:
    """Offer to use the rate chosen on validation; where it is in use, say so."""
    label = f"Use the rate chosen on validation, {best:g}"
    if best == present:
        label = f"The rate chosen on validation, {best:g}, is in use"
    st.button(
        label,
        key=keys.USE_CHOSEN_RATE,
        on_click=change_settings,
        args=({"lr": best},),
        disabled=best == present,
    )


def _offer_validation(experiment: Experiment) -> None:
    """Offer a validation set; where the training set must give rows to it, say so."""
    fewer = min(experiment.train_fraction, 0.6)
    smaller = fewer < experiment.train_fraction
    st.button(
        "Use a fifth of the rows for validation"
        + (f"; train on a share of {fewer:g} instead of {experiment.train_fraction:g}" * smaller),
        on_click=change_settings,
        args=({"validation_fraction": 0.2, "train_fraction": fewer},),
    )


def _luck(experiment: Experiment, waiting: DeltaGenerator) -> None:
    """Show the same sweep from several seeds, if the visitor asks for it."""
    st.markdown("### What is luck?")
    wanted = st.toggle(
        f"The same sweep from {SEEDS} seeds", key=keys.SEVERAL_SEEDS, persist_state="session"
    )
    if not wanted:
        live_region(keys.LUCK)
        others = ["initial values"]
        others += ["noise"] if experiment.noise and experiment.points is None else []
        others += ["shuffling"] if experiment.shuffle or experiment.n_batches > 1 else []
        told = ", ".join(others[:-1]) + " and " * bool(others[1:]) + others[-1]
        st.caption(f"Each seed gives other {told}; the settings stay.")
        return
    if not is_repeatable(experiment, len(spread_rates()), SEEDS):
        st.warning(
            f"{SEEDS} sweeps of {experiment.n_steps:,} steps on {experiment.n_train:,} rows are "
            "too much work for one page, so none is shown. Use fewer epochs or fewer rows."
        )
        return
    live_region(keys.LUCK, "several seeds")
    first = experiment.seed
    seeds = [(first + i) % (MOST_SEED + 1) for i in range(SEEDS)]
    plain = replace(experiment, lr=SETTINGS["lr"].default)
    sweeps = [swept(replace(plain, seed=seed), spread_rates(), waiting) for seed in seeds]
    charts("seeds", {"seeds": seeds_figure.drawing(sweeps)})
