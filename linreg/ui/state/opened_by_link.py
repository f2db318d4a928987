"""What a link opens on Challenges and in the bug hunt."""

from collections.abc import Sequence

import streamlit as st

from linreg.formatting import shown
from linreg.lesson.challenges import CHALLENGES, FORMER_KEYS
from linreg.mistakes.catalog import BUGS
from linreg.mistakes.puzzles import open_token
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import came_by_history

ONE_BY_ONE, MYSTERIES = "one by one", "mystery"  # what the bug hunt shows
FIRST_BUG = ("1",)  # is shown where an address has none


def choose_challenge(texts: Sequence[str]) -> tuple[str, ...]:
    """Open the challenges with a link's one; return a sentence where there is no such challenge."""
    try:
        for text in texts[:1]:
            st.session_state[keys.CHALLENGE] = read_challenge(text)
    except ValueError as error:
        return (f"{error}; the first one is shown.",)
    return ()


def choose_mystery(tokens: Sequence[str]) -> tuple[str, ...]:
    """Open the bug hunt with a link's mystery; return a sentence where that is not valid."""
    try:
        for token in tokens[:1]:
            seed = read_mystery(token)
            st.session_state[keys.HUNT], st.session_state[keys.MYSTERY_NUMBER] = MYSTERIES, seed
    except ValueError as error:
        return (f"{error}; none is shown.",)
    return ()


def choose_bug(texts: Sequence[str]) -> tuple[str, ...]:
    """Open the bug hunt with a link's bug; return a sentence where there is no such bug."""
    try:
        for text in texts[:1]:
            mistake = list(BUGS)[read_bug(text) - 1]
            st.session_state[keys.HUNT], st.session_state[keys.MISTAKE] = ONE_BY_ONE, mistake
    except ValueError as error:
        return (f"{error}; the first one is shown.",)
    return ()


def follow_history() -> None:
    """Show the bug, where the browser's Back or Forward leads to no mystery."""
    if came_by_history() and keys.MYSTERY_ADDRESS not in st.query_params:
        choose_bug(st.query_params.get_all(keys.BUG_ADDRESS) or FIRST_BUG)


def read_challenge(text: str) -> str:
    """Return the key of a link's challenge.

    Raises:
        ValueError: there is no such challenge.
    """
    challenge = FORMER_KEYS.get(text, text)
    if challenge not in {each.key for each in CHALLENGES}:
        raise ValueError(f"challenge=`{shown(text)}` is not a challenge")
    return challenge


def read_bug(text: str) -> int:
    """Return the number of a link's bug.

    Raises:
        ValueError: there is no such bug.
    """
    if text not in map(str, range(1, len(BUGS) + 1)):
        raise ValueError(f"bug=`{shown(text)}` is not a bug from 1 to {len(BUGS)}")
    return int(text)


def read_mystery(token: str) -> int:
    """Return the number of a link's mystery.

    Raises:
        ValueError: the token is not valid.
    """
    try:
        return open_token(token)[1]
    except ValueError:
        raise ValueError(f"mystery=`{shown(token)}` is not a valid mystery") from None
