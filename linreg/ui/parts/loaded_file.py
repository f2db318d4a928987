"""An uploaded `.pth` file: what is in it, which class it fits, and what loading it gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from linreg.core.models import MODELS, make_model
from linreg.core.training import Run
from linreg.files.checkpoint import (
    CheckpointError,
    FileReport,
    Part,
    inspect_file,
    parts_with_tensors,
    read_state_dict,
    shapes,
    suggest_names,
)
from linreg.files.key_names import misfit, pair_either_way, prefixes
from linreg.files.loading import Comparison, Loosely, compare, loaded_loosely
from linreg.files.right_field import Field, right_field
from linreg.files.torch_file import read_saved
from linreg.formatting import listed, measured, number, shown, shown_key
from linreg.lesson_code.loading_code import write_loading
from linreg.settings.choices import Model
from linreg.ui.parts.report import MOST_ROWS
from linreg.ui.state import keys
from linreg.ui.state.controls import is_kept

AS_IT_IS = "fits the present model."
RENAMED = "fits the present model only under other names or in other shapes."


def load_file(run: Run) -> None:
    """Show the contents of a .pth file before it is loaded, then the result of loading it."""
    st.header("Load a .pth file", anchor="load", divider="gray")
    st.markdown(
        "The file is read with `weights_only=True`: it may contain numbers only, and no code in it "
        "runs. The server does not keep the file after you leave."
    )
    # Any ending: many files have none or .ckpt, and phones do not offer files of unknown types.
    uploaded = st.file_uploader("A state_dict (at most 1 MB)", key=keys.CHECKPOINT_FILE)
    if uploaded is None:
        return
    try:
        _show_file(run, uploaded.getvalue())
    except CheckpointError as error:
        st.error(right_field(uploaded.getvalue(), Field.MODEL) or str(error))


def _show_file(run: Run, data: bytes) -> None:
    part = _chosen_part(run, data)
    report = inspect_file(data, part)
    _keys(report)
    for sentence in report.sentences:
        st.info(sentence)
    model = make_model(run.experiment.model, run.experiment.seed)
    mine = next(fit for fit in report.fits if fit.model is run.experiment.model)
    if not (mine.missing or mine.unexpected or mine.wrong_shape):
        # or the sentence about a type that is not loaded
        _compared(run, read_state_dict(data, model, part=part))
        return
    names = suggest_names(data, model, part)
    if names is None and (ways := _ways(run, data, part)):
        names = _chosen_way(ways, hash((data, part)))
        if names is None:  # whether it fits depends on the answer
            return
    if names is None or not _renamed(run, data, names, part):
        _loosely(run, data, part, report)


def _chosen_part(run: Run, data: bytes) -> Part | None:
    """Return which part of a checkpoint or a list is shown; None where the file is a state_dict."""
    parts = parts_with_tensors(data)
    if not parts:
        return None
    how = {part: _how_it_fits(data, run.experiment.model, part) for part in parts}
    fits = sorted(filter(how.get, parts), key=lambda part: how[part] != AS_IT_IS)
    st.markdown(
        f"The file is no state_dict, but it holds {listed([shown(part) for part in parts], 5)}, "
        "as a checkpoint of a training run or a list does. "
        + (f"Its part `{shown(fits[0])}` {how[fits[0]]}" if fits else "")
    )
    return st.selectbox(
        "Part of the file",
        options=parts,
        index=parts.index(fits[0]) if fits else 0,
        format_func=lambda part: shown(part).strip("'"),
        key=keys.one_of(keys.PART_OF_A_FILE, hash(data)),
    )


def _how_it_fits(data: bytes, model: Model, part: Part) -> str:
    """Return how a part fits a model, or "" where it does not fit."""
    made = make_model(model, 0)
    try:
        names = suggest_names(data, made, part)
        read_state_dict(data, made, names, part)
    except CheckpointError:  # said when this part is chosen
        return ""
    return AS_IT_IS if names is None else RENAMED


def _ways(run: Run, data: bytes, part: Part | None) -> Sequence[Mapping[str, str]]:
    """Return both ways to name two numbers, where only their order is open; else none."""
    have = {key: tensor.shape for key, tensor in read_saved(data, part).tensors.items()}
    return pair_either_way(have, shapes(make_model(run.experiment.model, 0)))


def _chosen_way(ways: Sequence[Mapping[str, str]], file: int) -> Mapping[str, str] | None:
    """Ask which of two numbers is the weight; None until that is answered."""
    chosen = st.segmented_control(
        "Which of the two numbers is the weight? Their names do not tell.",
        options=range(len(ways)),
        format_func=lambda way: shown_key(next(iter(ways[way]))).strip("'"),
        key=keys.one_of(keys.WEIGHT_OF_A_FILE, file),
    )
    return None if chosen is None else ways[chosen]


def _renamed(run: Run, data: bytes, names: Mapping[str, str], part: Part | None) -> bool:
    """Show how the file fits with other names or shapes; return whether a press loads it so."""
    model = make_model(run.experiment.model, run.experiment.seed)
    state = read_state_dict(data, model, names, part)
    have = {key: tensor.shape for key, tensor in read_saved(data, part).tensors.items()}
    wanted = shapes(model)
    reshaped = any(have[old] != wanted[new] for old, new in names.items())
    how = "under other names" if list(names) != list(names.values()) else "in other shapes"
    lines = [f"### It fits {how}", "| in the file | in the model |", "|:--|:--|"]
    lines += [
        f"| `{shown_key(old)}` {have[old]} | `{new}` {wanted[new]} |" for old, new in names.items()
    ]
    st.markdown("\n".join(lines))
    said = list(prefixes(names))
    if reshaped:
        said.append("Where the shape differs, the one number is loaded with `reshape`.")
    st.markdown(" ".join([*said, "In a notebook, these three lines load it:"]))
    st.code(write_loading(names, part, reshaped=reshaped), language="python")
    loaded = st.toggle("Load it like this", key=keys.one_of(keys.LOAD_RENAMED, hash(data)))
    if loaded:
        _compared(run, state)
    return loaded


def _keys(report: FileReport) -> None:
    """Show keys, shapes and types, and whether they fit each class."""
    left, right = st.container(key=keys.KEYS_OF_A_FILE).columns([2, 3], gap="large")
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


def _compared(run: Run, state: Mapping[str, Any]) -> None:
    """Show the predictions of the loaded model beside those of the present run."""
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
        f"| {measured(x)} | {number(ours)} | {number(theirs)} | {equal} |"
        for x, ours, theirs, equal in list(rows)[:MOST_ROWS]
    ]
    return "\n".join(lines)


def _loosely(run: Run, data: bytes, part: Part | None, report: FileReport) -> None:
    """Show what `strict=False` does with a file that does not fit the present class."""
    model, seed = run.experiment.model, run.experiment.seed
    seen = loaded_loosely(data, model, seed, part)
    why = misfit(tensor.shape for tensor in read_saved(data, part).tensors.values())
    st.warning(
        f"As it is, the file does not fit the present model, {MODELS[model].__name__}; "
        f"`load_state_dict` raises an error. {why or _other_class(report)}"
    )
    st.markdown(f"**With `strict=False`** {_told_loosely(seen)}")
    st.code(seen.answer, language=None, wrap_lines=True)


def _other_class(report: FileReport) -> str:
    """Return which model to choose for a file that fits one of the classes as it is."""
    fitting = [fit.model for fit in report.fits if fit.fits]
    if not fitting:
        return "It does not fit the lesson's other class either."
    how = f"choose the model *{fitting[0]}* in the sidebar"
    if is_kept("model"):
        how = f"the model *{fitting[0]}*. The link of this page keeps another one"
    return f"It fits {MODELS[fitting[0]].__name__}: {how}."


def _told_loosely(seen: Loosely) -> str:
    """Return what `strict=False` did, as the sentences before PyTorch's own text."""
    absent = [key for key in seen.kept if key not in seen.misshapen]
    stay, reshaped = (
        ", ".join(f"`{key}` stays {number(seen.after[key])}" for key in keys)
        for keys in (absent, seen.misshapen)
    )
    said = f"A parameter that is not in the file keeps its random value: {stay or 'none here'}."
    if not reshaped:
        return f"there is no error, only a list of the keys. {said} PyTorch's answer:"
    return (
        "there is an error too, since it allows other keys, but no other shapes. A parameter with "
        f"another shape in the file keeps its random value: {reshaped}. {said} PyTorch's error:"
    )
