"""The Loop: one training step, one line of code at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.figures import descent_figure, line_figure
from linreg.lesson_code.loop_lines import loop_lines
from linreg.ui.parts import report
from linreg.ui.parts.curtain import behind_curtain
from linreg.ui.parts.live_region import live_region
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.controls import control
from linreg.ui.state.guesses import curtain_is_down
from linreg.ui.state.loop_position import (
    chosen_position,
    keep_position_inside,
    move_epochs,
    move_lines,
)
from linreg.ui.state.view import LOOP
from linreg.ui.work.cache import bookmarked, trained
from linreg.walkthrough.autograd_graph import autograd_graph, to_mermaid, to_text, without_gradients
from linreg.walkthrough.narration import Kind, Seen, sentence, tensors
from linreg.walkthrough.walk import FIVE_STEPS, Moment, Position, Walk, walk

GRAPH_HEIGHT = 860  # pixels


def loop(experiment: Experiment) -> None:
    """Show one line of one step of the run of `experiment`."""
    with st.container(key=keys.LOOP_STEPPER, horizontal=True, vertical_alignment="center"):
        place = _place(experiment)
    waiting = st.empty()
    run = trained(experiment, waiting)
    if place.epoch > 0 and behind_curtain(run, "loop"):
        return
    is_hidden = curtain_is_down(experiment)  # then the surface reaches as far as the first epoch
    reach = trained(replace(experiment, epochs=1), waiting) if is_hidden else run
    seen = walk(experiment, bookmarked(experiment, waiting), place.epoch, place.batch)
    with st.container(key=keys.WHAT_HAPPENED):
        st.markdown(f"**What just happened.** {sentence(seen, place.moment)}")
        live_region(keys.WHAT_HAPPENED)
    with st.container(key=keys.LOOP_PICTURE):
        picture, beside = st.columns(2, gap="medium")
    with picture:
        charts(
            "loop",
            {
                "line": line_figure.drawing(seen, place.moment),
                "descent": descent_figure.drawing(seen, place.moment, reach),
            },
        )
    with beside:
        st.html(_code(experiment, place.moment))
        st.markdown(_table(tensors(seen, place.moment)))
    if not is_hidden:
        report.outcome(run)
    if place.moment is not Moment.TEST or _has_other_rows(experiment):
        st.caption("All numbers come from the run itself, directly after the marked line has run.")
    _graph(seen, place.moment)


def _has_other_rows(experiment: Experiment) -> bool:
    """Return whether there are rows besides the training rows, on which a loop evaluates."""
    return experiment.n_validation + experiment.n_test > 0


def _place(experiment: Experiment) -> Position:
    """Show the controls of the position in the run, and return the position."""
    keep_position_inside(experiment)
    _button("Epoch back", "Shift+B", "skip_previous", move_epochs, (experiment, -1))
    _button("Line back", "B", "arrow_back", move_lines, (experiment, -1))
    _button("Next line", "N", "arrow_forward", move_lines, (experiment, 1))
    _button("Next epoch", "Shift+N", "skip_next", move_epochs, (experiment, 1))
    _number("epoch", experiment.epochs)
    if experiment.n_batches > 1:
        _number("batch", experiment.n_batches)
    control("moment")
    return chosen_position(experiment)


def _number(name: str, count: int) -> None:
    setting = LOOP[name]
    st.number_input(
        f"{setting.label} (0 to {count - 1})",
        min_value=0,
        max_value=count - 1,
        value=0,
        step=1,
        help=setting.help,
        key=setting.address,
        bind="query-params",
        persist_state="session",
        width=190,
    )


def _button(
    label: str,
    shortcut: str,
    icon: str,
    move: Callable[[Experiment, int], None],
    args: tuple[Experiment, int],
) -> None:
    icon = f":material/{icon}:"
    st.button(label, key=label, icon=icon, shortcut=shortcut, on_click=move, args=args)


def _code(experiment: Experiment, moment: Moment) -> str:
    """Return the code of both loops as HTML, with the lines of `moment` marked."""
    numbers: dict[Moment | None, str] = {each: str(i) for i, each in enumerate(FIVE_STEPS, start=1)}
    lines = [
        _code_line(code, numbers.get(each, ""), marked=each is moment)
        for code, each in loop_lines(experiment)
    ]
    return f'<pre class="linreg-loop" tabindex="0">{"".join(lines)}</pre>'


def _code_line(code: str, number: str = "", *, marked: bool = False) -> str:
    """Return a line of code with its number; a marked line has an arrow in its place."""
    text = f"{'▶' if marked else number:2}{code}\n"
    return f'<mark aria-current="step">{text}</mark>' if marked else text


def _table(seen: Sequence[Seen]) -> str:
    if not seen:
        return ""
    lines = ["| | tensor | shape | values |", "|:--|:--|:--|:--|"]
    for one in seen:
        what = f"**{one.kind}**" if one.kind is Kind.WRITTEN else one.kind
        lines.append(f"| {what} | `{one.name}` | {one.shape} | {one.values} |")
    return "\n".join(lines)


def _graph(seen: Walk, moment: Moment) -> None:
    """Draw the autograd graph of this step's loss; gradients appear from backward() on."""
    st.markdown("### The graph that autograd builds for the training loss")
    place = st.container(height=GRAPH_HEIGHT, border=False)  # the page does not move during drawing
    if moment is Moment.TEST and not _has_other_rows(seen.experiment):
        place.markdown("No line runs here, so there is no graph.")
        return
    if moment is Moment.TEST:
        place.markdown("Under `inference_mode()` PyTorch records no graph, so none is shown.")
        return
    place.caption(
        "The operations that PyTorch records in the forward pass. The arrows show the direction of "
        "backward(). The gradient at a node is d loss / d result of that node. The nodes have "
        "PyTorch's own names: a name that ends in Backward0 computes the gradient of the operation "
        "before that ending, and AccumulateGrad adds the result to a parameter's .grad."
    )
    filled = moment in (Moment.BACKWARD, Moment.STEP)
    graph = autograd_graph(seen) if filled else without_gradients(autograd_graph(seen))
    place.mermaid_chart(to_mermaid(graph), alt=f"The autograd graph of this loss: {to_text(graph)}")
