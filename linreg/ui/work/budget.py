"""The limit on the work of several runs together on one page."""

from collections.abc import Sequence

from linreg.core.experiment import MOST_DEALT, MOST_STEPS, Experiment


def affordable(experiments: Sequence[Experiment]) -> tuple[bool, ...]:
    """Return for each experiment whether it is trained.

    Experiments are accepted in order while the total fits the limit of one run, for steps and for
    rows dealt into batches. A repeated experiment is trained once and counts once.
    """
    steps, dealt = MOST_STEPS, MOST_DEALT
    taken: dict[Experiment, bool] = {}
    for experiment in experiments:
        if experiment in taken:
            continue
        fits = experiment.n_steps <= steps and experiment.n_dealt <= dealt
        taken[experiment] = fits
        if fits:
            steps, dealt = steps - experiment.n_steps, dealt - experiment.n_dealt
    return tuple(taken[experiment] for experiment in experiments)
