"""Save & load: take a run home as a file of any kind, and bring one back."""

from collections.abc import Callable

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
from linreg.formatting import number, shown
from linreg.lesson_code.script_and_notebook import to_notebook, to_script
from linreg.settings.choices import Model, Scale
from linreg.sharing.address import cut
from linreg.ui.parts.downloads import download
from linreg.ui.state import keys
from linreg.ui.state.control_values import set_controls
from linreg.ui.work.cache import trained

MOST_ROWS = 10


def save_and_load(experiment: Experiment) -> None:
    """Show the files of the run of `experiment`, and what files hold that are brought back."""
    run = trained(experiment, st.empty())
    _take_home(run)
    _bring_back(run)
    _restore()


def _take_home(run: Run) -> None:
    """Offer the run as files; what is large is made when it is asked for."""
    st.header("Take it home", anchor="save", divider="gray")
    experiment = run.experiment
    st.markdown(
        "The `.pth` is what `torch.save(model.state_dict(), ...)` writes: the learned numbers by "
        "name, and nothing else. The class is not in it, nor the settings. The experiment file has "
        "both settings and numbers, as text."
    )
    name = FILE_NAMES[experiment.model]
    with st.container(horizontal=True):
        download(name, lambda: run.checkpoint, name, "application/octet-stream")
        download(
            "linreg_run.json",
            lambda: write_experiment_file(run),
            "linreg_run.json",
            "application/json",
        )
        download("linreg_run.py", lambda: to_script(experiment), "linreg_run.py", "text/x-python")
        download(
            "linreg_run.ipynb",
            lambda: to_notebook(experiment),
            "linreg_run.ipynb",
            "application/x-ipynb+json",
        )
        download("history.csv", lambda: history_csv(run), "history.csv", "text/csv")
    names = ", ".join(f"`{key}` {tuple(value.shape)}" for key, value in run.state_dict().items())
    st.markdown(f"`{name}`: {len(run.checkpoint):,} bytes; keys {names}.")
    st.markdown("**Charts**, each as one HTML file that works without a network (about 5 MB):")
    figures: dict[str, Callable[[], str]] = {
        "predictions.html": lambda: _html(predictions_figure(run)),
        "loss.html": lambda: _html(loss_figure(run, scale=Scale.LOG)),
        "surface.html": lambda: _html(surface_figure(run)),
    }
    with st.container(horizontal=True):
        for file, make in figures.items():
            download(file, make, file, "text/html")


def _html(figure: object) -> str:
    page: str = figure.to_html(include_plotlyjs=True, full_html=True)  # type: ignore[attr-defined]
    return page


def _bring_back(run: Run) -> None:
    """Show what a .pth holds, before anything of it is loaded; then what loading it gives."""
    st.header("Bring a .pth back", anchor="load", divider="gray")
    st.markdown(
        "Read with `weights_only=True`: a file can hold numbers only, and no code of it runs. "
        "Nothing is kept: the file is forgotten when you leave."
    )
    uploaded = st.file_uploader(
        "A state_dict, 1 MB at most", type=["pth", "pt"], key=keys.CHECKPOINT_FILE
    )
    if uploaded is None:
        return
    data = uploaded.getvalue()
    try:
        report = inspect_file(data)
    except CheckpointError as error:
        st.error(str(error))
        return
    _keys(report)
    for sentence in report.sentences:
        st.info(sentence)
    mine = next(fit for fit in report.fits if fit.model is run.experiment.model)
    try:
        if mine.fits:
            _compared(run, data)
        else:
            _loosely(run, data)
    except CheckpointError as error:
        st.error(str(error))


def _keys(report: FileReport) -> None:
    """Show keys, shapes and types, and how they meet each class."""
    left, right = st.container(key=keys.KEYS_OF_A_FILE).columns(2, gap="large")
    lines = ["### What is in it", "| key | shape | type |", "|:--|:--|:--|"]
    lines += [f"| `{e.key}` | {shown(e.shape)} | {e.dtype} |" for e in report.entries]
    if report.more:
        lines.append(f"\n... and {report.more} keys more.")
    left.markdown("\n".join(lines))
    rows = {
        "": [f"`{MODELS[fit.model].__name__}`" for fit in report.fits],
        "fits": ["yes" if fit.fits else "no" for fit in report.fits],
        "missing": [_listed(fit.missing) for fit in report.fits],
        "unexpected": [_listed(fit.unexpected) for fit in report.fits],
        "wrong shape": [_listed(fit.wrong_shape) for fit in report.fits],
    }
    head, *body = (f"| {' | '.join([name, *cells])} |" for name, cells in rows.items())
    ruler = "|:--" * (1 + len(report.fits)) + "|"
    right.markdown("\n".join(["### Which class it fits", head, ruler, *body]))


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "none"


def _compared(run: Run, data: bytes) -> None:
    """Show the predictions of the loaded and of the present model side by side."""
    experiment = run.experiment
    state = read_state_dict(data, make_model(experiment.model, experiment.seed))
    seen = compare(run, state)
    same = sum(seen.equal)
    st.markdown(
        f"### Loaded\n`<All keys matched successfully>`. Predictions for the {seen.rows} rows "
        f"against those of the present run: **{same} of {len(seen.equal)} equal**, largest "
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
    """Show what `strict=False` would do with a file that does not fit the present class."""
    model, seed = run.experiment.model, run.experiment.seed
    seen = loaded_loosely(data, model, seed)
    other = next(other for other in Model if other is not model)
    st.warning(
        f"The file does not fit the present model, {MODELS[model].__name__}; `load_state_dict` "
        f"raises an error. If it is one of {MODELS[other].__name__}, choose that model in the "
        "sidebar.",
    )
    kept = ", ".join(f"`{key}` stays {number(seen.after[key])}" for key in seen.kept)
    st.markdown(
        "**And with `strict=False`?** It says nothing but a list, and what does not fit keeps its "
        f"random value: {kept or 'nothing here'}. PyTorch's answer:"
    )
    st.code(seen.answer, language=None, wrap_lines=True)


def _restore() -> None:
    """Bring back a whole experiment: its settings, and what it had learned."""
    st.header("Bring an experiment back", anchor="restore", divider="gray")
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
    st.markdown(f"It holds a run of {restored.experiment.epochs} epochs that learned {learned}.")
    st.button(
        "Restore its settings",
        icon=":material/settings_backup_restore:",
        on_click=set_controls,
        args=(restored.experiment,),
    )
