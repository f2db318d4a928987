"""The code of the present run: a program that follows the settings, to read, copy or download."""

import streamlit as st

from linreg.core.training import Run
from linreg.lesson_code.code_diff import changed_lines
from linreg.lesson_code.script_and_notebook import to_notebook, to_script
from linreg.ui.parts.downloads import download
from linreg.ui.state.own_data import original_points
from linreg.ui.state.session import session

SCRIPT = "linreg_run.py"
NOTEBOOK = "linreg_run.ipynb"


def code_panel(run: Run) -> None:
    """Show the program of a run, and the lines that have changed in it last."""
    experiment = run.experiment
    original = original_points(experiment)
    script = to_script(experiment, original)
    changes = _changes(script)
    if changes:
        st.caption("What has changed in it last:")
        st.code("\n".join(changes), language="diff")
    st.code(script, language="python", height=480)
    with st.container(horizontal=True):
        download(SCRIPT, lambda: script, f"Download {SCRIPT}")
        download(NOTEBOOK, lambda: to_notebook(experiment, original), f"Download {NOTEBOOK}")


def _changes(script: str) -> tuple[str, ...]:
    """Return the lines that differ from the program before; the same until the next change."""
    state = session()
    if state.script and state.script != script:
        state.changes = changed_lines(state.script, script)
    state.script = script
    return state.changes
