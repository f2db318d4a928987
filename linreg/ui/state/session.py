"""What one visitor's session holds besides its controls: what was wrong, and what to put right.

The address is read, checked and put right once, before any control exists, because Streamlit itself
drops what it cannot use without a word. Later, controls that exclude each other are put right in
a new run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from linreg.core.data import split_order
from linreg.core.experiment import SETTINGS, Experiment
from linreg.formatting import shown
from linreg.lesson.challenges import CHALLENGES, read_done
from linreg.mistakes.puzzles import open_token
from linreg.own_data.browser_copy import OWN
from linreg.own_data.standard_units import Standardised, standardised
from linreg.own_data.table import Pairs
from linreg.sharing.address import cut, read_address, settle, write_address
from linreg.sharing.pins import Pin, read_pins
from linreg.sharing.teacher_links import HIDE, LOCK, read_names
from linreg.ui.state.controls import offered_settings
from linreg.ui.state.own_data_tab import tab
from linreg.ui.state.view import LOOP, OPENING
from linreg.walkthrough.walk import START, Position

STATE = "linreg"
# Names in the address, and of the challenge's control:
PIN = "pin"
DONE = "done"
CHALLENGE = "challenge"
MYSTERY = "mystery"
MESSAGE = "own data message"  # key of what was last said of own data
MOST_PASSES = 2  # a control that will not take a value must not hold up the page


@dataclass
class State:
    """What a session remembers from one run of a page to the next.

    notices: sentences about the experiment `noticed`, shown as long as that is set.
    wanted: values, by field, that the controls must take on; passes: runs made for that.
    points: own data, which take the place of the line; standard: in standard units; last_points:
    those before, to be brought back.
    pins: runs that are kept to be compared. done: the keys of challenges that were met.
    hidden: names of settings and pages that a teacher's link does not show; locked: of settings
    that cannot be changed; fixed: the values of hidden settings, by field.
    mystery, challenge: the token of the mystery and the key of the challenge that are shown, for
    the address.
    script: the program that was last shown; changes: how it differs from the one before.
    place: where the Loop's walk stands.
    moved: controls were given other values by the app, or others may be moved now: all must be
        shown anew.
    """

    notices: tuple[str, ...]
    noticed: Experiment
    wanted: Mapping[str, Any]
    passes: int = 0
    points: Pairs | None = None
    last_points: Pairs | None = None
    standard: bool = False
    pins: tuple[Pin, ...] = ()
    done: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    mystery: str | None = None
    challenge: str | None = None
    script: str = ""
    changes: tuple[str, ...] = ()
    place: Position = START
    moved: bool = False


def read_own_address(pages: Sequence[str]) -> None:
    """Read the address where the session is new; put it right, in a new run, where it is wrong.

    Arguments:
        pages: the paths of all pages, which a link may hide.
    """
    if STATE in st.session_state:
        return
    parameters = {name: st.query_params.get_all(name) for name in st.query_params if name != OWN}
    own = tab()
    pins, pin_sentences = read_pins(parameters.pop(PIN, []), offered_settings())
    names = [setting.address for setting in offered_settings().values()]
    hidden = read_names(parameters.pop(HIDE, []), (*names, *pages))
    locked = read_names(parameters.pop(LOCK, []), names)
    done = read_done("-".join(parameters.pop(DONE, [])))
    _choose_challenge("".join(parameters.pop(CHALLENGE, [])))
    mystery_sentences = _choose_mystery(parameters.pop(MYSTERY, []))
    table = {**offered_settings(), **OPENING, **LOOP}
    reading = read_address(parameters, table)
    experiment, sentences = settle({**_of_the_run(reading.values), "points": own.points})
    notices = [*reading.sentences, *sentences, *_stay_inside(experiment, reading.values)]
    notices += [*pin_sentences, *mystery_sentences, *own.sentences]
    st.session_state[STATE] = State(
        notices=cut(notices),
        noticed=experiment,
        wanted={},
        points=own.points,
        standard=own.standard,
        pins=pins,
        done=done,
        hidden=hidden,
        locked=locked,
        fixed=_hidden_values(experiment, hidden),
    )
    defaults = {name: setting.default for name, setting in table.items()}
    values = {name: _chosen(name, experiment, defaults | reading.values) for name in table}
    written = write_address(values, table)
    if notices or any(parameters.get(name) != [text] for name, text in written.items()):
        st.query_params.from_dict(written)  # what the session keeps is written after each run
        st.rerun()


def _hidden_values(experiment: Experiment, hidden: Sequence[str]) -> dict[str, Any]:
    """Return the values of settings that have no control, by field."""
    return {
        name: getattr(experiment, name)
        for name, setting in offered_settings().items()
        if name in SETTINGS and setting.address in hidden
    }


def _choose_challenge(key: str) -> None:
    if key in {challenge.key for challenge in CHALLENGES}:
        st.session_state[CHALLENGE] = key


def _choose_mystery(tokens: Sequence[str]) -> tuple[str, ...]:
    """Open the bug hunt with the mystery of a link; return a sentence where it holds none."""
    if not tokens:
        return ()
    try:
        _, seed = open_token(tokens[0])
    except ValueError:
        return (f"mystery=`{shown(tokens[0])}` is none; the first one is used.",)
    st.session_state[MYSTERY], st.session_state["hunt"] = seed, "mystery"
    return ()


def _stay_inside(experiment: Experiment, values: dict[str, Any]) -> Iterator[str]:
    """Bring what points into the run back into it; give a sentence for each change."""
    at, epoch, batch = values.get("at"), values.get("epoch", 0), values.get("batch", 0)
    if at is not None and at > experiment.epochs:
        values["at"] = None
        yield f"at={at} is after the last of {experiment.epochs} epochs; the end is shown."
    if epoch >= experiment.epochs:
        values["epoch"] = last = experiment.epochs - 1
        yield f"epoch={epoch} is after the last epoch, {last}; that one is shown."
    if batch >= experiment.n_batches:
        values["batch"] = last = experiment.n_batches - 1
        yield f"in_batch={batch} is after the last batch, {last}; that one is shown."


def hidden_names(known: Sequence[str]) -> tuple[str, ...]:
    """Return what a teacher's link hides; of a new session, what its address says."""
    if STATE in st.session_state:
        return session().hidden
    return read_names(st.query_params.get_all(HIDE), known)


def put_right() -> None:
    """Give the controls the values that the last run found they should have had.

    For use before any control is shown.
    """
    state = session()
    move_controls(state.wanted)
    state.moved = False


def follow_moved_controls() -> None:
    """Run the whole page anew, from here, where controls outside this fragment have moved."""
    if session().moved:
        st.rerun()


def move_controls(values: Mapping[str, Any]) -> None:
    """Give controls other values, by field; for use in a callback."""
    for name, value in values.items():
        st.session_state[offered_settings()[name].address] = value
    session().moved = True


def agree(values: Mapping[str, Any]) -> Experiment:
    """Return the experiment that the controls' `values` ask for.

    Where they exclude each other, the controls are changed too, in a new run that starts here.
    """
    state = session()
    snapped = {name: offered_settings()[name].nearest(value) for name, value in values.items()}
    experiment, sentences = settle({**_of_the_run(snapped), "points": state.points})
    if sentences:
        state.notices, state.noticed = sentences, experiment
    chosen = {name: _chosen(name, experiment, snapped) for name in values}
    state.wanted = {name: value for name, value in chosen.items() if value != values[name]}
    if state.wanted and state.passes < MOST_PASSES:
        state.passes += 1
        st.rerun()
    state.wanted, state.passes = {}, 0
    units = standard_units(experiment)
    return experiment if units is None else replace(experiment, points=units.points)


def standard_units(experiment: Experiment) -> Standardised | None:
    """Return the own data in standard units, for this split; None where that is not asked."""
    state = session()
    if state.points is None or not state.standard:
        return None
    plain = replace(experiment, points=state.points)
    return standardised(state.points, plain.n_train, split_order(plain))


def set_controls(experiment: Experiment) -> None:
    """Give all controls the values of `experiment`; for use in a callback."""
    state = session()
    free = {
        name: setting
        for name, setting in offered_settings().items()
        if name in SETTINGS and setting.address not in (*state.hidden, *state.locked)
    }
    move_controls({name: s.nearest(getattr(experiment, name)) for name, s in free.items()})
    use_points(experiment.points)
    state.standard = False


def use_points(points: Pairs | None) -> None:
    """Put own data in place of the line, or the line back; for use in a callback."""
    state = session()
    if state.points is not None and points != state.points:
        state.last_points = state.points
    state.points = points
    state.moved = True  # with own data the line's controls are idle
    st.session_state.pop(MESSAGE, None)  # it was about other data


def notices(experiment: Experiment) -> tuple[str, ...]:
    """Return what had to be put right for `experiment`; nothing once the user has moved on."""
    state = session()
    if state.noticed != replace(experiment, points=state.points):  # in their own units
        state.notices = ()
    return state.notices


def session() -> State:
    """Return what this visitor's session remembers."""
    state: State = st.session_state[STATE]
    return state


def _of_the_run(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in SETTINGS}


def _chosen(name: str, experiment: Experiment, values: Mapping[str, Any]) -> Any:
    return getattr(experiment, name) if name in SETTINGS else values[name]
