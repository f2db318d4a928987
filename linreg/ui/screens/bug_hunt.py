"""Bug hunt: runs with the classic mistakes. First the visitor guesses, then the page explains."""

from dataclasses import replace

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.figures import (
    broadcast_figure,
    continued_losses_figure,
    trial_figure,
    trial_lines_figure,
    trial_parameters_figure,
)
from linreg.formatting import literal
from linreg.lesson.class_plan import MYSTERY
from linreg.mistakes.catalog import BUGS, Bug, diff, wrong_code
from linreg.mistakes.puzzles import MOST_SEED, choices_for_guess, mystery, mystery_token
from linreg.mistakes.run import Trial, check_mistake
from linreg.settings.choices import Mistake, Scale
from linreg.ui.parts.curtain import behind_curtain
from linreg.ui.parts.question import ask
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.opened_by_link import MYSTERIES, ONE_BY_ONE, follow_history
from linreg.ui.state.own_data import original_points
from linreg.ui.state.session import next_mystery, session
from linreg.ui.work.cache import trained, tried

SEED_OF_SYMPTOMS = 0
TOLD = {Mistake.NO_UNSQUEEZE: broadcast_figure, Mistake.RUN_TWICE: continued_losses_figure}
"""The pictures that would give the mistake away, so they come after the answer."""


def bug_hunt(experiment: Experiment) -> None:
    """Show one mistake in the code of `experiment` and its effect, beside the run without it."""
    follow_history()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = st.segmented_control(
            "Hunt",
            options=(ONE_BY_ONE, MYSTERIES),
            default=ONE_BY_ONE,
            required=True,
            key=keys.HUNT,
            persist_state="session",
            help="one by one: you see the changed code and predict its effect. mystery: you see "
            "the effect and find out what was changed.",
        )
        seed = _number() if mode == MYSTERIES else None
        mistake = _named() if seed is None else mystery(seed)
    number = list(BUGS).index(mistake) + 1
    if seed is not None:
        session().mystery = mystery_token(mistake, seed)
    elif number > 1:
        session().bug = str(number)
    if behind_curtain(trained(experiment, st.empty()), "bug_hunt", asks=False):
        return
    if not _can_be_made(experiment, mistake):
        return
    if seed is None:
        _one_by_one(experiment, mistake)
    else:
        _mystery(experiment, mistake, seed)
    st.caption(
        "Each mistake runs with your present settings, next to the same code without the mistake. "
        "All errors and warnings come from PyTorch itself."
    )


def _named() -> Mistake:
    """Offer the mistakes by name, and return the chosen one."""
    mistake: Mistake = st.selectbox(
        f"Bug ({len(BUGS)} to choose from)",
        options=list(BUGS),
        format_func=_neutral,
        key=keys.MISTAKE,
        persist_state="session",
    )
    return mistake


def _neutral(mistake: Mistake) -> str:
    """Return the number of a bug; its title would give the answer away."""
    return f"Bug {list(BUGS).index(mistake) + 1}"


def _number() -> int:
    """Show the number of the mystery and the button of the next one, and return the number."""
    seed: int = st.number_input(
        "Mystery number",
        min_value=0,
        max_value=MOST_SEED,
        value=MYSTERY,
        step=1,
        key=keys.MYSTERY_NUMBER,
        persist_state="session",
        help="The same number gives everybody the same mystery. The page's link contains it.",
        width=220,
    )
    st.button("Next mystery", on_click=next_mystery, icon=":material/casino:")
    return seed


def _one_by_one(experiment: Experiment, mistake: Mistake) -> None:
    """Show the changed code, ask for its effect, then show the effect."""
    bug = BUGS[mistake]
    differs = experiment != Experiment()
    left, right = st.columns([8, 5], gap="medium")
    with left:
        _diff(bug, experiment)
    with right:
        offered = choices_for_guess(mistake, SEED_OF_SYMPTOMS)
        settled = ask(
            f"bug {mistake}",
            "**Predict first.** What will you see?",
            [BUGS[each].symptom for each in offered],
            bug.symptom,
            hint=bug.clue,
            tells="That is with the lesson's settings." * differs,
        )
    if not settled:
        return
    if differs:
        st.caption("Your settings differ from the lesson's. Below is the run with your settings.")
    _evidence(experiment, mistake)
    _explanation(bug)
    _told(experiment, mistake)


def _mystery(experiment: Experiment, mistake: Mistake, seed: int) -> None:
    """Show the effect of some mistake, ask which mistake it is, then tell."""
    bug = BUGS[mistake]
    left, right = st.columns([3, 2], gap="large")
    with left:
        _evidence(experiment, mistake)
    with right:
        settled = ask(
            f"mystery {seed}",
            "**What is wrong in the code?**",
            [BUGS[each].title for each in choices_for_guess(mistake, seed)],
            bug.title,
            hint=bug.hints[0],
        )
        for number, hint in enumerate(bug.hints, start=1):
            with st.expander(f"Hint {number}", key=keys.one_of(keys.MYSTERY_HINT, seed, number)):
                st.markdown(hint)
        with st.expander("The code", key=keys.one_of(keys.MYSTERY_CODE, seed)):
            code = wrong_code(bug, experiment, original_points(experiment))
            st.code(code, language="python", height=420)
        st.caption("The address of this page holds this mystery: send it, or keep it.")
    if not settled:
        return
    _explanation(bug)
    _told(experiment, mistake)
    _diff(bug, experiment)


def _can_be_made(experiment: Experiment, mistake: Mistake) -> bool:
    """Return whether the mistake can be run; if not, say so without naming the mistake."""
    try:
        check_mistake(replace(experiment, mistake=mistake))
    except ValueError:
        st.warning(
            "This mistake cannot be run with the present settings. It needs test rows and a run "
            "that is not too long. Try a smaller training share, or fewer epochs and rows."
        )
        return False
    return True


def _diff(bug: Bug, experiment: Experiment) -> None:
    st.caption("What mends the code (- wrong, red; + right, green)")
    st.code(diff(bug, experiment, original_points(experiment)), language="diff")


def _evidence(experiment: Experiment, mistake: Mistake) -> None:
    """Show PyTorch's messages, the curves and lines of the wrong and the correct run, and facts."""
    waiting = st.empty()
    healthy = trained(experiment, waiting)
    trial = tried(experiment, mistake, waiting)
    _said(trial)
    charts(
        "bug hunt",
        {
            "losses": trial_figure.drawing(healthy, trial, Scale.LOG),
            "parameters": trial_parameters_figure.drawing(healthy, trial),
        },
    )
    charts("bug hunt lines", {"lines": trial_lines_figure.drawing(healthy, trial)})
    st.markdown("\n".join(f"- {fact}" for fact in trial.facts))


def _told(experiment: Experiment, mistake: Mistake) -> None:
    """Show the picture of what this mistake does, where it has one of its own."""
    if mistake not in TOLD:
        return
    waiting = st.empty()
    healthy, trial = trained(experiment, waiting), tried(experiment, mistake, waiting)
    charts("bug hunt told", {"told": TOLD[mistake].drawing(healthy, trial)})


def _said(trial: Trial) -> None:
    """Show errors and warnings as PyTorch raised them."""
    place = st.container()
    for warning in trial.warnings:
        place.caption("PyTorch warns:")
        place.code(warning, language=None, wrap_lines=True)
    if trial.error:
        place.caption("PyTorch raises:")
        place.code(trial.error, language=None, wrap_lines=True)
    if not (trial.warnings or trial.error):
        place.caption("PyTorch gives no error and no warning.")


def _explanation(bug: Bug) -> None:
    st.markdown(f"### {literal(bug.title)}")
    st.markdown(f"**Why.** {literal(bug.explanation)}\n\n**What to do.** {literal(bug.fix)}")
