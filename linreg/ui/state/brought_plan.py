"""A plan of a class that the teacher brings in as a file, with links as a page reads them."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode

import streamlit as st

from linreg.board.plan_file import plan_text, read_plan
from linreg.board.questions import clean_link
from linreg.formatting import counted, shown
from linreg.lesson.class_plan import PLAN
from linreg.own_data.browser_copy import OWN
from linreg.sharing.address import read_address, settle, write_address
from linreg.sharing.teacher_links import HIDE, LOCK
from linreg.ui.state import keys
from linreg.ui.state.address import read_exact, stay_inside
from linreg.ui.state.controls import offered_settings, run_settings
from linreg.ui.state.hosting import IN_OWN_WORDS, choose_question, comes_without
from linreg.ui.state.opened_by_link import read_bug, read_challenge, read_mystery
from linreg.ui.state.pages import FOR_TEACHERS, PATHS
from linreg.ui.state.session import session
from linreg.ui.state.view import LESSON, LOOP, OPENING

TASKS: Mapping[str, Callable[[str], object]] = {
    keys.CHALLENGE_ADDRESS: read_challenge,
    keys.MYSTERY_ADDRESS: read_mystery,
    keys.BUG_ADDRESS: read_bug,
}
# Parameters of one tab alone, which no call brings (linreg/ui/browser/class_follow.js).
OF_A_TAB = (
    *(keys.ROOM_ADDRESS, keys.LEADS_ADDRESS, keys.PIN_ADDRESS, keys.DONE_ADDRESS),
    *(HIDE, LOCK, PLAN, OWN, "call"),
)


def take_plan(keep: Callable[[str], object]) -> None:
    """Use the plan in the file that was brought in, from its first step; for use in a callback.

    Arguments:
        keep: gets the text of a plan that is used.
    """
    hosting, file = session().hosting, st.session_state[keys.CLASS_PLAN_FILE]
    if hosting is None or file is None:
        return
    try:
        text = file.getvalue().decode("utf-8")
        plan = read_plan(text, read_link)
    except UnicodeDecodeError:
        hosting.plan_says = "The file is not a text in UTF-8; the plan is as it was."
    except ValueError as error:
        hosting.plan_says = f"{error} The plan is as it was."
    else:
        hosting.plan = plan
        given = {name for step in read_plan(text) for name in parse_qs(step.link.partition("?")[2])}
        steps = f"{counted(len(hosting.plan), 'step')} of your plan."
        hosting.step, hosting.plan_says = 0, f"{steps} {comes_without(given)}".rstrip()
        keep(plan_text(hosting.plan))
        choose_question(IN_OWN_WORDS)  # the chosen one may be of the plan before


def read_link(text: str) -> str:
    """Return a link of a plan as the page itself writes its address: without defaults.

    Raises:
        ValueError: it has no page of a class, or something that the page would correct.
    """
    path, _, query = clean_link(text).partition("?")
    pages = [page for page in PATHS if page not in FOR_TEACHERS]
    if path not in ("", *pages):
        raise ValueError(f"{shown(path)} is no page of a class. The pages are {', '.join(pages)}.")
    parameters = parse_qs(query, keep_blank_values=True)
    more = [(n, parameters.pop(n)[0]) for n in TASKS if n in parameters]
    for name, task in more:
        try:
            TASKS[name](task)
        except ValueError as error:
            raise ValueError(f"{error}.".replace("`", "")) from None
    parameters |= read_exact(parameters.pop(keys.EXACT_ADDRESS, []))
    table = {**offered_settings(), **OPENING, **LOOP, **LESSON}
    reading = read_address(
        {n: texts for n, texts in parameters.items() if n not in OF_A_TAB}, table
    )
    experiment, sentences = settle(run_settings(reading.values))
    values = {name: setting.default for name, setting in table.items()} | reading.values
    for said in (*reading.sentences, *sentences, *stay_inside(experiment, values)):
        raise ValueError(f"{(said.rpartition(';')[0] or said).replace('`', '').rstrip('.')}.")
    fields = [*write_address(values, table).items(), *more]
    page = "" if path == PATHS[0] else path
    return f"{page}?{urlencode(fields)}" if fields else page
