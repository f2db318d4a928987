"""The class is the sweep: the rates that it chose, on the curve of all rates."""

from collections import Counter
from dataclasses import replace
from typing import Any

import streamlit as st

from linreg.analysis.sweeps import spread_rates
from linreg.board.questions import Question
from linreg.core.experiment import SETTINGS
from linreg.figures import class_rates_figure
from linreg.ui.parts.stage import charts
from linreg.ui.work.cache import swept


def class_rates(asked: dict[str, Any]) -> None:
    """Show the chart of a round whose answers are learning rates, once they are revealed.

    Arguments:
        asked: the round as its host sees it.
    """
    runs = (asked["result"] or {}).get("runs")
    if asked["state"] != "revealed" or asked["setting"] != "lr" or not runs:
        return
    link = asked["link"]
    question = Question(text=asked["text"], kind="setting", setting="lr", link=link)
    experiment = replace(question.experiment, lr=SETTINGS["lr"].default)
    try:
        found = swept(experiment, spread_rates(), st.empty())
    except ValueError:  # too much work; the histogram stands above
        return
    last = next(vote for vote in reversed(asked["values"]) if vote)
    losses = dict(zip(runs["values"], runs["losses"], strict=True))
    charts("class", {"rates": class_rates_figure.drawing(found, Counter(last), losses)})
