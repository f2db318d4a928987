"""How much work several runs are together, so that no page asks for more than a page may take.

Knows nothing of pages.
"""

from collections.abc import Sequence

from linreg.core.experiment import MOST_DEALT, MOST_STEPS, Experiment


def affordable(experiments: Sequence[Experiment]) -> tuple[bool, ...]:
    """Return for each experiment whether it is among those that are trained.

    In their order, each is that for which there is room: together they may take no more steps, and
    deal no more rows into batches, than one run may. An experiment that stands there again takes
    no room: it is trained once.
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
