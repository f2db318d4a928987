"""The Loop: a microscope on the five steps, one line of code at a time."""

from collections.abc import Sequence

import streamlit as st

from linreg.core.experiment import Experiment
from linreg.figures import descent_figure, line_figure
from linreg.settings.choices import Schedule
from linreg.ui.parts import report
from linreg.ui.parts.stage import charts
from linreg.ui.state.controls import control
from linreg.ui.state.session import session
from linreg.ui.state.view import LOOP
from linreg.ui.work.cache import bookmarked, trained
from linreg.walkthrough.autograd_graph import autograd_graph, to_mermaid, to_text, without_gradients
from linreg.walkthrough.narration import Kind, Seen, sentence, tensors
from linreg.walkthrough.walk import FIVE_STEPS, TEST_LOOP, Moment, Position, Walk, moved, walk

GRAPH_HEIGHT = 860  # pixels
EPOCH, BATCH, MOMENT = (LOOP[name].address for name in ("epoch", "batch", "moment"))


def loop(experiment: Experiment) -> None:
    """Show one line of one step of the run of `experiment`."""
    st.markdown(
        "One step of training, line by line. All numbers are those of the run itself, at the line "
        "that has just run."
    )
    place = _place(experiment)
    waiting = st.empty()
    run = trained(experiment, waiting)
    seen = walk(experiment, bookmarked(experiment, waiting), place.epoch, place.batch)
    st.markdown(f"### What just happened\n{sentence(seen, place.moment)}")
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.markdown(_code(experiment, place.moment))
        st.markdown(_table(tensors(seen, place.moment)))
    with right:
        charts(
            "loop",
            {
                "line": line_figure.drawing(seen, place.moment),
                "descent": descent_figure.drawing(seen, place.moment, run),
            },
        )
    report.outcome(run)
    _graph(seen, place.moment)


def _place(experiment: Experiment) -> Position:
    """Show where the walk stands and the controls that move it, and return the place.

    The buttons move on from the place that was shown last, not from what the controls of the place
    say: a press that comes before they have heard of the last move brings their old values along.
    """
    _bring_back(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _number("epoch", experiment.epochs)
        if experiment.n_batches > 1:
            _number("batch", experiment.n_batches)
        _move_button("Line back", "B", ":material/arrow_back:", experiment, -1)
        _move_button("Next line", "N", ":material/arrow_forward:", experiment, 1)
        _epoch_button("Epoch back", "Shift+B", ":material/skip_previous:", experiment, -1)
        _epoch_button("Next epoch", "Shift+N", ":material/skip_next:", experiment, 1)
    control("moment")
    place = _here(experiment)
    session().place = place
    return place


def _here(experiment: Experiment) -> Position:
    """Return the place that the controls show."""
    moment = Moment(st.session_state[MOMENT])
    batch = st.session_state.get(BATCH, 0)
    if moment is Moment.TEST:
        batch = experiment.n_batches - 1
    return Position(st.session_state[EPOCH], batch, moment)


def _bring_back(experiment: Experiment) -> None:
    """Bring the place back into a run that has become shorter; the test is after the last batch."""
    for key, count in ((EPOCH, experiment.epochs), (BATCH, experiment.n_batches)):
        at_test = key == BATCH and st.session_state.get(MOMENT) == Moment.TEST
        if st.session_state.get(key, 0) >= count or at_test:
            st.session_state[key] = count - 1


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


def _move_button(label: str, shortcut: str, icon: str, experiment: Experiment, lines: int) -> None:
    st.button(
        label, key=label, icon=icon, shortcut=shortcut, on_click=_move, args=(experiment, lines)
    )


def _epoch_button(label: str, shortcut: str, icon: str, experiment: Experiment, by: int) -> None:
    st.button(label, key=label, icon=icon, shortcut=shortcut, on_click=_jump, args=(experiment, by))


def _move(experiment: Experiment, lines: int) -> None:
    _go_to(moved(experiment, session().place, lines))


def _jump(experiment: Experiment, epochs: int) -> None:
    place = session().place
    _go_to(place._replace(epoch=min(max(place.epoch + epochs, 0), experiment.epochs - 1)))


def _go_to(place: Position) -> None:
    st.session_state[EPOCH], st.session_state[MOMENT] = place.epoch, place.moment
    st.session_state[BATCH] = place.batch
    session().place = place


def _code(experiment: Experiment, moment: Moment) -> str:
    """Return the code of both loops, as it runs, as a table: the line of `moment` lit."""
    lines = ["| | `for X, y in batches:` |", "|:--|:--|"]
    lines += [
        _code_line(code, "▶" if each is moment else str(number))
        for number, (each, code) in enumerate(FIVE_STEPS, start=1)
    ]
    lines.append("| | **after each epoch** |")
    if experiment.schedule is not Schedule.CONSTANT:
        lines.append(_code_line("scheduler.step()", ""))
    sign = "▶" if moment is Moment.TEST else ""
    lines += [_code_line(code, sign) for code in TEST_LOOP]
    return "\n".join(lines)


def _code_line(code: str, sign: str) -> str:
    """Return a row of the table; one with an arrow is lit."""
    shown = f":orange-background[**`{code}`**]" if sign == "▶" else f"`{code}`"
    return f"| {sign} | {shown} |"


def _table(seen: Sequence[Seen]) -> str:
    if not seen:
        return ""
    lines = ["| | tensor | shape | values |", "|:--|:--|:--|:--|"]
    for one in seen:
        what = f"**{one.kind}**" if one.kind is Kind.WRITTEN else one.kind
        lines.append(f"| {what} | `{one.name}` | {one.shape} | {one.values} |")
    return "\n".join(lines)


def _graph(seen: Walk, moment: Moment) -> None:
    """Draw the graph behind this step's loss; with gradients from backward() on."""
    st.markdown("### The graph that autograd builds for the training loss")
    place = st.container(height=GRAPH_HEIGHT, border=False)  # nothing jumps while it is drawn
    if moment is Moment.TEST:
        place.markdown("Under `inference_mode()` no graph is recorded: there is none to show here.")
        return
    place.caption(
        "The operations that PyTorch records in the forward pass. Arrows are the way that "
        "backward() takes; a gradient is d loss / d result of its node, as it arrives there."
    )
    filled = moment in (Moment.BACKWARD, Moment.STEP)
    graph = autograd_graph(seen) if filled else without_gradients(autograd_graph(seen))
    place.mermaid_chart(to_mermaid(graph), alt=f"The autograd graph of this loss: {to_text(graph)}")
