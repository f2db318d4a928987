"""Where the walk of the Loop page stands, and the moves of its buttons."""

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.ui.state.session import session
from linreg.ui.state.view import LOOP
from linreg.walkthrough.walk import Moment, Position, moved

EPOCH, BATCH, MOMENT = (LOOP[name].address for name in ("epoch", "batch", "moment"))


def chosen_place(experiment: Experiment) -> Position:
    """Return the place that the controls show, and remember it for the buttons."""
    moment = Moment(st.session_state[MOMENT])
    batch = st.session_state.get(BATCH, 0)
    if moment is Moment.TEST:
        batch = experiment.n_batches - 1
    session().place = place = Position(st.session_state[EPOCH], batch, moment)
    return place


def keep_place_inside(experiment: Experiment) -> None:
    """Bring the place back into a run that is now shorter; the test is after the last batch.

    For use before the controls are shown.
    """
    for key, count in ((EPOCH, experiment.epochs), (BATCH, experiment.n_batches)):
        at_test = key == BATCH and st.session_state.get(MOMENT) == Moment.TEST
        if st.session_state.get(key, 0) >= count or at_test:
            st.session_state[key] = count - 1


def move_lines(experiment: Experiment, lines: int) -> None:
    """Move on by some lines of code, or back; for use in a callback.

    The move starts at the place that was shown last. The controls may still have older values if
    the button was pressed again before the page was shown.
    """
    _go_to(moved(experiment, session().place, lines))


def move_epochs(experiment: Experiment, epochs: int) -> None:
    """Move on by some epochs, or back, in the same way; for use in a callback."""
    place = session().place
    _go_to(place._replace(epoch=min(max(place.epoch + epochs, 0), experiment.epochs - 1)))


def _go_to(place: Position) -> None:
    st.session_state[EPOCH], st.session_state[MOMENT] = place.epoch, place.moment
    st.session_state[BATCH] = place.batch
    session().place = place
