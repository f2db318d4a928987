"""The Lesson: the whole workflow from top to bottom, with its code and the live output."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import data_figure, loss_figure, predictions_figure
from linreg.lesson.glossary import WORDS
from linreg.lesson_code.notebook_cells import Part, notebook_cells
from linreg.settings.choices import Scale
from linreg.ui.parts import outputs, report, story
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.work.cache import trained

TITLES: Mapping[Part, str] = MappingProxyType(
    {
        Part.SETUP: "0. Set up",
        Part.DATA: "1. Get the data ready",
        Part.MODEL: "2. Build a model",
        Part.TRAINING: "3. Fit it to the data",
        Part.PREDICTIONS: "4. Predict and evaluate",
        Part.SAVE_LOAD: "5. Save and load",
        Part.DEVICE: "6. The same on any device",
    }
)
WORDS_OF: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        Part.SETUP: ("device",),
        Part.DATA: ("tensor", "split"),
        Part.MODEL: ("parameter", "hyperparameter", "state_dict"),
        Part.TRAINING: ("epoch", "batch", "loss", "gradient", "optimizer"),
        Part.PREDICTIONS: ("evaluation mode", "inference mode"),
        Part.SAVE_LOAD: ("state_dict",),
        Part.DEVICE: (),
    }
)


def lesson(experiment: Experiment) -> None:
    """Show all parts for `experiment`, then the story of the lesson's printed numbers."""
    contents = " → ".join(f"[{title[3:]}](#{_anchor(part)})" for part, title in TITLES.items())
    st.markdown(
        f"{contents}. The code is a notebook for your present settings: read it from top to "
        "bottom. Its output is beside it. Change a setting in the sidebar, and both change."
    )
    waiting = st.empty()
    run = trained(experiment, waiting)
    for part, output in _OUTPUTS.items():
        _part(run, part, output)
    story.story(waiting)


def _part(run: Run, part: Part, output: Callable[[Run], None]) -> None:
    st.header(TITLES[part], anchor=_anchor(part), divider="gray")
    with st.container(horizontal=True):
        for word in WORDS_OF[part]:
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
                st.code(cell.code, language="python", wrap_lines=True)
    with live:
        if every is not None:
            outputs.log(run, every)
        output(run)


def _anchor(part: Part) -> str:
    return part.replace(" ", "-")


def _set_up(_run: Run) -> None:
    outputs.machine()


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


def _save_and_load(run: Run) -> None:
    outputs.saved_and_loaded(run)


def _device(run: Run) -> None:
    outputs.devices(run)


_OUTPUTS: Mapping[Part, Callable[[Run], None]] = MappingProxyType(
    {
        Part.SETUP: _set_up,
        Part.DATA: _data,
        Part.MODEL: _model,
        Part.TRAINING: _training,
        Part.PREDICTIONS: _predictions,
        Part.SAVE_LOAD: _save_and_load,
        Part.DEVICE: _device,
    }
)
