"""The form in which the teacher chooses or writes the class's next question."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from linreg.board.questions import ASKED, LONGEST_TEXT, MOST_OPTIONS, Question
from linreg.board.ready_questions import link_to
from linreg.core.experiment import Experiment
from linreg.ui.state import keys
from linreg.ui.state.hosting import IN_OWN_WORDS

KINDS = {"choice": "options", "number": "a number", "lr": "a learning rate", "epochs": "epochs"}
COUNTDOWNS = (30, 60, 120, 300)  # seconds
OPEN_KEY = "o"
EXACT = "%g"  # a field shows the number that is used; Streamlit's own format has two decimals


def question_form(
    experiment: Experiment,
    ready: Mapping[str, Question],
    open_it: Callable[[Question, int | None], None],
) -> None:
    """Show the form; its button opens the vote.

    Arguments:
        experiment: the present one, for the runs of a setting that the class chooses.
        ready: the questions that can be chosen, by title.
        open_it: a callback that gets the question and the seconds of its countdown.
    """
    chosen = st.selectbox(
        "Question", options=(IN_OWN_WORDS, *ready), key=keys.CLASS_QUESTION, persist_state="session"
    )
    fault = ""
    try:
        question = _own_question(experiment) if chosen == IN_OWN_WORDS else ready[chosen]
    except ValueError as error:
        question, fault = None, str(error)
    if question is not None and chosen != IN_OWN_WORDS:
        _preview(question)
    if question is None:
        st.caption(fault)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seconds = st.segmented_control(
            "Countdown (may stay empty)",
            options=COUNTDOWNS,
            format_func=lambda seconds: f"{seconds} s",
            key=keys.CLASS_SECONDS,
            persist_state="session",
        )
        st.button(
            "Open the vote",
            key=keys.one_of(keys.CLASS_STEP, "open"),
            type="primary",
            icon=":material/how_to_vote:",
            shortcut=OPEN_KEY,
            disabled=question is None,
            on_click=open_it,
            args=(question, seconds),
        )


def _preview(question: Question) -> None:
    """Show the text and the options, without the right one: the projector may show this page."""
    st.text("\n".join([question.text, *(f"• {option}" for option in question.options)]))
    st.caption(
        "*Open the vote* brings the class, and the settings here, to the run that goes with it."
    )


def _own_question(experiment: Experiment) -> Question:
    """Show the fields of a question in the teacher's own words, and return it.

    Raises:
        ValueError: it is not complete; the message says what is missing.
    """
    text = st.text_input(
        "Your question", max_chars=LONGEST_TEXT, key=keys.CLASS_TEXT, persist_state="session"
    )
    kind = st.segmented_control(
        "Answers",
        options=list(KINDS),
        default="choice",
        required=True,
        format_func=lambda kind: KINDS[kind],
        key=keys.CLASS_KIND,
        persist_state="session",
    )
    try:
        if kind in ASKED:
            return _setting(kind, text, experiment)
        return {"choice": _choice, "number": _number}[kind](text)
    except ValueError:
        if text.strip():
            raise
        raise ValueError("Write your question first.") from None


def _setting(name: str, text: str, experiment: Experiment) -> Question:
    if name == "lr":
        own = experiment.points is not None
        st.caption(
            "The runs of the answers have your present settings, apart from this one."
            + " They learn the line, not your own data." * own
        )
    return Question(text=text.strip(), kind="setting", setting=name, link=link_to(experiment))


def _choice(text: str) -> Question:
    lines = st.text_area(
        f"Two to {MOST_OPTIONS} options, one a line",
        key=keys.CLASS_OPTIONS,
        persist_state="session",
    )
    options = tuple(line.strip() for line in lines.splitlines() if line.strip())
    right = st.selectbox(
        "The right one, shown at the end (may stay empty)",
        options=range(len(options)),
        index=None,
        format_func=lambda index: options[index],
        key=keys.CLASS_RIGHT,
    )
    return Question(text=text.strip(), kind="choice", options=options, right=right)


def _number(text: str) -> Question:
    with st.container(horizontal=True):
        number = partial(st.number_input, format=EXACT)
        low = number("From", value=0.0, key=keys.CLASS_LOW, persist_state="session")
        high = number("To", value=100.0, key=keys.CLASS_HIGH, persist_state="session")
        right = number("What is true (may stay empty)", value=None, key=keys.CLASS_RIGHT_NUMBER)
    return Question(text=text.strip(), kind="number", low=low, high=high, right=right)
