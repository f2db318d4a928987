"""Save & load: download a run as files, and load such files again."""

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.models import FILE_NAMES, MODELS, make_model
from linreg.core.training import Run
from linreg.figures import loss_figure, predictions_figure, surface_figure
from linreg.files.checkpoint import CheckpointError, FileReport, inspect_file, read_state_dict
from linreg.files.experiment_file import (
    ExperimentFileError,
    read_experiment_file,
    write_experiment_file,
)
from linreg.files.history_csv import history_csv
from linreg.files.loading import Comparison, compare, loaded_loosely
from linreg.formatting import listed, number, shown
from linreg.lesson.cell_outputs import saved_file
from linreg.lesson_code.script_and_notebook import to_notebook, to_script
from linreg.settings.choices import Model, Scale
from linreg.sharing.address import cut
from linreg.ui.parts.downloads import download
from linreg.ui.parts.report import MOST_ROWS
from linreg.ui.state import keys
from linreg.ui.state.controls import set_controls
from linreg.ui.work.cache import trained


def save_and_load(experiment: Experiment) -> None:
    """Offer the files of the run of `experiment`, and show the contents of uploaded files."""
    run = trained(experiment, st.empty())
    _download(run)
    _load(run)
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
    with st.container(horizontal=True):
        download(name, lambda: file)
        download("linreg_run.json", lambda: write_experiment_file(run))
        download("linreg_run.py", lambda: to_script(experiment))
        download("linreg_run.ipynb", lambda: to_notebook(experiment))
        download("history.csv", lambda: history_csv(run))
    names = ", ".join(f"`{key}` {tuple(value.shape)}" for key, value in run.state_dict().items())
    st.markdown(f"`{name}`: {len(file):,} bytes; keys {names}.")
    st.markdown("**Charts**, each as one HTML file that works without a network (about 5 MB):")
    with st.container(horizontal=True):
        download("predictions.html", lambda: predictions_figure(run).to_html())
        download("loss.html", lambda: loss_figure(run, scale=Scale.LOG).to_html())
        download("surface.html", lambda: surface_figure(run).to_html())


def _load(run: Run) -> None:
    """Show the contents of a .pth file before it is loaded, then the result of loading it."""
    st.header("Load a .pth file", anchor="load", divider="gray")
    st.markdown(
        "The file is read with `weights_only=True`: it may contain numbers only, and no code in it "
        "runs. The server does not keep the file after you leave."
    )
    uploaded = st.file_uploader(
        "A state_dict (at most 1 MB)", type=["pth", "pt"], key=keys.CHECKPOINT_FILE
    )
    if uploaded is None:
        return
    try:
        _show_file(run, uploaded.getvalue())
    except CheckpointError as error:
        st.error(str(error))


def _show_file(run: Run, data: bytes) -> None:
    report = inspect_file(data)
    _keys(report)
    for sentence in report.sentences:
        st.info(sentence)
    mine = next(fit for fit in report.fits if fit.model is run.experiment.model)
    if mine.missing or mine.unexpected or mine.wrong_shape:
        _loosely(run, data)
    else:
        _compared(run, data)  # or the sentence about a type that is not loaded


def _keys(report: FileReport) -> None:
    """Show keys, shapes and types, and whether they fit each class."""
    left, right = st.container(key=keys.KEYS_OF_A_FILE).columns(2, gap="large")
    lines = ["### What is in it", "| key | shape | type |", "|:--|:--|:--|"]
    lines += [f"| `{e.key}` | {shown(e.shape)} | {e.dtype} |" for e in report.entries]
    if report.more:
        lines.append(f"\n... and {report.more} more keys.")
    left.markdown("\n".join(lines))
    rows = {
        "": [f"`{MODELS[fit.model].__name__}`" for fit in report.fits],
        "fits": ["yes" if fit.fits else "no" for fit in report.fits],
        "missing": [listed(fit.missing) for fit in report.fits],
        "unexpected": [listed(fit.unexpected) for fit in report.fits],
        "wrong shape": [listed(fit.wrong_shape) for fit in report.fits],
        "wrong type": [listed(fit.wrong_dtype) for fit in report.fits],
    }
    head, *body = (f"| {' | '.join([name, *cells])} |" for name, cells in rows.items())
    ruler = "|:--" * (1 + len(report.fits)) + "|"
    right.markdown("\n".join(["### Which class it fits", head, ruler, *body]))


def _compared(run: Run, data: bytes) -> None:
    """Show the predictions of the loaded model beside those of the present run."""
    experiment = run.experiment
    state = read_state_dict(data, make_model(experiment.model, experiment.seed))
    seen = compare(run, state)
    same = sum(seen.equal)
    st.markdown(
        f"### Loaded\n`<All keys matched successfully>`. Predictions for the {seen.rows} rows, "
        f"compared with the present run: **{same} of {len(seen.equal)} equal**, largest "
        f"difference {number(seen.largest)}."
    )
    st.markdown(_table(seen))


def _table(seen: Comparison) -> str:
    lines = ["| x | present run | loaded | equal |", "|--:|--:|--:|:--|"]
    rows = zip(seen.x, seen.trained, seen.loaded, seen.equal, strict=True)
    lines += [
        f"| {number(x)} | {number(ours)} | {number(theirs)} | {equal} |"
        for x, ours, theirs, equal in list(rows)[:MOST_ROWS]
    ]
    return "\n".join(lines)


def _loosely(run: Run, data: bytes) -> None:
    """Show what `strict=False` does with a file that does not fit the present class."""
    model, seed = run.experiment.model, run.experiment.seed
    seen = loaded_loosely(data, model, seed)
    other = next(other for other in Model if other is not model)
    st.warning(
        f"The file does not fit the present model, {MODELS[model].__name__}; `load_state_dict` "
        f"raises an error. If it was saved from {MODELS[other].__name__}, choose that model in the "
        "sidebar.",
    )
    kept = ", ".join(f"`{key}` stays {number(seen.after[key])}" for key in seen.kept)
    st.markdown(
        "**With `strict=False`** there is no error, only a list of the keys. A parameter that is "
        f"not in the file keeps its random value: {kept or 'none here'}. PyTorch's answer:"
    )
    st.code(seen.answer, language=None, wrap_lines=True)


def _restore() -> None:
    """Load an experiment file: show what the run learned, and offer its settings."""
    st.header("Load an experiment", anchor="restore", divider="gray")
    uploaded = st.file_uploader(
        "An experiment file of this app", type=["json"], key=keys.EXPERIMENT_FILE
    )
    if uploaded is None:
        return
    try:
        restored = read_experiment_file(uploaded.getvalue())
    except ExperimentFileError as error:
        st.error(str(error))
        return
    for sentence in cut(restored.sentences):
        st.warning(sentence)
    learned = f"weight {number(restored.weight)}, bias {number(restored.bias)}"
    st.markdown(f"It holds a run of {restored.experiment.epochs} epochs, which learned {learned}.")
    st.button(
        "Restore its settings",
        icon=":material/settings_backup_restore:",
        on_click=set_controls,
        args=(restored.experiment,),
    )
