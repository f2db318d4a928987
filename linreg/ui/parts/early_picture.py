"""The picture of a run before its page: the browser asks for it as soon as a slider is let go.

Streamlit sends and renders a page, and the charts wait for that. So the browser also fetches what
the stage will get, and draws it at once. When the page brings the same bytes, they are there.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from linreg.core.experiment import SETTINGS, Experiment
from linreg.engines.replay import can_be_replayed
from linreg.sharing.address import address_of, read_address, settle, write_address
from linreg.ui.parts.preview import FOLLOWED
from linreg.ui.state.view import VIEW, Picture

JUDGED = "judged"  # the parameter of a stage whose lines by hand the server must know
MOST_STEPS = 1_000  # of a run that takes some hundredths of a second
MOST_STEPS_OF_A_LOOP = 200  # likewise, where each step is a call from Python
MOST_WORK = 500_000  # steps times rows


def packed_early(experiment: Experiment, picture: Picture, *, judged: bool) -> dict[str, Any]:
    """Return how the browser asks for the picture of other settings, as its script uses it.

    query: asks for the present picture. names: the parameter of each slider, by its label.
    """
    parameters = address_of(experiment) | write_address(vars(picture), VIEW)
    return {
        "query": urlencode(parameters | ({JUDGED: "1"} if judged else {})),
        "names": {SETTINGS[name].label: SETTINGS[name].address for name in FOLLOWED},
    }


def read_early(
    parameters: Mapping[str, Sequence[str]],
) -> tuple[Experiment, Picture, bool] | None:
    """Return what such a query asks for; None where it is wrong, or takes long to train."""
    given = {name: texts for name, texts in parameters.items() if name != JUDGED}
    reading = read_address(given, {**SETTINGS, **VIEW})
    values: dict[str, Any] = {name: setting.default for name, setting in VIEW.items()}
    values |= reading.values
    picture = Picture(**{name: values.pop(name) for name in VIEW})
    experiment, sentences = settle(values)
    if reading.sentences or sentences or not _is_short(experiment):
        return None
    return experiment, picture, JUDGED in parameters


def _is_short(experiment: Experiment) -> bool:
    steps = experiment.n_steps
    here = experiment.device == SETTINGS["device"].default
    most = MOST_STEPS if can_be_replayed(experiment) else MOST_STEPS_OF_A_LOOP
    return here and steps <= most and steps * experiment.n_train <= MOST_WORK
