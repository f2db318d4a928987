"""Challenges: the visitor predicts, changes settings, and sees whether the goal is met."""

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.lesson.challenges import CHALLENGES, Challenge, judge
from linreg.lesson.printed_pages import results_html
from linreg.settings.choices import Scale
from linreg.ui.parts import report
from linreg.ui.parts.downloads import download
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.stage import stage
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls
from linreg.ui.state.session import session
from linreg.ui.state.view import Epochs, Picture, Window
from linreg.ui.work.cache import trained


def challenges(experiment: Experiment) -> None:
    """Show one challenge, the check of the present run, the run, and the visitor's progress."""
    by_key = {challenge.key: challenge for challenge in CHALLENGES}
    key = st.selectbox(
        f"Challenge ({len(CHALLENGES)} to choose from)",
        options=list(by_key),
        format_func=lambda key: by_key[key].title,
        key=keys.CHALLENGE,
        persist_state="session",
    )
    chosen = by_key[key]
    session().challenge = chosen.key
    predicted = _task(chosen, experiment)
    waiting = st.empty()
    run = trained(experiment, waiting)
    _verdict(chosen, run, predicted)
    with st.container(key=keys.CHALLENGE_RUN):
        stage(run, _PICTURE)
    report.outcome(run)
    _progress()


_PICTURE = Picture(scale=Scale.LOG, shown=Epochs.ALL, window=Window.WHOLE, initial=False)


def _task(chosen: Challenge, present: Experiment) -> int | None:
    """Show the goal and the question; return the index of the predicted option, or None."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"### {chosen.title}\n{chosen.goal}")
        free = ", ".join(SETTINGS[name].label for name in chosen.free)
        st.caption(f"You may change: {free}.")
        started = present == chosen.start
        st.button(
            "These are its first settings" if started else "Start with its settings",
            key=keys.START,
            icon=":material/play_arrow:",
            disabled=started,
            on_click=set_controls,
            args=(chosen.start,),
        )
        for number, hint in enumerate(chosen.hints, start=1):
            with st.expander(
                f"Hint {number}", key=keys.one_of(keys.CHALLENGE_HINT, chosen.key, number)
            ):
                st.markdown(hint)
    with right:
        answer = st.radio(
            f"**Predict first.** {chosen.question}",
            options=chosen.options,
            index=None,
            key=keys.one_of(keys.PREDICTION, chosen.key),
            persist_state="session",
        )
    return None if answer is None else chosen.options.index(answer)


def _verdict(chosen: Challenge, run: Run, predicted: int | None) -> None:
    """After a prediction, show whether the run meets the goal and what it teaches.

    The verdict stays in sight while the page scrolls, since every change of a setting changes it.
    """
    with st.container(key=keys.VERDICT):
        place = st.empty()
        live_region(keys.VERDICT, "" if predicted is None else f"{chosen.key} {predicted}")
    if predicted is None:
        place.info("The check appears after your prediction.", icon=":material/lock:")
        return
    met, says = judge(chosen, run)
    if not met:
        place.warning(f"Not yet. {says}", icon=":material/flag:")
        return
    state = session()
    if chosen.key not in state.done:
        state.done = (*state.done, chosen.key)
    right = chosen.options[chosen.answer]
    said = "You predicted it." if predicted == chosen.answer else f"The answer was: {right}."
    place.success(f"Goal met. {says} {said}", icon=":material/trophy:")
    st.markdown(f"**What it shows.** {chosen.learned}")


def _progress() -> None:
    """Show which challenges are done, and offer the page of results for download."""
    done = session().done
    st.markdown(f"### {len(done)} of {len(CHALLENGES)} done")
    st.progress(len(done) / len(CHALLENGES))
    marks = {True: ":material/check_circle:", False: ":material/radio_button_unchecked:"}
    lines = [f"- {marks[each.key in done]} {each.title}" for each in CHALLENGES]
    st.markdown("\n".join(lines))
    st.caption("The address of this page stores your progress: reload it, or open it elsewhere.")
    name = st.text_input(
        "Your name (only for the page of results)",
        key=keys.NAME_FOR_RESULTS,
        persist_state="session",
    )
    download(
        "linreg_challenges.html",
        lambda: results_html(name, done),
        "Download the page of results to print or send it",
    )
