"""The Lesson: the whole workflow from top to bottom, with its code and the live output."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import data_figure, loss_figure, predictions_figure
from linreg.lesson.glossary import WORDS
from linreg.lesson_code.notebook_cells import Part, notebook_cells
from linreg.settings.choices import Scale
from linreg.settings.devices import available_devices
from linreg.ui.parts import outputs, report, story
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.work.cache import trained


class Section(NamedTuple):
    """A part of the lesson: its title, the words that it explains, and its live output."""

    title: str
    words: tuple[str, ...]
    output: Callable[[Run], None]


def lesson(experiment: Experiment) -> None:
    """Show all parts for `experiment`, then the story of the lesson's printed numbers."""
    contents = " → ".join(
        f"[{section.title[3:]}](#{_anchor(part)})" for part, section in SECTIONS.items()
    )
    st.markdown(
        f"{contents}. The code is a notebook for your present settings: read it from top to "
        "bottom. Its output is beside it. Change a setting in the sidebar, and both change."
    )
    waiting = st.empty()
    run = trained(experiment, waiting)
    for part, section in SECTIONS.items():
        _section(run, part, section)
    story.story(waiting)


def _section(run: Run, part: Part, section: Section) -> None:
    st.header(section.title, anchor=_anchor(part), divider="gray")
    with st.container(horizontal=True):
        for word in section.words:
            with st.popover(
                word, icon=":material/dictionary:", key=keys.one_of(keys.WORD, part, word)
            ):
                st.markdown(f"**{word.capitalize()}.** {WORDS[word]}")
    every = outputs.chosen_interval(run) if part is Part.TRAINING else None
    code, live = st.columns([6, 5], gap="large")
    with code:
        for cell in notebook_cells(run.experiment, every):
            if cell.part is part:
                st.markdown(cell.text)
                st.code(cell.code, language="python")
    with live:
        if every is not None:
            outputs.log(run, every)
        section.output(run)


def _anchor(part: Part) -> str:
    return part.replace(" ", "-")


def _set_up(_run: Run) -> None:
    present = ", ".join(f"`{device}`" for device in available_devices())
    st.markdown(f"Devices of the computer that runs this app: {present}.")


def _data(run: Run) -> None:
    outputs.first_rows(run.experiment)
    outputs.split_sizes(run.experiment)
    charts("lesson data", {"data": data_figure.drawing(run.experiment)})


def _model(run: Run) -> None:
    st.markdown(
        "PyTorch has four building blocks for a model: `torch.nn` (`nn.Module` with its "
        "`nn.Parameter` and its `forward()`), `torch.optim`, `torch.utils.data.Dataset` and "
        "`torch.utils.data.DataLoader`."
    )
    outputs.parameters_before(run.experiment)
    outputs.predictions_before(run)


def _training(run: Run) -> None:
    report.outcome(run)
    charts(
        "lesson losses",
        {
            "linear": loss_figure.drawing(run, scale=Scale.LINEAR),
            "log": loss_figure.drawing(run, scale=Scale.LOG),
        },
    )
    st.markdown(report.learned_against_true(run))


def _predictions(run: Run) -> None:
    st.markdown(report.predictions(run))
    charts("lesson predictions", {"predictions": predictions_figure.drawing(run, initial=True)})


SECTIONS: Mapping[Part, Section] = {
    Part.SETUP: Section("0. Set up", ("device",), _set_up),
    Part.DATA: Section("1. Get the data ready", ("tensor", "split"), _data),
    Part.MODEL: Section("2. Build a model", ("parameter", "hyperparameter", "state_dict"), _model),
    Part.TRAINING: Section(
        "3. Fit it to the data", ("epoch", "batch", "loss", "gradient", "optimizer"), _training
    ),
    Part.PREDICTIONS: Section(
        "4. Predict and evaluate", ("evaluation mode", "inference mode"), _predictions
    ),
    Part.SAVE_LOAD: Section("5. Save and load", ("state_dict",), outputs.saved_and_loaded),
    Part.DEVICE: Section("6. The same on any device", (), outputs.devices),
}
