"""What a link opens on Challenges and in the bug hunt."""

from collections.abc import Sequence

import streamlit as st

from linreg.formatting import shown
from linreg.lesson.challenges import CHALLENGES, FORMER_KEYS
from linreg.mistakes.puzzles import open_token
from linreg.ui.state import keys


def choose_challenge(texts: Sequence[str]) -> tuple[str, ...]:
    """Open the challenges with a link's one; return a sentence where there is no such challenge."""
    if not texts:
        return ()
    challenge = FORMER_KEYS.get(texts[0], texts[0])
    if challenge not in {each.key for each in CHALLENGES}:
        return (f"challenge=`{shown(texts[0])}` is not a challenge; the first one is shown.",)
    st.session_state[keys.CHALLENGE] = challenge
    return ()


def choose_mystery(tokens: Sequence[str]) -> tuple[str, ...]:
    """Open the bug hunt with a link's mystery; return a sentence where that is not valid."""
    if not tokens:
        return ()
    try:
        _, seed = open_token(tokens[0])
    except ValueError:
        return (f"mystery=`{shown(tokens[0])}` is not a valid mystery; the first one is shown.",)
    st.session_state[keys.HUNT], st.session_state[keys.MYSTERY_NUMBER] = "mystery", seed
    return ()
