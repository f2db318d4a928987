"""Challenges: the visitor predicts, changes settings, and sees whether the goal is met."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import streamlit as st

from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.lesson.challenge_checks import Line
from linreg.lesson.challenge_ways import can_be_met
from linreg.lesson.challenges import CHALLENGES, Challenge, judge
from linreg.lesson.printed_pages import results_html
from linreg.settings.choices import Scale
from linreg.sharing.pins import differing
from linreg.ui.parts import report
from linreg.ui.parts.curtain import hidden_run
from linreg.ui.parts.downloads import download
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.question import ask
from linreg.ui.parts.room_solved import count_solved
from linreg.ui.parts.stage import stage
from linreg.ui.state import keys
from linreg.ui.state.controls import is_kept, offered_settings
from linreg.ui.state.guesses import begin, go_to_next, prediction_of, raise_curtain
from linreg.ui.state.pages import PAGES, TUNE
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
    _verdict(chosen, run, predicted=predicted)
    with st.container(key=keys.CHALLENGE_RUN):
        if predicted and chosen.by_hand is not None:
            stage(run, replace(_PICTURE, hand=True), on_fit=_keep_line)
        elif predicted:
            stage(run, _PICTURE)
        else:
            hidden_run(experiment)
    if predicted:
        report.outcome(run)
    _progress()


_PICTURE = Picture(
    scale=Scale.LOG, shown=Epochs.ALL, window=Window.WHOLE, initial=False, hand=False
)


def _keep_line(line: Line) -> None:
    session().by_hand = line


def _task(chosen: Challenge, present: Experiment) -> bool:
    """Show the goal and the question; return whether the question is settled."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"### {chosen.title}\n{chosen.goal}")
        st.caption(_rules(chosen, present))
        started = present == chosen.start
        st.button(
            "These are its first settings" if started else "Start with its settings",
            key=keys.START,
            icon=":material/play_arrow:",
            disabled=started,
            on_click=begin,
            args=(chosen,),
        )
        for number, hint in enumerate(chosen.hints, start=1):
            with st.expander(
                f"Hint {number}", key=keys.one_of(keys.CHALLENGE_HINT, chosen.key, number)
            ):
                st.markdown(hint.text)
                if kept := _said_of(hint.names):
                    st.caption(f"{kept}.")
    with right:
        return ask(
            prediction_of(chosen.key),
            f"**Predict first.** {chosen.question}",
            chosen.options,
            chosen.options[chosen.answer],
            hint=chosen.clue,
            after=partial(raise_curtain, present),
        )


def _rules(chosen: Challenge, present: Experiment) -> str:
    """Return which settings may be changed, and which of them a teacher's link keeps.

    Where that keeps the goal out of reach, it says so instead.
    """
    kept = _kept_free(chosen)
    if out := _kept(chosen, present, met=False):
        return _out_of_reach(out)
    free = ", ".join(SETTINGS[name].label for name in chosen.free if name not in kept)
    rules = f"You may change: {free}." if free else "Change no setting."
    return f"{rules} {_said_of(kept)}." if kept else rules


def _out_of_reach(kept: Iterable[str]) -> str:
    why = _said_of(kept)
    return f"This challenge cannot be met here: {why[0].lower()}{why[1:]}."


def _kept_free(chosen: Challenge) -> tuple[str, ...]:
    """Return what may be changed but cannot; own data are entered on a page that may be hidden."""
    hides_data = TUNE in session().hidden
    return tuple(n for n in chosen.free if (hides_data if n == "points" else is_kept(n)))


def _said_of(names: Iterable[str]) -> str:
    """Return what a teacher's link does to these settings and pages; "" for nothing.

    Arguments:
        names: fields, and paths of pages.
    """
    table, hidden = offered_settings(), session().hidden
    kept = ", ".join(table[name].label for name in names if is_kept(name))
    of_pages = {TUNE if name == "points" else name for name in names} & {*hidden}
    pages = ", ".join(f"*{page.title}*" for page in PAGES if page.path in of_pages)
    does = [*([f"keeps {kept}"] if kept else []), *([f"hides {pages}"] if pages else [])]
    return f"The link of this page {' and '.join(does)}" if does else ""


def _verdict(chosen: Challenge, run: Run, *, predicted: bool) -> None:
    """After a prediction, show whether the run meets the goal and what it teaches.

    The verdict stays in sight while the page scrolls, since every change of a setting changes it.
    """
    with st.container(key=keys.VERDICT):
        place = st.empty()
        live_region(keys.VERDICT, chosen.key if predicted else "")
    if not predicted:
        place.info("The check and the run appear after your prediction.", icon=":material/lock:")
        return
    met, says = judge(chosen, run, session().by_hand)
    kept = _kept(chosen, run.experiment, met=met)
    if kept:
        place.warning(_out_of_reach(kept), icon=":material/lock:")
        return
    if not met:
        place.warning(f"Not yet. {says}", icon=":material/flag:")
        return
    state = session()
    if chosen.key not in state.done:
        state.done = (*state.done, chosen.key)
    if chosen.key not in state.judged:
        state.judged = (*state.judged, chosen.key)
    count_solved()
    place.success(f"Goal met. {says}", icon=":material/trophy:")
    st.markdown(f"**What it shows.** {chosen.learned}")
    st.button(
        "Next challenge", icon=":material/arrow_forward:", on_click=go_to_next, args=(chosen,)
    )


def _kept(chosen: Challenge, present: Experiment, *, met: bool) -> tuple[str, ...]:
    """Return the settings with which a teacher's link keeps the goal from being met, if it does.

    They are other than at the start, or no way to the goal has their values. The ways are those
    that are known: who has met the goal here has found another.
    """
    changed = [n for n in differing([chosen.start, present]) if n not in chosen.free and is_kept(n)]
    kept = {name: getattr(present, name) for name in _kept_free(chosen)}
    if met or chosen.key in session().judged or can_be_met(chosen, kept):
        return tuple(changed)
    alone = [n for n in kept if can_be_met(chosen, {k: v for k, v in kept.items() if k != n})]
    return (*changed, *(alone or kept))


def _progress() -> None:
    """Show which challenges are done, and offer the page of results for download."""
    done = session().done
    st.markdown(f"### {len(done)} of {len(CHALLENGES)} done")
    st.progress(len(done) / len(CHALLENGES))
    marks = {True: ":material/check_circle:", False: ":material/radio_button_unchecked:"}
    lines = [f"- {marks[each.key in done]} {each.title}" for each in CHALLENGES]
    st.markdown("\n".join(lines))
    st.caption("The address of this page stores what is done: reload it, or open it elsewhere.")
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
