"""What one visitor's session remembers besides the values of its controls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.mistakes.puzzles import MOST_SEED
from linreg.own_data.table import Pairs
from linreg.sharing.pins import Pin
from linreg.ui.state import keys
from linreg.walkthrough.walk import START, Position

STATE = "linreg"


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
    data_message, data_error: what was last said of own data.
    plain_charts: the stage's scripts do not load, so Streamlit draws the charts.
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
    data_message: str = ""
    data_error: str = ""
    plain_charts: bool = False


@dataclass(frozen=True, kw_only=True)
class Picked:
    """A point of a chart that was clicked: the chart's name and the point's place."""

    chart: str
    x: float
    y: float


def has_begun() -> bool:
    """Return whether the address of this session was already read."""
    return STATE in st.session_state


def begin(state: State) -> None:
    """Let the session start with `state`."""
    st.session_state[STATE] = state


def session() -> State:
    """Return what this visitor's session remembers."""
    state: State = st.session_state[STATE]
    return state


def picked_point(key: str) -> Picked | None:
    """Return the point that was clicked in the charts with this key; for use in a callback."""
    picked = st.session_state[key].picked
    return Picked(**picked) if picked else None


def open_mystery(seed: int) -> None:
    """Let the bug hunt begin with a mystery; for use before its controls are shown."""
    st.session_state[keys.HUNT] = "mystery"
    st.session_state[keys.MYSTERY_NUMBER] = seed


def next_mystery() -> None:
    """Go on to the next mystery; for use in a callback."""
    number = st.session_state[keys.MYSTERY_NUMBER]
    st.session_state[keys.MYSTERY_NUMBER] = (number + 1) % (MOST_SEED + 1)
