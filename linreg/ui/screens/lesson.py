"""The Lesson: the whole workflow part by part, each cell of code beside its live output."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.figures import data_figure, loss_figure, predictions_figure, untrained_figure
from linreg.formatting import counted
from linreg.lesson.cell_outputs import judged
from linreg.lesson.glossary import explained
from linreg.lesson_code.notebook_cells import Part, notebook_cells
from linreg.settings.choices import Scale, Schedule
from linreg.settings.devices import available_devices
from linreg.ui.parts import outputs, report, story
from linreg.ui.parts.asked import asked, start_values
from linreg.ui.parts.curtain import behind_curtain
from linreg.ui.parts.page_top import begin_at_the_top
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.controls import control, is_kept
from linreg.ui.state.lesson_part import move_chapters, shown_chapter
from linreg.ui.state.own_data import original_points
from linreg.ui.state.view import Chapter
from linreg.ui.work.cache import trained

LOOP_CELL = 1  # of the training
WITHOUT_RESULTS = (Chapter.DATA, Chapter.MODEL, Chapter.DEVICE)  # are no secret of the curtain


class Section(NamedTuple):
    """A part of the lesson: its title, the words that it explains, its code and its output.

    parts: of the notebook, with its code. outputs: one for each cell, shown beside it.
    """

    title: str
    words: tuple[str, ...]
    parts: tuple[Part, ...]
    outputs: tuple[Callable[[Experiment], None], ...]


def lesson(experiment: Experiment) -> None:
    """Show the chosen part for `experiment`, or all of them."""
    with st.container(key=keys.LESSON_STEPPER, horizontal=True, vertical_alignment="center"):
        chosen = _chosen()
    begin_at_the_top(chosen, keys.LESSON_TOP)
    with st.container(key=keys.CELLS):
        hidden = chosen not in WITHOUT_RESULTS and behind_curtain(_run(experiment), "lesson")
        for chapter, section in SECTIONS.items():
            shown = chapter in WITHOUT_RESULTS or not hidden
            if shown and chosen in (chapter, Chapter.WHOLE):
                _section(experiment, chapter, section)
        if chosen in (Chapter.STORY, Chapter.WHOLE) and not hidden:
            story.story(st.empty())
            asked(st.empty())
    told = []
    if chosen is not Chapter.STORY and (chosen is Chapter.WHOLE or not hidden):
        told.append(
            "The code is a notebook for your present settings; code and output change with them."
        )
    if chosen in (Chapter.STORY, Chapter.WHOLE) and not hidden:
        told.append("The story and its questions are about runs with the settings that they name.")
    if chosen is not Chapter.WHOLE and not hidden:
        told.append("Choose *whole* to read all parts on one page, or to print them.")
    st.caption(" ".join(told))


def _chosen() -> Chapter:
    """Show the controls of the part, and return the part."""
    _button("Part back", "B", "arrow_back", -1)
    _button("Next part", "N", "arrow_forward", 1)
    control("chapter")
    return shown_chapter()


def _button(label: str, shortcut: str, icon: str, parts: int) -> None:
    icon = f":material/{icon}:"
    st.button(label, key=label, icon=icon, shortcut=shortcut, on_click=move_chapters, args=(parts,))


def _section(experiment: Experiment, chapter: Chapter, section: Section) -> None:
    """Show a part: its title, its words, and each cell of code beside its output."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(section.title, anchor=chapter, width="content")
        for word in section.words:
            with st.popover(
                word, icon=":material/dictionary:", key=keys.one_of(keys.WORD, chapter, word)
            ):
                st.markdown(explained(word))
    with st.container(gap="medium"):
        widths = [8, 5] if chapter is Chapter.MODEL else [13, 10]  # its class has the longest line
        rows = [st.columns(widths, gap="medium") for _ in section.outputs]
    every = None
    if chapter is Chapter.TRAINING:
        with rows[LOOP_CELL][1]:
            every = outputs.chosen_interval(experiment)
            outputs.log(_run(experiment), every)
    whole = notebook_cells(experiment, every, original_points(experiment))
    cells = [cell for cell in whole if cell.part in section.parts]
    for (code, live), cell, output in zip(rows, cells, section.outputs, strict=True):
        with code:
            st.markdown(cell.text)
            st.code(cell.code, language="python")
        with live:
            output(experiment)


def _run(experiment: Experiment) -> Run:
    """Return the run of `experiment`; where it takes long, its progress shows here."""
    return trained(experiment, st.empty())


def _devices(_experiment: Experiment) -> None:
    present = ", ".join(f"`{device}`" for device in available_devices())
    st.markdown(f"Devices of the computer that runs this app: {present}.")


def _data(experiment: Experiment) -> None:
    charts("lesson data", {"data": data_figure.drawing(experiment)})


def _model(_experiment: Experiment) -> None:
    st.markdown(
        "PyTorch has four building blocks for a model: `torch.nn` (`nn.Module` with its "
        "`nn.Parameter` and its `forward()`), `torch.optim`, `torch.utils.data.Dataset` and "
        "`torch.utils.data.DataLoader`."
    )


def _start(experiment: Experiment) -> None:
    outputs.parameters_before(experiment)
    start_values(experiment.seed)


def _untrained(experiment: Experiment) -> None:
    run = _run(experiment)
    outputs.predictions_before(run)
    charts("lesson untrained", {"untrained": untrained_figure.drawing(run)})


def _hyperparameters(experiment: Experiment) -> None:
    schedule = experiment.schedule
    stays = schedule is Schedule.CONSTANT or experiment.epochs == 1
    lowered = "" if stays else f" (at first; {schedule} lowers it)"
    is_fixed = any(map(is_kept, ("lr", "epochs")))
    who = "they are set before it" if is_fixed else "you set them in the sidebar"
    st.markdown(
        f"Hyperparameters of this run: learning rate {experiment.lr:g}{lowered}, "
        f"{counted(experiment.epochs, 'epoch')}. Training does not learn them; {who}."
    )


def _outcome(experiment: Experiment) -> None:
    report.outcome(_run(experiment))


def _losses(experiment: Experiment) -> None:
    run = _run(experiment)
    charts(
        "lesson losses",
        {
            "linear": loss_figure.drawing(run, scale=Scale.LINEAR),
            "log": loss_figure.drawing(run, scale=Scale.LOG),
        },
    )


def _learned(experiment: Experiment) -> None:
    run = _run(experiment)
    st.markdown(report.predictions(judged(run)))
    st.markdown(report.learned_against_true(run))


def _predictions(experiment: Experiment) -> None:
    drawing = predictions_figure.drawing(_run(experiment), initial=True)
    charts("lesson predictions", {"predictions": drawing})


SECTIONS: Mapping[Chapter, Section] = {
    Chapter.DATA: Section(
        "1. Get the data ready",
        ("device", "tensor", "split"),
        (Part.SETUP, Part.DATA),
        (_devices, outputs.first_rows, outputs.split_sizes, _data),
    ),
    Chapter.MODEL: Section(
        "2. Build a model",
        ("parameter", "hyperparameter", "state_dict"),
        (Part.MODEL,),
        (
            _model,
            _start,
            _untrained,
        ),
    ),
    Chapter.TRAINING: Section(
        "3. Fit it to the data",
        ("epoch", "batch", "loss", "gradient", "graph", "optimizer"),
        (Part.TRAINING,),
        (_hyperparameters, _outcome, _losses),
    ),
    Chapter.PREDICTIONS: Section(
        "4. Predict and evaluate",
        ("evaluation mode", "inference mode"),
        (Part.PREDICTIONS,),
        (_learned, _predictions),
    ),
    Chapter.SAVING: Section(
        "5. Save and load",
        ("state_dict",),
        (Part.SAVE_LOAD,),
        (
            lambda experiment: outputs.saved(_run(experiment)),
            lambda experiment: outputs.loaded(_run(experiment)),
        ),
    ),
    Chapter.DEVICE: Section(
        "6. The same on any device",
        (),
        (Part.DEVICE,),
        (lambda experiment: outputs.devices(_run(experiment)),),
    ),
}
