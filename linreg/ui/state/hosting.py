"""The room that this session leads, and its copy in the teacher's tab.

The tab keeps the room's secret, so that a reload and a new server lead back to the room.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import parse_qs, urlencode

import streamlit as st

from linreg.board.names import clean_code
from linreg.lesson.class_plan import PLAN
from linreg.own_data.browser_copy import OWN, mark_of
from linreg.own_data.table import Pairs
from linreg.sharing.address import read_address, settle
from linreg.sharing.teacher_links import HIDE, LOCK
from linreg.ui.browser.assets import SOURCES, served
from linreg.ui.state import keys
from linreg.ui.state.address import read_exact, read_plan, shown_pages
from linreg.ui.state.controls import (
    is_kept,
    offered_settings,
    present_values,
    run_settings,
    set_controls,
    value_text,
)
from linreg.ui.state.opened_by_link import (
    FIRST_BUG,
    choose_bug,
    choose_challenge,
    choose_mystery,
)
from linreg.ui.state.pages import BUG_HUNT, PATHS
from linreg.ui.state.session import Hosting, session
from linreg.ui.state.streamlit_internals import go_to_page, sent_by
from linreg.ui.state.view import LESSON, LOOP, OPENING, SCREEN, VIEW

# Where a page is opened: these have no control that every page shows.
PLACES = {"at": OPENING["at"], "play": OPENING["play"], **LOOP, **LESSON}
# What a link of one tab may have, but a call brings to no phone.
NOT_BROUGHT = {
    LOCK: "locks",
    HIDE: "hidden controls and pages",
    OWN: "own data (phones show the line)",
}
PLAYER = tuple(PLACES[name].address for name in ("at", "play"))
IN_OWN_WORDS = "In my own words"  # in place of a ready question
_component = st.components.v2.component(
    "linreg_host", js=(SOURCES / "class_host.js").read_text(encoding="utf-8")
)


def remember_room(on_place: Callable[[], None] = lambda: None) -> bool:
    """Keep the room in the teacher's tab; return whether the tab has said which one it had.

    Arguments:
        on_place: a callback for the tab's answer to `ask_place`.
    """
    state = session()
    if not served.is_set():
        state.host_known = True
        return True
    hosting = state.hosting
    kept = "" if hosting is None else f"{hosting.code}.{hosting.secret}"
    data = {"keep": kept} if state.host_known else {}
    if hosting is not None and hosting.asks_place:
        data["place"] = hosting.asks_place
    # Its style takes it out of the page's flow.
    _component(key=keys.CLASS_HOST, data=data, on_found_change=_take, on_place_change=on_place)
    return state.host_known


def as_call(link: str) -> str:
    """Return a link from the page on with the time, so that its place can be called twice."""
    return f"{link}{'&' if '?' in link else '?'}call={time.time_ns()}"


def ask_place(hosting: Hosting) -> bool:
    """Ask the tab at which epoch its player is; return whether there is a tab that can answer."""
    hosting.asks_place = str(time.time_ns()) if served.is_set() else ""
    return served.is_set()


def told_epoch(hosting: Hosting) -> str | None:
    """Return the tab's answer as in an address, "" for the end; None if it answers nothing new.

    For use in a callback.
    """
    told = sent_by(keys.CLASS_HOST, "place")
    if not told or not hosting.asks_place or told.get("asked") != hosting.asks_place:
        return None
    hosting.asks_place = ""
    at = OPENING["at"]
    epoch = read_address({at.address: [str(told.get("at", ""))]}, {"at": at}).values.get("at")
    return "" if epoch is None else str(epoch)


def place_of(path: str, at: str | None = None) -> str:
    """Return the page with its settings as a link from the page on.

    Arguments:
        at: the epoch that the player shows, "" for the end; None if it is not known.
    """
    shown = {setting.address for setting in {**offered_settings(), **PLACES}.values()}
    known = shown | {keys.CHALLENGE_ADDRESS, keys.MYSTERY_ADDRESS, keys.BUG_ADDRESS}
    known.add(keys.EXACT_ADDRESS)
    known -= {SCREEN["large"].address}  # is for the projector alone
    fields = [
        (name, text)
        for name in st.query_params
        if name in known
        for text in st.query_params.get_all(name)
    ]
    if at is not None:
        fields = [field for field in fields if field[0] not in PLAYER]
        fields += [(PLACES["at"].address, at)] if at else []
    page = "" if path == PATHS[0] else path
    return f"{page}?{urlencode(fields)}" if fields else page


def comes_without(parameters: Collection[str] | None = None) -> str:
    """Return a sentence about what no phone gets of links with these parameters; "" for nothing.

    Arguments:
        parameters: their names; None: those of the present page.
    """
    given = st.query_params if parameters is None else parameters
    left = [what for name, what in NOT_BROUGHT.items() if name in given]
    return f"The class comes without: {', '.join(left)}." if left else ""


def take_place(link: str, *, points: Pairs | None = None, is_shown: bool = False) -> None:
    """Use the settings of such a link, and its view, and go there; for use in a callback.

    Arguments are those of `take_settings`.
    """
    take_settings(link, points=points, is_shown=is_shown)
    _take_position(_read(link)[1])
    session().going_to = link


def show_run(link: str) -> None:
    """Show the class's run, of its question or of its step of the plan; for use in a callback.

    The page says which settings of the teacher have made way.
    """
    before, table = present_values(run_settings(offered_settings())), offered_settings()
    take_place(link, is_shown=True)
    after = present_values(before)
    gone = [
        f"{table[name].label} {value_text(name, value)}"
        for name, value in before.items()
        if value != after[name]
    ]
    if gone:
        brought = "*Show the run* has brought back the settings of the class's run. Before:"
        session().told += (f"{brought} {', '.join(gone)}.",)


def take_settings(link: str, *, points: Pairs | None = None, is_shown: bool = False) -> None:
    """Use the settings of such a link, and its view; for use in a callback.

    Arguments:
        points: own data in place of the line.
        is_shown: the run is shown, even if the link has the curtain.
    """
    path, parameters = _read(link)
    parameters |= read_exact(parameters.get(keys.EXACT_ADDRESS, []))
    known = {setting.address for setting in offered_settings().values()}
    given = {name: texts for name, texts in parameters.items() if name in known}
    values = read_address(given, offered_settings()).values
    shown = {**VIEW, "curtain": SCREEN["curtain"]}
    picture = {name: values.get(name, setting.default) for name, setting in shown.items()}
    picture["curtain"] = picture["curtain"] and not is_shown
    set_controls(settle({**run_settings(values), "points": points})[0], picture)
    choose_challenge(parameters.get(keys.CHALLENGE_ADDRESS, []))
    if keys.MYSTERY_ADDRESS in parameters:
        choose_mystery(parameters[keys.MYSTERY_ADDRESS])
    elif path == BUG_HUNT:
        choose_bug(parameters.get(keys.BUG_ADDRESS, FIRST_BUG))
    session().plan, _ = read_plan(parameters.get(PLAN, []))  # a call leads away from a step


def _take_position(parameters: Mapping[str, Sequence[str]]) -> None:
    """Go to the link's line of the Loop or part of the Lesson, where the page has its control.

    The player's epoch has none: it stands in the address, also for a picture that comes later.
    """
    for name in PLAYER:
        st.query_params.pop(name, None)
        if name in parameters:
            st.query_params[name] = parameters[name][0]
    table = {**LOOP, **LESSON}
    known = {setting.address for setting in table.values()}
    values = read_address({n: texts for n, texts in parameters.items() if n in known}, table).values
    for name, setting in table.items():
        if setting.address in st.session_state:
            st.session_state[setting.address] = values.get(name, setting.default)


def go_on(present: str) -> None:
    """Show the page of a link that was taken, unless it is the present one or is hidden."""
    link, session().going_to = session().going_to, ""
    if not link:
        return
    path, parameters = _read(link)
    names = [setting.address for setting in PLACES.values()]
    names += [setting.address for name, setting in VIEW.items() if not is_kept(name)]
    if path != present and path in {page.path for page in shown_pages()}:
        go_to_page(path, **{name: parameters[name][0] for name in names if name in parameters})


def follow_teacher() -> None:
    """Use the settings of the link that the panel asks for; for use in a callback.

    The link back has the mark of the student's own data, which the call has taken away.
    """
    if not (link := sent_by(keys.ROOM_PANEL, "go")):
        return
    state, marks = session(), _read(str(link))[1].get(OWN, [])
    points, standard = state.called_away
    if points is None or mark_of(points) not in marks:
        points, standard = None, False
    if state.points is not None:
        state.called_away = state.points, state.standard
    take_place(str(link), points=points)
    state.standard = standard


def _read(link: str) -> tuple[str, dict[str, list[str]]]:
    path, _, query = link.partition("?")
    return path if path in PATHS else PATHS[0], parse_qs(query)


def choose_question(title: str) -> None:
    """Choose a question in the form by its title; for use in a callback."""
    st.session_state[keys.CLASS_QUESTION] = title


def forget_asked() -> None:
    """Leave the form empty for the next question; for use in a callback.

    A question in the teacher's own words that has not been asked yet stays.
    """
    st.session_state[keys.CLASS_SECONDS] = None
    if st.session_state[keys.CLASS_QUESTION] != IN_OWN_WORDS:
        return
    for key in (keys.CLASS_TEXT, keys.CLASS_OPTIONS):
        st.session_state[key] = ""
    for key in (keys.CLASS_RIGHT, keys.CLASS_RIGHT_NUMBER):
        st.session_state[key] = None


def _take() -> None:
    """Lead the room that the tab has kept; for use in a callback."""
    state, answer = session(), sent_by(keys.CLASS_HOST, "found")
    if not answer or state.host_known:
        return
    state.host_known = True
    code, _, secret = str(answer.get("text", "")).partition(".")
    if clean_code(code) and secret:
        state.hosting = Hosting(code=code, secret=secret)
