"""A question with choices that comes before the answer, and what the page says after each guess."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.ui.parts.live_region import live_region
from linreg.ui.state import keys
from linreg.ui.state.guesses import guesses, note_guess, settled


def ask(
    name: str,
    question: str,
    options: Sequence[str],
    right: str,
    *,
    hint: str,
    tells: str = "",
    after: Callable[[], None] = lambda: None,
    place: str = keys.ANSWER,
) -> bool:
    """Show a question and, below its choices, what came of the guess; return whether it is settled.

    Arguments:
        name: of the question, unique on all pages.
        right: the right one of the options.
        hint: for a second try, after a wrong first guess.
        tells: what else is said when the question is settled.
        after: called in the callback of the guess that settles it.
        place: the key of the place of the answer; a page's own question has the usual one.
    """

    def note() -> None:
        note_guess(name)
        if settled(name, right, options):
            after()

    chosen = st.radio(
        question,
        options=options,
        index=None,
        key=keys.one_of(keys.GUESS, name),
        persist_state="session",
        on_change=note,
    )
    if chosen is not None and not guesses(name):
        note_guess(name)  # a new server knows of it only by what the browser still shows
    with st.container(key=place):
        said(st.empty(), name, options, right, hint=hint, tells=tells)
        live_region(place, " ".join(guesses(name)))
    return settled(name, right, options)


def said(
    place: DeltaGenerator, name: str, options: Sequence[str], right: str, *, hint: str, tells: str
) -> None:
    """Show in `place` what came of the guesses; arguments as for `ask`."""
    if not guesses(name):
        place.info("The answer appears here after your guess.", icon=":material/lock:")
    elif settled(name, right, options):
        told(place, name, right, tells=tells)
    else:
        place.warning(f"Not that one. {hint} Guess once more.", icon=":material/lightbulb:")


def told(place: DeltaGenerator, name: str, right: str, *, tells: str) -> None:
    """Show in `place` the answer, whether a try is left or not; arguments as for `ask`."""
    if guesses(name)[-1] == right:  # the choice that the question shows
        place.success(f"Right. {tells}".rstrip(), icon=":material/check:")
    else:
        answer = f"The right answer is: {right.removesuffix('.')}."
        place.warning(f"Not correct. {answer} {tells}".rstrip(), icon=":material/close:")
