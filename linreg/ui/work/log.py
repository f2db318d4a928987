"""Log lines about the server's work: settings and times, and nothing about the visitor."""

from urllib.parse import urlencode

from streamlit.logger import get_logger

from linreg.core.experiment import Experiment
from linreg.sharing.address import address_of

LOG = get_logger("linreg")


def log_work(name: str, experiment: Experiment, seconds: float, computed: bool) -> None:
    """Log one line at INFO for work that a page asked for.

    Arguments:
        name: of the work. experiment: its settings; own data are logged as a number of points only.
        seconds: from request to result, waiting included.
        computed: whether this session computed it; otherwise it came from another or the cache.
    """
    LOG.info(
        "%s: %s on %s, %.1f ms, %s",
        name,
        _settings(experiment),
        experiment.device,
        seconds * 1e3,
        "computed" if computed else "cached",
    )


def log_failure(name: str, experiment: Experiment) -> None:
    """Log the present error with its traceback, which no page shows."""
    LOG.exception("%s: %s on %s failed", name, _settings(experiment), experiment.device)


def _settings(experiment: Experiment) -> str:
    settings = urlencode(address_of(experiment)) or "defaults"
    own = f" with {experiment.n_points} own points" if experiment.points is not None else ""
    return settings + own
