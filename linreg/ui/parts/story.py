"""The story of the notebook's numbers: after how many epochs were they printed?"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.analysis.theory import alternation
from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.settings.choices import Model
from linreg.ui.state.controls import is_kept
from linreg.ui.work.cache import trained

CLAIMS = ((100, "in its code"), (200, "printed by it"), (1000, "in its text"))


def story(waiting: DeltaGenerator) -> None:
    """Show which numbers of the notebook are wrong, why, and how to see it, with real runs."""
    st.header("A story: 1000, 100 or 200 epochs?", anchor="story", divider="gray")
    left, right = st.columns(2, gap="large")
    with left:
        _how_many_epochs(trained(Experiment(epochs=1000), waiting))
    with right:
        _constant_loss(trained(Experiment(model=Model.LINEAR, epochs=1000), waiting))


def _is_free(*names: str) -> bool:
    """Return whether a link keeps none of these settings, which a preset changes."""
    return not any(map(is_kept, names))


def _how_many_epochs(run: Run) -> None:
    history = run.history
    lines = ["| epochs | weight | bias | last training loss | |", "|--:|--:|--:|--:|:--|"]
    for epochs, claim in CLAIMS:
        lines.append(
            f"| {epochs} | {history.weight[epochs]:.4f} | {history.bias[epochs]:.4f} "
            f"| {history.train_loss[epochs - 1]:.4f} | {claim} |"
        )
    press = "**How to see it.** Press *Model 0*, then set *Epochs* to 200. "
    how = press if _is_free("model", "epochs", "lr") else ""
    st.markdown(
        "The PyTorch notebook that this app follows, `01_pytorch_workflow`, speaks of 1000 epochs "
        "in its text. Its code says 100. The parameters that it prints afterwards are those after "
        "200 epochs. All three runs start from the same seed:\n\n"
        + "\n".join(lines)
        + f"\n\n{_same_after_all(run)}"
        "**Why.** The cell with the training loop had been run twice. The model keeps its "
        "parameters between two runs of a cell, so the second run continued where the first had "
        "stopped: 100 + 100.\n\n"
        f"{how}**How to avoid it.** In your own notebook, create the model and the optimizer in "
        "the training cell, or run all cells from the top."
    )


def _same_after_all(run: Run) -> str:
    cycle = alternation(run.history)
    if cycle is None:
        return ""
    return (
        "The parameters alone cannot tell 200 from 1000: from epoch "
        f"{cycle.first_epoch} on this run alternates between two states, and both numbers are "
        "even.\n\n"
    )


def _constant_loss(run: Run) -> None:
    history, cycle = run.history, alternation(run.history)
    lines = ["| epoch | training loss | test loss |", "|--:|--:|--:|"]
    lines += [
        f"| {epoch} | {history.train_loss[epoch]:.6f} | {history.test_loss[epoch]:.6f} |"
        for epoch in (100, 200, 300, 301, 302, 303, 900)
    ]
    press = (
        "**How to see it.** Press *Model 1*, then print every 7th epoch in part 3, *training*, or "
        "look at the last ten epochs in the Playground. "
    )
    how = press if _is_free("model", "epochs", "lr") else ""
    since = "" if cycle is None else f", from epoch {cycle.first_epoch} on"
    st.markdown(
        "The second run (*Model 1*, 1000 epochs) prints every 100th epoch, and from 200 to 900 the "
        "two losses are the same to the last digit. Training seems to have converged:\n\n"
        + "\n".join(lines)
        + f"\n\n**Why.** It alternates between two states{since}. Every 100th epoch always shows "
        "the same one, since 100 is even and the cycle has two states.\n\n"
        f"{how}A smaller learning rate brings the two "
        "states closer together, and a schedule that keeps shrinking it ends the cycle. More "
        "epochs do neither."
    )
