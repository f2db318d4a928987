"""What `browser/hand.js` needs to judge a line that is drawn by hand."""

from typing import Any

from linreg.core.data import split_data
from linreg.core.experiment import Experiment


def packed_hand(experiment: Experiment, *, judged: bool) -> dict[str, Any]:
    """Return the training rows and the loss, by the names that its script uses.

    judged: the server must know each line.
    """
    data = split_data(experiment)
    return {
        "x": data.X_train.numpy().ravel(),
        "y": data.y_train.numpy().ravel(),
        "loss": experiment.loss,
        "judged": judged,
    }
