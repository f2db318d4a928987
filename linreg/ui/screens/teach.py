"""Teach: the plan of a class of 45 minutes, a builder of links, and the keyboard shortcuts."""

from collections.abc import Collection

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.formatting import counted, literal
from linreg.lesson.challenge_ways import can_be_met
from linreg.lesson.challenges import CHALLENGES, Challenge
from linreg.lesson.class_plan import CONNECTING, LESSONS, MINUTES, PLAN, Lesson
from linreg.lesson.printed_pages import answer_text, guide_html
from linreg.mistakes.puzzles import MOST_SEED, mystery, mystery_token
from linreg.sharing.address import write_address
from linreg.sharing.teacher_links import iframe, write_link
from linreg.ui.parts.app_address import app_address, local_only, qr_code
from linreg.ui.parts.downloads import download
from linreg.ui.parts.plan_bar import go_to_step
from linreg.ui.state import keys
from linreg.ui.state.controls import offered_settings, shown_values
from linreg.ui.state.guesses import shown_challenge
from linreg.ui.state.pages import FOR_TEACHERS, PAGES, TUNE
from linreg.ui.state.session import mystery_number
from linreg.ui.state.view import VIEW

TITLES = {"" if page is PAGES[0] else page.path: page.title for page in PAGES}  # by path in a link
PLAYERS = ("", "challenges")  # the pages that have one
SHORTCUTS = (
    ("Playground, player", "← → ↑ ↓", "one epoch back or forward"),
    ("Playground, player", "Page up, Page down", "a tenth of the run forward or back"),
    ("Playground, player", "Home, End", "to before the first epoch, to after the last"),
    ("Playground, player", "Space", "play or pause"),
    ("Playground", "← → Space", "the same while no control has the focus"),
    ("Loop", "N, B", "one line forward, one line back"),
    ("Loop", "Shift + N, Shift + B", "one epoch forward, one epoch back"),
    ("Lesson", "N, B", "one part forward, one part back"),
    ("Class", "O, Q, W", "open a room or the vote, ask a question, watch the runs"),
    ("Class", "X, V, S, G", "close the vote, vote again, show the answers, show the run"),
    ("every page of a class, in a room", "H", "bring the class here"),
    ("everywhere, in a room", "L, U", "let the class go, pause it"),
    ("Class", "N", "the next step of the plan: everybody goes there, its question is chosen"),
    ("everywhere, in a room", "K", "back to the page Class"),
    ("any slider", "← →", "one value down, one value up"),
    ("everywhere", "Tab, Enter", "go to the next control, press it"),
    (
        "everywhere",
        "P",
        "present this page: no menu, large type, the picture fills the window; P or Esc ends it",
    ),
)


def teach(experiment: Experiment) -> None:
    """Show the plan of a class, the builder of links, and the keyboard shortcuts."""
    base = app_address("teach")
    _plan(base)
    _builder(base, experiment)
    _shortcuts()


def _plan(base: str) -> None:
    st.header(f"A class of {MINUTES} minutes", anchor="plan", divider="gray")
    links = tuple(
        write_link(
            base, lesson.experiment, page=lesson.page, view=dict(lesson.view) | {PLAN: str(number)}
        )
        for number, lesson in enumerate(LESSONS, start=1)
    )
    download(
        "linreg_teachers_guide.html",
        lambda: guide_html(base, links, local_only(base)),
        "Download the teacher's guide to print it",
        icon=":material/print:",
    )
    st.markdown(f"The first {CONNECTING} minutes: everybody opens the link or the QR code below.")
    for number, lesson in enumerate(LESSONS, start=1):
        _lesson(number, lesson)


def _lesson(number: int, lesson: Lesson) -> None:
    with st.expander(
        f"{number}. {lesson.title} ({lesson.minutes} min)", key=keys.one_of(keys.PLAN, number)
    ):
        options = "".join(f"\n- {option}" for option in lesson.options)
        st.markdown(f"{lesson.says}\n\n**Ask.** {lesson.question}\n{options}")
        with st.container(horizontal=True):
            with st.popover("Answer", icon=":material/key:"):
                st.markdown(literal(answer_text(lesson)))
            go_to_step(f"Go to it on {TITLES[lesson.page]}", "arrow_forward", number)


def _builder(base: str, experiment: Experiment) -> None:
    st.header("A link for the class", anchor="link", divider="gray")
    st.markdown(
        "The link opens the app with your present settings; a link to a challenge has those of the "
        "challenge. Hidden and locked controls help a class to stay together. They are no "
        "protection: anybody can change the address."
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        link = _chosen_link(base, experiment)
    with right:
        st.image(
            qr_code(link),
            width=260,
            caption="Point a phone's camera at it.",
            alt="QR code of the link below",
        )
        if st.button("Fill the screen with it", key=keys.SHOW_QR, icon=":material/qr_code_2:"):
            _fill_the_screen(link)
    st.caption("The link")
    st.code(link, language=None, wrap_lines=True)
    st.caption("HTML to show the app inside another page")
    st.code(iframe(link), language="html", wrap_lines=True)
    if base.startswith("http:"):
        st.caption(
            "Browsers do not show it inside a page that is served over https, since its own "
            "address begins with http. HOSTING.md says how to get https."
        )
    if local_only(base):
        st.info(local_only(base))


def _chosen_link(base: str, experiment: Experiment) -> str:
    """Show the options of a link, and return the link with the chosen ones."""
    page = st.selectbox(
        "Start page",
        options=[path for path in TITLES if path not in FOR_TEACHERS],
        format_func=lambda path: TITLES[path],
        key=keys.LINK_PAGE,
        persist_state="session",
    )
    view = _picture() | _player(page) | _view() | _mystery(page)
    challenge = _challenge(page)
    if challenge is not None:
        experiment, view = challenge.start, view | {keys.CHALLENGE_ADDRESS: challenge.key}
    if int(view.get("at", 0)) > experiment.epochs:
        del view["at"]
        st.info(f"This run ends after {counted(experiment.epochs, 'epoch')}: it starts there.")
    if experiment.points is not None:
        st.info("Own data are too long for a link: it opens with the line instead.")
    names = {setting.address: setting.label for setting in offered_settings().values()}
    others = {path: title for path, title in TITLES.items() if path not in ("", page)}
    hidden = _several("Hide controls", names, keys.LINK_HIDE)
    pages = _several("Hide pages", others, keys.LINK_PAGES)
    left = {name: label for name, label in names.items() if name not in hidden}
    locked = _several("Lock controls", left, keys.LINK_LOCK)
    if challenge is not None and _out_of_reach(challenge, (*hidden, *pages, *locked)):
        st.warning("With these controls or pages hidden or locked, the goal is out of reach.")
    return write_link(base, experiment, page=page, view=view, hide=(*hidden, *pages), lock=locked)


def _player(page: str) -> dict[str, str]:
    """Where the link opens a page with a player, offer what it does at first; return parameters."""
    if page not in PLAYERS:
        return {}
    at = st.number_input(
        "Start after this number of epochs (empty: after the last)",
        min_value=0,
        max_value=SETTINGS["epochs"].stops[-1],
        value=None,
        step=1,
        key=keys.LINK_AT,
        persist_state="session",
    )
    view = {} if at is None else {"at": str(at)}
    if st.toggle("Play at once", key=keys.LINK_PLAY, persist_state="session"):
        view["play"] = "true"
    return view


def _view() -> dict[str, str]:
    """Show how any page can open, and return the choices as parameters of its address."""
    view: dict[str, str] = {}
    with st.container(horizontal=True):
        if st.toggle("Large type, for a projector", key=keys.LINK_LARGE, persist_state="session"):
            view["large"] = "true"
        if st.toggle("Curtain: predict first", key=keys.LINK_CURTAIN, persist_state="session"):
            view["curtain"] = "true"
        if st.toggle("Present", key=keys.LINK_PRESENT, persist_state="session"):
            view["present"] = "true"
    return view


def _mystery(page: str) -> dict[str, str]:
    """Where the link opens the bug hunt, offer one of its mysteries; return it as a parameter."""
    if page != "bug_hunt":
        return {}
    seed = st.number_input(
        "Mystery number (empty: bugs one by one)",
        min_value=0,
        max_value=MOST_SEED,
        value=mystery_number(),
        step=1,
        key=keys.LINK_MYSTERY,
        persist_state="session",
    )
    return {} if seed is None else {keys.MYSTERY_ADDRESS: mystery_token(mystery(seed), seed)}


def _challenge(page: str) -> Challenge | None:
    """Where the link opens the challenges, offer them; return the chosen one."""
    if page != "challenges":
        return None
    chosen: Challenge = st.selectbox(
        "Challenge",
        options=list(CHALLENGES),
        index=list(CHALLENGES).index(shown_challenge()),
        format_func=lambda challenge: challenge.title,
        key=keys.LINK_CHALLENGE,
        persist_state="session",
    )
    return chosen


def _out_of_reach(challenge: Challenge, kept: Collection[str]) -> bool:
    """Return whether no way to the goal is left without what a link hides or locks.

    Arguments:
        kept: names of controls in an address, and paths of pages.
    """
    table = offered_settings()
    names = [n for n in challenge.free if (TUNE if n == "points" else table[n].address) in kept]
    return not can_be_met(challenge, {name: getattr(challenge.start, name) for name in names})


def _picture() -> dict[str, str]:
    """Return how the charts are shown at present, as parameters of an address."""
    return write_address(shown_values(VIEW), VIEW)


def _several(label: str, offered: dict[str, str], key: str) -> tuple[str, ...]:
    """Offer things by their titles, and return the names of the chosen ones."""
    return tuple(
        st.multiselect(
            label,
            options=list(offered),
            format_func=lambda name: offered[name],
            key=key,
            persist_state="session",
        )
    )


@st.dialog("Point a phone's camera at it", width="large")
def _fill_the_screen(link: str) -> None:
    """Show the link's QR code and the link as large as the window."""
    with st.container(key=keys.LARGE_QR):
        st.image(qr_code(link), alt="QR code of the link below")
        st.text(link)


def _shortcuts() -> None:
    st.header("Keys", anchor="keys", divider="gray")
    lines = ["| where | keys | what they do |", "|:--|:--|:--|"]
    lines += [f"| {where} | {keys} | {what} |" for where, keys, what in SHORTCUTS]
    st.markdown("\n".join(lines))
