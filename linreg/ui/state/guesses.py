"""What a visitor has guessed: a wrong first guess gets a hint and another try before all is told.

The name of a question is its key everywhere: of its radio, and of its guesses in the session.
"""

from collections.abc import Sequence

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.lesson.challenges import CHALLENGES, Challenge
from linreg.ui.state import keys
from linreg.ui.state.controls import is_kept, move_controls, set_controls, shown_value
from linreg.ui.state.session import session

TRIES = 2


def guesses(name: str) -> tuple[str, ...]:
    """Return what has been guessed for a question, in order."""
    return session().guesses.get(name, ())


def note_guess(name: str) -> None:
    """Remember the option that the question's radio shows; for use in a callback."""
    chosen = st.session_state[keys.one_of(keys.GUESS, name)]
    if chosen is not None:
        session().guesses[name] = (*guesses(name), str(chosen))


def forget_guesses(name: str) -> None:
    """Let a question be asked again; for use in a callback."""
    session().guesses.pop(name, None)
    st.session_state[keys.one_of(keys.GUESS, name)] = None


def settled(name: str, right: str, options: Sequence[str]) -> bool:
    """Return whether the answer may be told: it was guessed, or no try is left.

    Of two options, a wrong guess leaves only one, so there is no second try.
    """
    tries = guesses(name)
    return right in tries or len(tries) >= min(TRIES, len(options) - 1)


def prediction_of(challenge: str) -> str:
    """Return the name of the question of a challenge, by its key."""
    return f"challenge {challenge}"


def is_open(challenge: Challenge) -> bool:
    """Return whether the question of a challenge is not settled yet."""
    right = challenge.options[challenge.answer]
    return not settled(prediction_of(challenge.key), right, challenge.options)


def shown_challenge() -> Challenge:
    """Return the challenge that its page shows."""
    key = st.session_state.get(keys.CHALLENGE)
    return next((each for each in CHALLENGES if each.key == key), CHALLENGES[0])


def open_challenge(experiment: Experiment) -> Challenge | None:
    """Return the challenge that its page has shown, if its question about this run is open."""
    shown = shown_challenge() if keys.CHALLENGE in st.session_state else None
    return shown if shown and shown.start == experiment and is_open(shown) else None


def begin(challenge: Challenge) -> None:
    """Use a challenge's first settings; for use in a callback.

    The curtain hides the run until its question is settled, or until somebody raises it.
    """
    if not is_open(challenge):
        set_controls(challenge.start)
        return
    session().lifted = None
    set_controls(challenge.start, {"curtain": True})


def go_to_next(challenge: Challenge) -> None:
    """Go to the next challenge that is not done, and begin it; for use in a callback."""
    place = CHALLENGES.index(challenge)
    others = (*CHALLENGES[place + 1 :], *CHALLENGES[:place])
    following = next((each for each in others if each.key not in session().done), others[0])
    st.session_state[keys.CHALLENGE] = following.key
    begin(following)


def curtain_is_down(experiment: Experiment) -> bool:
    """Return whether what the run of `experiment` does is hidden at present."""
    return bool(shown_value("curtain")) and session().lifted != experiment


def raise_curtain(experiment: Experiment) -> None:
    """Show the whole run; for use in a callback.

    A curtain that a teacher's link keeps is raised for this run only.
    """
    state = session()
    if not curtain_is_down(experiment):
        return
    if is_kept("curtain"):
        state.lifted, state.moved = experiment, True
    else:
        move_controls({"curtain": False})


def play_the_run(experiment: Experiment) -> None:
    """Show the run, and play it from where the address says or its start; for use in a callback."""
    raise_curtain(experiment)
    st.query_params.setdefault("at", "0")
    st.query_params["play"] = "true"
