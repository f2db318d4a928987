"""What learners ask most, each answered by a picture or by numbers of a real run."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.figures import compared_losses_figure, surface_figure
from linreg.formatting import literal, number
from linreg.lesson.asked import L1_FAST, MSE_FAST, about_the_device, modes, starts, uses
from linreg.lesson.plan_answers import way_of_the_bias
from linreg.settings.choices import Scale
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.work.cache import trained


def asked(waiting: DeltaGenerator) -> None:
    """Show the questions with their answers, two in a row."""
    st.markdown("### What learners ask")
    left, right = st.columns(2, gap="large")
    fast = [("L1, lr 1", trained(L1_FAST, waiting)), ("MSE, lr 1", trained(MSE_FAST, waiting))]
    with left:
        st.markdown(
            "**Does a large rate always make the loss explode?** With MSE, above its limit, yes. "
            "With L1 a step is never longer than the rate allows: the loss swings, but stays."
        )
        charts("asked rates", {"rates": compared_losses_figure.drawing(fast, Scale.LOG)})
    run = trained(Experiment(), waiting)
    with right:
        st.markdown(
            "**Do the parameters go straight to the truth?** Not in the lesson's first run (*Model "
            f"0*, learning rate 0.01, 100 epochs). {way_of_the_bias(run).says}"
        )
        charts("asked path", {"path": surface_figure.drawing(run)})
    left, right = st.columns([2, 3], gap="large")
    left.markdown(_modes())
    right.container(key=keys.USES).markdown(_uses())


def start_values(seed: int) -> None:
    """Show why one seed gives the two models different start values."""
    lines = [
        f"**Why does seed {seed} give the two models different start values?** Both draw from the "
        "same generator, but by different functions. The class itself makes no difference.\n",
    ]
    lines += [
        f"- {model}: weight {number(weight)}, bias {number(bias)}, by {how}."
        for model, how, weight, bias in starts(seed)
    ]
    st.markdown("\n".join(lines))


def _modes() -> str:
    lines = [
        "**Is eval() the same as inference_mode()?** No: each changes one of these two.\n",
        "| called | model.training | recorded for gradients |",
        "|:--|:--|:--|",
    ]
    lines += [
        f"| {_code(each.code)} | {_mark(each.training)} | {_mark(each.recorded)} |"
        for each in modes()
    ]
    return "\n".join(lines)


def _uses() -> str:
    lines = [
        "**Why `.to(device)`, `.detach()` and `.cpu()`?** Without them PyTorch stops, and says so, "
        "here to *Model 0*. Data are `X_train` or the predictions.\n",
        "| code | model on | data on | graph | PyTorch says |",
        "|:--|:--|:--|:--|:--|",
    ]
    for each in uses():
        graph = "yes" if each.recorded else "no"
        said = f"✗ {literal(each.error)}" if each.error else "✓ no error"
        cells = (_code(each.code), each.model_on, each.data_on, graph, said)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", about_the_device()])


def _code(text: str) -> str:
    """Return code that a phone can break before each dot; a plain word as it is."""
    if text.isalpha():
        return text
    return " ".join(f"`{part}`" for part in text.replace(".", " .").split())


def _mark(holds: bool) -> str:
    return "✓ True" if holds else "✗ False"
