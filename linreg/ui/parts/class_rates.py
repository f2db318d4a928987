"""The class is the sweep: the rates that it chose, on the curve of all rates and as a swarm."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from linreg.analysis.sweeps import Sweep, spread_rates, sweep
from linreg.board.questions import Question
from linreg.board.refusals import BoardUnavailable
from linreg.core.experiment import SETTINGS, Experiment
from linreg.figures import Drawing, class_rates_figure, class_swarm_figure
from linreg.figures.class_rates import CLASS, dot_sizes
from linreg.ui.parts.packing import pack
from linreg.ui.parts.stage import charts
from linreg.ui.work.cache import swept
from linreg.ui.work.log import LOG
from linreg.ui.work.queue import SLOTS

MOST_MOMENTS = 200  # of a swarm, besides its start
FEW = 8  # runs that all have their rate beside them


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """What a class chose: how many took each rate, and the last losses of these runs."""

    experiment: Experiment
    rates: Mapping[float, int]
    losses: Mapping[float, float | None]


def class_rates(asked: dict[str, Any]) -> None:
    """Show the chart of such a round; its dots come first, then the curve.

    Arguments:
        asked: the round as its host sees it.
    """
    chosen = _chosen(asked)
    if curve := _rates_chart(chosen):
        charts("class", {"rates": curve}, record={"first": CLASS})


def class_swarm(asked: dict[str, Any]) -> None:
    """Show the runs of such a round as dots that the player moves, with their losses beside."""
    chosen = _chosen(asked)
    found = swept(chosen.experiment, tuple(sorted(chosen.rates)), st.empty())
    curve = _rates_chart(chosen)
    made = {"swarm": class_swarm_figure.drawing(found, chosen.rates)}
    charts(
        "swarm",
        made | ({"rates": curve} if curve else {}),
        record=packed_swarm(found, chosen.rates),
    )


def swarm_in_turn(experiment: Experiment, rates: tuple[float, ...]) -> bytes:
    """Return the picture of a swarm for phones; like each run of a page it waits for its turn.

    Raises:
        BoardUnavailable: the runs cannot be trained here; the log has the reason.
    """
    try:
        with SLOTS.hold(waiting=lambda: None):
            return swarm_bytes(experiment, rates)
    except (ValueError, RuntimeError, MemoryError) as failure:
        LOG.warning("The runs of a class cannot be shown on its phones: %s", failure)
        raise BoardUnavailable("The runs cannot be trained here.") from failure


@lru_cache(maxsize=16)
def swarm_bytes(experiment: Experiment, rates: tuple[float, ...]) -> bytes:
    """Return the picture of a swarm for the browser of a phone, computed once for its class.

    Arguments:
        rates: what each chose, ascending.
    """
    chosen = Counter(rates)
    found = sweep(experiment, tuple(chosen))
    return pack(packed_swarm(found, chosen), {"swarm": class_swarm_figure.drawing(found, chosen)})


def packed_swarm(found: Sweep, chosen: Mapping[float, int]) -> dict[str, Any]:
    """Return the paths of a class's runs, by the names that the browser's swarm.js uses.

    A dot is a model before the step of an epoch, where the training loss of this epoch is taken.

    epochs: (moments,) those at which the dots are shown, the last one of training at the end.
    rates, sizes: (K,) of the dots. named: the places of those whose rate stands beside them.
    weight, bias, loss: (K, moments).
    """
    epochs, rates = _moments(found.experiment.epochs - 1), sorted(chosen)
    return {
        "swarm": {
            "epochs": np.array(epochs),
            "rates": rates,
            "sizes": dot_sizes([chosen[rate] for rate in rates]).tolist(),
            "named": _named(found),
            "weight": found.weight[:, epochs],
            "bias": found.bias[:, epochs],
            "loss": found.train_loss[:, epochs],
        }
    }


def _named(found: Sweep) -> list[int]:
    """Return the runs that are told apart: all of a few, else the best, the least and the most."""
    count, losses = len(found.lr), found.train_loss[:, -1]
    if count <= FEW:
        return list(range(count))
    best = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
    return sorted({best, 0, count - 1})


def _moments(last: int) -> list[int]:
    """Return the epochs at which a swarm is shown, the first and the last among them.

    They are an odd number apart, so that a run that alternates is seen to move.
    """
    apart = -(-last // MOST_MOMENTS) | 1
    return [*range(0, last, apart), last]


def _chosen(asked: dict[str, Any]) -> _Chosen:
    link, runs = asked["link"], asked["result"]["runs"]
    question = Question(text=asked["text"], kind="setting", setting="lr", link=link)
    return _Chosen(
        experiment=question.experiment,
        rates=Counter(_last(asked["values"])),
        losses=dict(zip(runs["values"], runs["losses"], strict=True)),
    )


def _last(votes: Iterable[list[float]]) -> list[float]:
    """Return the last vote in which somebody answered."""
    return [vote for vote in votes if vote][-1]


def _rates_chart(chosen: _Chosen) -> Drawing | None:
    """Return the class on the curve of all rates; None where that is too much work."""
    try:
        plain = replace(chosen.experiment, lr=SETTINGS["lr"].default)  # as on Tune
        found = swept(plain, spread_rates(), st.empty())
    except ValueError:
        return None
    return class_rates_figure.drawing(found, chosen.rates, chosen.losses)
