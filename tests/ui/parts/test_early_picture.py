"""The picture that the browser asks for by itself is the one that the page brings."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from linreg import Experiment, Loss, Model, Optimizer, train
from linreg.settings.choices import Scale
from linreg.ui.parts.early_picture import packed_early
from linreg.ui.parts.stage import content, early_content
from linreg.ui.state.view import Epochs, Picture, Window
from tests.ui.parts.test_packing import PICTURE, unpacked

OTHER = Picture(scale=Scale.LOG, shown=Epochs.LAST, window=Window.END, initial=True, hand=True)


@pytest.mark.parametrize("picture", [PICTURE, OTHER])
@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize(
    "before",
    [
        Experiment(),
        Experiment(lr=0.0123, loss=Loss.HUBER, optimizer=Optimizer.ADAM, model=Model.LINEAR),
        Experiment(noise=0.1, seed=2026, validation_fraction=0.2, shuffle=True, train_fraction=0.5),
    ],
)
def test_both_are_the_same_bytes(before: Experiment, picture: Picture, judged: bool) -> None:
    """The present query, with the texts that two sliders show after a move."""
    early = packed_early(before, picture, judged=judged)
    moved = parse_qs(early["query"]) | {
        early["names"]["Learning rate"]: ["0.02"],
        early["names"]["Epochs"]: ["30"],
    }
    after = train(replace(before, lr=0.02, epochs=30))
    expected = content(after, picture, judged=judged, early=True)
    assert early_content(moved) == expected
    assert unpacked(expected)["run"]["early"]["names"] == early["names"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"lr": ["fast"]},
        {"lr": ["0.1", "0.2"]},
        {"speed": ["2"]},
        {"epochs": ["1001"]},
        {"epochs": ["500"], "step": ["0.001"]},  # a thousand rows
        {"epochs": ["200"], "batch": ["1"]},
        {"epochs": ["100"], "batch": ["8"]},  # 500 steps
        {"epochs": ["201"], "optimizer": ["adam"]},
        {"device": ["cuda"]},
    ],
)
def test_others_wait_for_their_page(parameters: dict[str, Any]) -> None:
    """What is wrong gets its sentence there, and what takes long its progress bar."""
    assert early_content(parameters) is None
