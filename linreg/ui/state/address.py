"""A session's address: read when the session begins, written after each run of a page.

Streamlit drops a value in the address that no widget can use, without a word. So the address is
read, checked and corrected once, before any control exists.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from linreg.board.names import clean_code
from linreg.core.experiment import SETTINGS, Experiment
from linreg.formatting import counted, shown
from linreg.lesson.challenges import read_done, write_done
from linreg.lesson.class_plan import LESSONS, PLAN
from linreg.own_data.browser_copy import OWN
from linreg.settings.kinds import NUMBERS, Setting
from linreg.sharing.address import cut, read_address, settle, write_address
from linreg.sharing.pins import read_pins, write_pin
from linreg.sharing.teacher_links import HIDE, LOCK, read_names, unknown_names
from linreg.ui.state import keys
from linreg.ui.state.controls import (
    between,
    chosen_value,
    offered_settings,
    present_values,
    run_settings,
)
from linreg.ui.state.moves import ON_ITS_WAY
from linreg.ui.state.opened_by_link import choose_bug, choose_challenge, choose_mystery
from linreg.ui.state.own_data import own_mark, tab
from linreg.ui.state.pages import FOR_TEACHERS, PAGES, PATHS, Page
from linreg.ui.state.session import STATE, State, session
from linreg.ui.state.streamlit_internals import (
    came_by_history,
    has_moved_on,
    has_other_texts,
    query_string,
    write_query,
)
from linreg.ui.state.view import LESSON, LOOP, OPENING, VIEW

LONGEST_ADDRESS = 2_000  # characters after the host; every browser and chat accepts these


def read_own_address() -> None:
    """Begin a new session with its address; correct a wrong address, in a new run of the page.

    Later the browser's Back and Forward lead to another step of the plan, or out of it, and to
    another challenge or mystery. Controls follow the address by themselves.
    """
    if STATE in st.session_state:
        if came_by_history():
            session().plan, _ = read_plan(st.query_params.get_all(PLAN))
            choose_challenge(st.query_params.get_all(keys.CHALLENGE_ADDRESS))
            choose_mystery(st.query_params.get_all(keys.MYSTERY_ADDRESS))
            # On its way, Streamlit's page may drop from the address what it has not drawn yet.
            session().sent, session().written = time.monotonic(), {}
        return
    parameters = {name: st.query_params.get_all(name) for name in st.query_params if name != OWN}
    state, values = _read(parameters)
    st.session_state[STATE] = state
    table = _table()
    defaults = {name: setting.default for name, setting in table.items()}
    values = {name: chosen_value(name, state.noticed, defaults | values) for name in table}
    settings = {n: v for n, v in values.items() if n in SETTINGS and SETTINGS[n].address}
    state.exact = between({n: v for n, v in settings.items() if n not in state.fixed})
    values |= {n: offered_settings()[n].nearest(v) for n, v in state.exact.items()}
    written = write_address(values, table)
    differs = any(parameters.get(name) != [text] for name, text in written.items())
    if state.notices or state.exact or differs:  # a slider would stand between two stops
        st.query_params.from_dict(written)  # keep_in_address() adds the rest
        st.rerun()


def _table() -> dict[str, Setting[Any]]:
    return {**offered_settings(), **OPENING, **LOOP, **LESSON}


def _read(parameters: dict[str, list[str]]) -> tuple[State, dict[str, Any]]:
    """Return the session that the address asks for, and the values of its settings, by field.

    What is read of the session alone leaves `parameters`; settings stay in it.
    """
    own = tab()
    pins, pin_sentences = read_pins(parameters.pop(keys.PIN_ADDRESS, []), offered_settings())
    typed = _of_a_typed_room(parameters)
    hidden, locked, name_sentences = _read_hidden_and_locked(parameters)
    done = read_done("-".join(parameters.pop(keys.DONE_ADDRESS, [])))
    room, room_sentences = _read_room(parameters.pop(keys.ROOM_ADDRESS, []))
    leads = bool(parameters.pop(keys.LEADS_ADDRESS, []))
    challenge_sentences = choose_challenge(parameters.pop(keys.CHALLENGE_ADDRESS, []))
    plan, plan_sentences = read_plan(parameters.pop(PLAN, []))
    bug_sentences = choose_bug(parameters.pop(keys.BUG_ADDRESS, []))
    mystery_sentences = choose_mystery(parameters.pop(keys.MYSTERY_ADDRESS, []))
    parameters |= read_exact(parameters.pop(keys.EXACT_ADDRESS, []))
    reading = read_address(parameters, _table())
    experiment, sentences = settle({**run_settings(reading.values), "points": own.points})
    notices = [*reading.sentences, *sentences, *stay_inside(experiment, reading.values)]
    notices += [*pin_sentences, *mystery_sentences, *challenge_sentences, *plan_sentences]
    notices += [*bug_sentences, *own.sentences, *room_sentences, *name_sentences]
    values = {name: setting.default for name, setting in _table().items()} | reading.values
    state = State(
        notices=cut(notices),
        noticed=experiment,
        wanted={},
        points=own.points,
        standard=own.standard,
        pins=pins,
        plan=plan,
        done=done,
        room=room,
        leads=leads,
        hidden=hidden + typed,
        locked=locked,
        fixed={
            name: chosen_value(name, experiment, values)
            for name, setting in offered_settings().items()
            if setting.address in hidden
        },
    )
    return state, reading.values


def _read_hidden_and_locked(
    parameters: dict[str, list[str]],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Take what a teacher's link hides and locks, and sentences on names that are none."""
    names = [setting.address for setting in offered_settings().values()]
    hide, lock = parameters.pop(HIDE, []), parameters.pop(LOCK, [])
    unknown = (*unknown_names(HIDE, hide, (*names, *PATHS)), *unknown_names(LOCK, lock, names))
    return read_names(hide, (*names, *PATHS)), read_names(lock, names), unknown


def _of_a_typed_room(parameters: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the pages that the QR code of a room hides, where somebody typed its address."""
    is_phone = not {HIDE, keys.LEADS_ADDRESS} & parameters.keys()
    return FOR_TEACHERS if is_phone and _read_room(parameters.get(keys.ROOM_ADDRESS, []))[0] else ()


def read_exact(texts: Sequence[str]) -> dict[str, list[str]]:
    """Return the parameters that stand exactly in one, such as lr~0.0123."""
    pairs = [part.partition("~") for text in texts for part in text.split(" ")]
    numbers = {setting.address for setting in SETTINGS.values() if isinstance(setting, NUMBERS)}
    return {name: [value] for name, _, value in pairs if name in numbers}


def read_plan(texts: Sequence[str]) -> tuple[int | None, tuple[str, ...]]:
    """Return the step of the class plan that the address names, and a sentence if it is none."""
    steps = [str(number) for number in range(1, len(LESSONS) + 1)]
    if not texts or texts[0] in steps:
        return (int(texts[0]) if texts else None), ()
    said = f"{PLAN}=`{shown(texts[0])}` is not a step of the class plan, 1 to {len(steps)}"
    return None, (f"{said}; it was ignored.",)


def _read_room(codes: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the code of the class's room, and a sentence where it cannot be one."""
    if not codes:
        return "", ()
    code = clean_code(codes[0])
    if code:
        return code, ()
    said = f"room=`{shown(codes[0])}` is not the code of a room; open the teacher's link again."
    return "", (said,)


def stay_inside(experiment: Experiment, values: dict[str, Any]) -> Iterator[str]:
    """Move positions after the end of the run into it; yield a sentence for each change."""
    at, epoch, batch = values.get("at"), values.get("epoch", 0), values.get("batch", 0)
    if at is not None and at > experiment.epochs:
        values["at"] = None
        yield f"at={at} is after {counted(experiment.epochs, 'epoch')}; the player shows the end."
    if epoch >= experiment.epochs:
        values["epoch"] = last = experiment.epochs - 1
        yield f"epoch={epoch} is after the last epoch, {last}; the Loop shows that one."
    if batch >= experiment.n_batches:
        values["batch"] = last = experiment.n_batches - 1
        yield f"in_batch={batch} is after the last batch, {last}; the Loop shows that one."


def shown_pages() -> tuple[Page, ...]:
    """Return the pages that a teacher's link does not hide; all pages if it hides every one.

    A new session has the link in its address.
    """
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    hidden = (
        session().hidden
        if STATE in st.session_state
        else read_names(given.get(HIDE, []), PATHS) + _of_a_typed_room(given)
    )
    return tuple(page for page in PAGES if page.path not in hidden) or PAGES


def left_out() -> int:
    """Return how many pinned runs are not in the address."""
    return len(session().pins) - len(_pins_that_fit())


def keep_in_address() -> None:
    """Write what the session keeps into the address, where that has changed."""
    state, before = session(), query_string()
    _put(OWN, own_mark(state.points))
    _put(keys.PIN_ADDRESS, *_pins_that_fit())
    _put(keys.DONE_ADDRESS, write_done(state.done))
    _put(keys.CHALLENGE_ADDRESS, state.challenge)
    _put(PLAN, str(state.plan or ""))
    _put(keys.EXACT_ADDRESS, _exact())
    _put(keys.MYSTERY_ADDRESS, state.mystery)
    _put(keys.BUG_ADDRESS, state.bug)
    _put(keys.ROOM_ADDRESS, state.room)
    _put(keys.LEADS_ADDRESS, _leads())
    _put(HIDE, "-".join(state.hidden))
    _put(LOCK, "-".join(state.locked))
    table = {name: offered_settings()[name] for name in state.fixed}
    for address, text in write_address(state.fixed, table).items():
        _put(address, text)  # a hidden setting has no control that writes it
    _go_on_from(before)


def _go_on_from(before: str) -> None:
    """Write the address of the controls again where it may have older values than they have.

    The browser writes a moved slider into it at once, and an address that an earlier run had sent
    meanwhile then brings the old value back.

    Arguments:
        before: the query before this run wrote into it.
    """
    state, now, is_written = session(), time.monotonic(), query_string() != before
    shown = {n: s for n, s in offered_settings().items() if _has_control(n, s.address)}
    values = {name: st.session_state[setting.address] for name, setting in shown.items()}
    texts = write_address(values, shown)
    wanted = {setting.address: texts.get(setting.address) for setting in shown.values()}
    if not is_written and has_moved_on():
        return
    is_late = now - state.sent <= ON_ITS_WAY and wanted != state.written
    if has_other_texts(wanted) or (is_late and not is_written):
        write_query(wanted)
        is_written = True
    if is_written:
        state.sent, state.written = now, wanted


def _has_control(name: str, address: str) -> bool:
    """Return whether a setting has a control on this page; of the view's, whether it is named."""
    if name in VIEW and address not in st.query_params:
        return False
    return address in st.session_state


def _exact() -> str:
    """Return the values at which sliders cannot stand, as one parameter."""
    table, exact = offered_settings(), session().exact
    present = present_values(exact)
    texts = {
        table[name].address: table[name].format(value)
        for name, value in exact.items()
        if present[name] == value
    }
    return " ".join(f"{name}~{text}" for name, text in texts.items())


def _leads() -> str:
    """Return the mark that lets every page ask the tab for its room, without the room's secret."""
    state = session()
    return "1" if state.hosting or (state.leads and not state.host_known) else ""


def _put(name: str, *values: str | None) -> None:
    """Write the values that are not empty into the address; remove the name if there are none."""
    texts = [text for text in values if text]
    if st.query_params.get_all(name) == texts:
        return
    if texts:
        st.query_params[name] = texts
    else:
        del st.query_params[name]


def _pins_that_fit() -> list[str]:
    """Return the pinned runs without own data as texts, as many as an address can hold."""
    others = [(name, text) for name in st.query_params for text in st.query_params.get_all(name)]
    fields = [(name, text) for name, text in others if name != keys.PIN_ADDRESS]
    texts: list[str] = []
    for pin in session().pins:
        longer = [*texts, write_pin(pin)]
        query = urlencode([*fields, *((keys.PIN_ADDRESS, text) for text in longer)])
        if pin.experiment.points is None and len(query) <= LONGEST_ADDRESS:
            texts = longer  # where one is too long, a shorter one may still fit
    return texts
