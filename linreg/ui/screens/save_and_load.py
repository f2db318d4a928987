"""Save & load: download a run as files, and load such files again."""

from functools import partial

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.models import FILE_NAMES
from linreg.core.training import Run
from linreg.files.experiment_file import (
    ExperimentFileError,
    Restored,
    read_experiment_file,
    write_experiment_file,
)
from linreg.files.history_csv import history_csv
from linreg.files.right_field import Field, right_field
from linreg.formatting import counted, number
from linreg.lesson.cell_outputs import saved_file
from linreg.lesson_code.script_and_notebook import to_notebook, to_script
from linreg.sharing.address import cut
from linreg.ui.parts.curtain import behind_curtain
from linreg.ui.parts.downloads import download
from linreg.ui.parts.loaded_file import load_file
from linreg.ui.parts.stage import figures
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls, shown_values
from linreg.ui.state.own_data import original_points
from linreg.ui.state.session import session
from linreg.ui.state.view import VIEW, Picture
from linreg.ui.work.cache import trained

CHARTS = ("predictions", "loss", "surface")


def save_and_load(experiment: Experiment) -> None:
    """Offer the files of the run of `experiment`, and show the contents of uploaded files."""
    run = trained(experiment, st.empty())
    if not behind_curtain(run, "save_and_load"):
        _download(run)
        load_file(run)
    _restore()


def _download(run: Run) -> None:
    """Offer the run as files; each file is made when it is asked for."""
    st.header("Download the run", anchor="save", divider="gray")
    experiment = run.experiment
    st.markdown(
        "The `.pth` file is what `torch.save(model.state_dict(), ...)` writes: the learned "
        "numbers, each under its name. It contains neither the class nor the settings. The "
        "experiment file `linreg_run.json` holds the settings and the learned numbers as text."
    )
    name, file = FILE_NAMES[experiment.model], saved_file(run)
    original = original_points(experiment)
    if original is not None:
        st.info(
            "The own data are in standard units here. Experiment file, script and notebook hold "
            "the original numbers, and script and notebook scale them. The learned numbers, the "
            "`.pth` and `history.csv` are in standard units."
        )
    with st.container(horizontal=True):
        download(name, lambda: file)
        download("linreg_run.json", lambda: write_experiment_file(run, original))
        download("linreg_run.py", lambda: to_script(experiment, original))
        download("linreg_run.ipynb", lambda: to_notebook(experiment, original))
        download("history.csv", lambda: history_csv(run))
    names = ", ".join(f"`{key}` {tuple(value.shape)}" for key, value in run.state_dict().items())
    st.markdown(f"`{name}`: {len(file):,} bytes; keys {names}.")
    st.markdown(
        "**Charts** as on the Playground, each as one HTML file that works without a network "
        "(about 5 MB):"
    )
    picture = Picture(**shown_values(VIEW))
    with st.container(horizontal=True):
        for chart in CHARTS:
            download(f"{chart}.html", partial(_html, run, picture, chart))


def _html(run: Run, picture: Picture, chart: str) -> str:
    html: str = figures(run, picture)[chart].figure().to_html()
    return html


def _restore() -> None:
    """Load an experiment file: show what the run learned, and offer its settings."""
    st.header("Load an experiment", anchor="restore", divider="gray")
    uploaded = st.file_uploader("An experiment file of this app", key=keys.EXPERIMENT_FILE)
    if uploaded is None:
        return
    try:
        restored = read_experiment_file(uploaded.getvalue())
    except ExperimentFileError as error:
        st.error(right_field(uploaded.getvalue(), Field.EXPERIMENT) or str(error))
        return
    for sentence in cut(restored.sentences):
        st.warning(sentence)
    learned = f"weight {number(restored.weight)}, bias {number(restored.bias)}"
    epochs = f" of {counted(restored.experiment.epochs, 'epoch')}"
    length = "" if restored.sentences else epochs  # of a corrected file they may be others
    st.markdown(f"It holds a run{length}, which learned {learned}.")
    if restored.standard:
        st.markdown("Its own data are used in standard units, and so are these two numbers.")
    st.button(
        "Restore its settings",
        icon=":material/settings_backup_restore:",
        on_click=_use,
        args=(restored,),
    )


def _use(restored: Restored) -> None:
    """Use the settings of an experiment file; for use in a callback."""
    set_controls(restored.experiment)
    session().standard = restored.standard
