"""The stage: the charts of a run with the player below, in one component that stays mounted.

`st.plotly_chart` makes a new chart at each change of its data: the chart is blank for a moment, and
zoom and legend choices are lost. The stage keeps the old picture until the new one is drawn, and
moves a cursor over all epochs without the server. Where its scripts are not served or do not load,
`st.plotly_chart` shows the same figures.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import streamlit as st

from linreg.core.data import split_data
from linreg.core.losses import gradients_at, losses_at
from linreg.core.training import Run
from linreg.figures import (
    Drawing,
    loss_figure,
    predictions_figure,
    surface_end_figure,
    surface_figure,
)
from linreg.lesson.challenge_checks import Line
from linreg.lesson.explained_numbers import Explained, explained_numbers
from linreg.ui.browser.assets import PLOTLY, SOURCES, asset_from_page, served
from linreg.ui.parts.early_picture import packed_early, read_early
from linreg.ui.parts.hand import packed_hand
from linreg.ui.parts.packing import pack
from linreg.ui.parts.preview import packed_preview
from linreg.ui.state import keys
from linreg.ui.state.controls import shown_value
from linreg.ui.state.session import Picked, fitted_line, picked_point, session
from linreg.ui.state.view import Epochs, Picture, Window
from linreg.ui.work.cache import BY_SETTINGS, trained_at_once

ENTRIES = 1_024
MEMORY = "64MB"
LAST_EPOCHS = 10
NOTHING: Mapping[str, Any] = MappingProxyType({})

# It is sent at each change of a setting, so it is short and fetches the cached scripts.
_LOADER = f"""
export default async function (component) {{
  const url = (path) => new URL(path, document.baseURI).href;
  try {{
    const script = await import(url("{asset_from_page("stage.js")}"));
    return await script.render(component, url("{asset_from_page(PLOTLY)}"));
  }} catch (error) {{
    console.warn("linreg: the stage could not start:", error);
    if (component.parentElement.isConnected) component.setTriggerValue("failed", true);
  }}
}}
"""
MISSING = (
    "A script of the app did not arrive, so the charts have no player. Reload the page. If that "
    "does not help, tell whoever runs the server; HOSTING.md says where to look."
)
_PLAIN = {"displaylogo": False, "showSendToCloud": False}
_CSS = (SOURCES / "stage.css").read_text(encoding="utf-8")

_PLACE = '<div class="linreg-place"></div>'  # room for the charts until the scripts load

_component = st.components.v2.component(
    "linreg_stage", html=_PLACE, js=_LOADER, css=_CSS, isolate_styles=False
)


def stage(run: Run, picture: Picture, on_fit: Callable[[Line], None] | None = None) -> None:
    """Show the charts of `run` side by side, or below each other, with the player.

    Each figure's title and subtitle are text above it, and also its text alternative.

    Arguments:
        on_fit: a callback that gets each line that is drawn by hand, if `picture` has one.
    """

    def tell() -> None:
        line = fitted_line(keys.STAGE)
        if on_fit is not None and line is not None:
            on_fit(line)

    _show(
        keys.STAGE,
        lambda: figures(run, picture),
        lambda: content(run, picture, judged=on_fit is not None, early=_comes_early(run)),
        on_fitted=tell,
    )


def charts(
    key: str,
    made: Mapping[str, Drawing],
    on_pick: Callable[[Picked], None] | None = None,
    record: Mapping[str, Any] = NOTHING,
) -> None:
    """Show charts by name, side by side or below each other, without the player of a run.

    Arguments:
        key: names the group; charts with the same key stay mounted when they change.
        made: the charts by name; the names must not change.
        on_pick: a callback that gets the point that was clicked.
        record: what else their script uses: `first`, the name of the trace that is seen before all
            else; `swarm`, runs that a player shows.
    """
    group = keys.one_of(keys.CHARTS, key)

    def tell() -> None:
        picked = picked_point(group)
        if on_pick is not None and picked is not None:
            on_pick(picked)

    _show(group, lambda: made, lambda: pack(record, made), tell)


def _show(
    key: str,
    plain: Callable[[], Mapping[str, Drawing]],
    packed: Callable[[], bytes],
    on_picked: Callable[[], None] = lambda: None,
    on_fitted: Callable[[], None] = lambda: None,
) -> None:
    if not served.is_set() or session().plain_charts:
        if served.is_set():
            st.caption(MISSING)
        for name, drawing in plain().items():
            st.plotly_chart(drawing.figure(), key=keys.one_of(key, name), config=_PLAIN)
        return
    result = _component(
        key=key,
        data=packed(),
        on_failed_change=lambda: None,
        on_picked_change=on_picked,
        on_fitted_change=on_fitted,
    )
    if result.failed:
        session().plain_charts = True
        st.rerun()


@st.cache_data(
    max_entries=ENTRIES,
    max_size=MEMORY,
    show_spinner=False,
    hash_funcs=BY_SETTINGS | {Picture: repr},
)
def content(run: Run, picture: Picture, *, judged: bool = False, early: bool = False) -> bytes:
    """Return the player's record and the charts as bytes for the browser.

    judged: the server must know each line that is drawn by hand. early: the browser may fetch the
    picture of other settings before the page brings it.
    """
    record = packed_history(run)
    if picture.hand:
        record["hand"] = packed_hand(run.experiment, judged=judged)
    if early:
        record["early"] = packed_early(run.experiment, picture, judged=judged)
    return pack({"run": record}, figures(run, picture))


def early_content(parameters: Mapping[str, Sequence[str]]) -> bytes | None:
    """Return the content of the stage for settings that the browser names; None if it must wait."""
    asked = read_early(parameters)
    if asked is None:
        return None
    experiment, picture, judged = asked
    return content(trained_at_once(experiment), picture, judged=judged, early=True)


def _comes_early(run: Run) -> bool:
    """Return whether the browser may show the run of other settings before the page does."""
    return run.experiment.points is None and not shown_value("curtain")


def figures(run: Run, picture: Picture) -> dict[str, Drawing]:
    """Return the charts of a run by name, in their order on the page."""
    last = LAST_EPOCHS if picture.shown is Epochs.LAST else None
    surface = surface_end_figure if picture.window is Window.END else surface_figure
    return {
        "predictions": predictions_figure.drawing(run, initial=picture.initial),
        "loss": loss_figure.drawing(run, scale=picture.scale, last=last),
        "surface": surface.drawing(run),
    }


def packed_history(run: Run) -> dict[str, Any]:
    """Return the player's numbers, by the names that its script uses.

    Position k is the model after k epochs. All numbers but the two curves are those of this model
    on all training rows. With one batch per epoch they are the numbers that training recorded.
    """
    history, experiment = run.history, run.experiment
    data = split_data(experiment)
    train = data.X_train, data.y_train
    how = experiment.loss, experiment.model
    recorded = experiment.epochs if experiment.n_batches == 1 else 0
    weight, bias = history.weight[recorded:], history.bias[recorded:]  # what was not recorded
    losses = losses_at(weight, bias, *train, *how)
    weight_grad, bias_grad = gradients_at(weight, bias, *train, experiment.loss)
    first = losses_at(history.weight[:1], history.bias[:1], data.X_test, data.y_test, *how)
    sets = {"training": data.X_train, "validation": data.X_validation, "test": data.X_test}
    x = np.concatenate([X.numpy().ravel() for X in sets.values()])
    return {
        "epochs": experiment.epochs,
        "weight": history.weight,
        "bias": history.bias,
        "weightGrad": np.concatenate([history.weight_grad[:recorded], weight_grad]),
        "biasGrad": np.concatenate([history.bias_grad[:recorded], bias_grad]),
        "trainLoss": np.concatenate([history.train_loss[:recorded], losses]),
        "firstTestLoss": first,
        "trainCurve": history.train_loss,
        "testCurve": history.test_loss,
        "ends": [float(x.min()), float(x.max())],
        "predicted": [f"{name} data" for name, X in sets.items() if len(X)][-1],
        "preview": packed_preview(experiment),
        "explained": {
            name: _packed_explanations(explained)
            for name, explained in explained_numbers(experiment).items()
        },
    }


def _packed_explanations(explained: Explained) -> list[dict[str, Any] | None]:
    """Return the fields that have a value; None for an explanation like the one before it."""
    before = (None, *explained)
    return [
        None if each == last else {name: value for name, value in vars(each).items() if value}
        for each, last in zip(explained, before, strict=False)
    ]
