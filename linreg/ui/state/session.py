"""What one visitor's session remembers besides the values of its controls."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from linreg.board.plan_file import Step
from linreg.core.experiment import Experiment
from linreg.lesson.challenge_checks import Line
from linreg.mistakes.puzzles import MOST_SEED
from linreg.own_data.table import Column, Pairs
from linreg.sharing.pins import Pin
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import sent_by
from linreg.walkthrough.walk import START, Position

STATE = "linreg"  # the key of State; address.py sets it when the session begins


@dataclass(frozen=True, kw_only=True)
class AskedTable:
    """A pasted or uploaded table about which the visitor is asked.

    columns: those that can be chosen, by position; empty if they are known.
    chosen: the positions of the chosen or suggested columns; None if the table has only two.
    readings: a number that may mean two: its text, its value if the dot marks decimals, and its
    value if the comma does; None if nothing is open.
    """

    data: str | bytes
    columns: Mapping[int, Column] = field(default_factory=dict)
    chosen: tuple[int, int] | None = None
    readings: tuple[str, float, float] | None = None


@dataclass
class Hosting:
    """A room that this session leads.

    code, secret: of the room. is_asking: the teacher chooses the next question.
    is_watching: the page shows the class's runs in place of its answers.
    said: why the last step was refused, or "".
    plan: the teacher's own plan, or () for that of the lesson; step: how many of its steps were
    taken; plan_says: what a file of a plan was understood as. is_plan_known: a plan that the room
    had before this session began was brought back. asks_place: names the present question to the
    tab, at which epoch its player is; or "". waits_at: the call that brought the class to a step of
    the plan, until something is asked; or "".
    """

    code: str
    secret: str
    is_asking: bool = False
    is_watching: bool = False
    said: str = ""
    plan: tuple[Step, ...] = ()
    step: int = 0
    plan_says: str = ""
    is_plan_known: bool = False
    asks_place: str = ""
    waits_at: str = ""


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """What the class plan has replaced: values, by field, and the own data with their units."""

    values: Mapping[str, Any]
    points: Pairs | None
    standard: bool
    last_own: tuple[Pairs, bool] | None


@dataclass
class Moves:
    """How the app has moved controls, by their addresses; see moves.py.

    count: how often. to: the values that it gave them last; before: those that they had before, of
    which the browser may still tell. last: the last moves; shown: the time.monotonic() at which a
    run of the whole page had shown them, or that of its end, or infinity; goes_on: that run has
    not ended. were_made_again: since then the browser has not told what its controls show.
    """

    count: int = 0
    to: dict[str, Any] = field(default_factory=dict)
    before: dict[str, set[Any]] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    shown: float = math.inf
    goes_on: bool = False
    were_made_again: bool = False


@dataclass
class State:
    """What a session remembers from one run of a page to the next.

    notices: sentences about the experiment `noticed`, shown until a setting changes.
    wanted: values, by field, that the controls must take; passes: page runs made for that.
    points: own data in place of the line, or None; standard: use them in standard units;
    units_shown: whether their switch is on; units_given: how often something else has set it;
    last_own: the own data before these, which the visitor can use again, and whether they were used
    in standard units.
    pins: runs kept for comparison; last_pinned: the name of the one that was pinned last in this
    session, or "". sought_pins: another text after each press of the button that goes to them.
    done: the keys of the challenges that were met.
    judged: those of them that a run of this session has met; reported: those that were sent to the
    class's room.
    hidden: names of settings and pages that a teacher's link hides; locked: names of settings that
    it locks; fixed: the values of hidden settings, by field.
    mystery, challenge, bug: the token of the shown mystery, the key of the shown challenge and the
    number of the shown bug, for the address.
    by_hand: the last line that was drawn by hand for a challenge, or None.
    open_tab: the tab that is open below the charts, or "" for the first.
    script: the program that was last shown; changes: how it differs from the one before.
    position: where the Loop's walk stands.
    moved: the app has changed values of controls, or which of them are disabled, so the whole page
    must be shown again.
    data_message, data_error: the last message or error about own data.
    asked: a table about which the visitor is asked something before it can be used, or None.
    plain_charts: the stage's scripts do not load, so Streamlit draws the charts.
    moves: what the browser may not know yet of moved controls.
    exact: values, by field, between two stops of a slider or beyond its ends; each is used for as
    long as the slider stands at the nearest stop.
    plan: the number of the shown step of the class plan, or None; before_plan: what the plan has
    replaced, or None if it came with the address.
    told: sentences about what a button could not change, since it is locked, or has replaced; shown
    until a setting of the experiment `told_for` changes; None: the next experiment that is shown.
    opened: the path of the page whose sidebar was shown last, or "".
    lifted: the experiment for which a kept curtain was lifted, or None.
    raised_on: the page on which the curtain was raised last, or "".
    guesses: what the visitor has guessed, in order, by the name of the question.
    room: the code of the class's room that the visitor is in, or "".
    hosting: the room that the visitor leads, or None; host_known: its tab has said which one;
    leads: the address says that the tab has one; last_plan: the teacher's plan of the room before
    that one, or ().
    called_away: the own data that the last call has replaced, or None, and whether they were used
    in standard units.
    going_to: the link of a page whose settings were taken and that is still to be shown, or "".
    sent: the time.monotonic() since when the browser may have an older address; written: the texts
    of controls that it was told last, by address, or {}.
    """

    notices: tuple[str, ...]
    noticed: Experiment
    wanted: Mapping[str, Any]
    passes: int = 0
    points: Pairs | None = None
    standard: bool = False
    last_own: tuple[Pairs, bool] | None = None
    units_shown: bool = False
    units_given: int = 0
    pins: tuple[Pin, ...] = ()
    last_pinned: str = ""
    sought_pins: str = ""
    done: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    mystery: str | None = None
    bug: str | None = None
    challenge: str | None = None
    by_hand: Line | None = None
    open_tab: str = ""
    script: str = ""
    changes: tuple[str, ...] = ()
    position: Position = START
    moved: bool = False
    data_message: str = ""
    data_error: str = ""
    asked: AskedTable | None = None
    plain_charts: bool = False
    moves: Moves = field(default_factory=Moves)
    exact: Mapping[str, Any] = field(default_factory=dict)
    plan: int | None = None
    before_plan: Replaced | None = None
    told: tuple[str, ...] = ()
    told_for: Experiment | None = None
    opened: str = ""
    lifted: Experiment | None = None
    raised_on: str = ""
    guesses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    room: str = ""
    hosting: Hosting | None = None
    last_plan: tuple[Step, ...] = ()
    host_known: bool = False
    leads: bool = False
    called_away: tuple[Pairs | None, bool] = (None, False)
    going_to: str = ""
    sent: float = -math.inf
    written: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Picked:
    """A point that was clicked: the chart's name and the point's coordinates."""

    chart: str
    x: float
    y: float


def session() -> State:
    """Return what this visitor's session remembers."""
    state: State = st.session_state[STATE]
    return state


def picked_point(key: str) -> Picked | None:
    """Return the point that was clicked in the charts with this key; for use in a callback."""
    picked = sent_by(key, "picked")
    return Picked(**picked) if picked else None


def mystery_number() -> int | None:
    """Return the number of the mystery that the bug hunt has shown, or None."""
    number: int | None = st.session_state.get(keys.MYSTERY_NUMBER)
    return number


def fitted_line(key: str) -> Line | None:
    """Return the last line drawn by hand in the charts with this key; for use in a callback."""
    line = sent_by(key, "fitted")
    return Line(**line) if line else None


def next_mystery() -> None:
    """Go on to the next mystery; for use in a callback."""
    number = st.session_state[keys.MYSTERY_NUMBER]
    st.session_state[keys.MYSTERY_NUMBER] = (number + 1) % (MOST_SEED + 1)
