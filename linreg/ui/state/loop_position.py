"""The position of the Loop page's walk: epoch, batch and line, and the moves of the buttons."""

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.ui.state.session import session
from linreg.ui.state.view import LOOP
from linreg.walkthrough.walk import Moment, Position, moved

EPOCH, BATCH, MOMENT = (LOOP[name].address for name in ("epoch", "batch", "moment"))


def chosen_position(experiment: Experiment) -> Position:
    """Return the position that the controls show, and remember it for the buttons."""
    moment = Moment(st.session_state[MOMENT])
    batch = st.session_state.get(BATCH, 0)
    if moment is Moment.TEST:
        batch = experiment.n_batches - 1
    session().position = position = Position(st.session_state[EPOCH], batch, moment)
    return position


def keep_position_inside(experiment: Experiment) -> None:
    """Move the position into the run where it is outside; the test follows the last batch.

    For use before the controls are shown.
    """
    for key, count in ((EPOCH, experiment.epochs), (BATCH, experiment.n_batches)):
        at_test = key == BATCH and st.session_state.get(MOMENT) == Moment.TEST
        if st.session_state.get(key, 0) >= count or at_test:
            st.session_state[key] = count - 1


def move_lines(experiment: Experiment, lines: int) -> None:
    """Move by some lines of code, back where negative; for use in a callback.

    The move starts at the position that was shown last. The controls still send older values when
    a button is pressed again before the page is shown.
    """
    _go_to(moved(experiment, session().position, lines))


def move_epochs(experiment: Experiment, epochs: int) -> None:
    """Move by some epochs, back where negative, in the same way; for use in a callback."""
    position = session().position
    last = experiment.epochs - 1
    _go_to(position._replace(epoch=min(max(position.epoch + epochs, 0), last)))


def _go_to(position: Position) -> None:
    st.session_state[EPOCH], st.session_state[MOMENT] = position.epoch, position.moment
    st.session_state[BATCH] = position.batch
    session().position = position
