"""Settings of the picture, not of the run; they are in the address too."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from linreg.core.experiment import MOST_POINTS
from linreg.settings.choices import Scale
from linreg.settings.kinds import Choice, OptionalWhole, Setting, Switch, Whole
from linreg.walkthrough.walk import Moment


class Window(StrEnum):
    """Which part of the path the loss surface shows."""

    WHOLE = "whole"
    END = "end"


class Chapter(StrEnum):
    """What the Lesson shows: one of its six parts, the story at its end, or all of these."""

    DATA = "data"
    MODEL = "model"
    TRAINING = "training"
    PREDICTIONS = "predictions"
    SAVING = "saving"
    DEVICE = "device"
    STORY = "story"
    WHOLE = "whole"


class Epochs(StrEnum):
    """Which epochs the loss curves show."""

    ALL = "all"
    LAST = "last"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """How the charts of a run are shown; the fields are the keys of VIEW."""

    scale: Scale
    shown: Epochs
    window: Window
    initial: bool
    hand: bool


VIEW: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "scale": Choice(
            default=Scale.LINEAR,
            stops=tuple(Scale),
            label="Loss axis",
            help="linear: how much the loss falls. log: how it still falls when it is small, "
            "and where it stops falling and oscillates.",
            address="scale",
        ),
        "initial": Switch(
            default=False,
            label="Predictions before training",
            help="Also show the line that the random starting values give.",
            address="before",
        ),
        "hand": Switch(
            default=False,
            label="Fit by hand",
            help="A line of your own: drag its ends, or its dot on the loss surface, or move them "
            "with the arrow keys. Its loss stands beside that of gradient descent.",
            address="hand",
        ),
        "window": Choice(
            default=Window.WHOLE,
            stops=tuple(Window),
            label="Loss surface",
            help="whole: the start and the whole path. end: only the last ten epochs. Both show "
            "the truth, if the data have one.",
            address="surface",
        ),
        "shown": Choice(
            default=Epochs.ALL,
            stops=tuple(Epochs),
            label="Epochs shown",
            help="last: only the last ten epochs, one by one, to see how the loss oscillates.",
            address="shown",
        ),
    }
)
"""How the charts are shown; each has a control on the page."""

SCREEN: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "large": Switch(
            default=False,
            label="Large type",
            help="Larger texts, numbers and charts on every page, for a projector.",
            address="large",
        ),
        "curtain": Switch(
            default=False,
            label="Curtain",
            help="Hide the end of the run until somebody has predicted or played it. Then the "
            "switch is off again; where a link keeps it on, each new run is hidden.",
            address="curtain",
        ),
    }
)
"""How every page is shown; each has a control in the sidebar."""

OPENING: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "at": OptionalWhole(
            none="end",
            stops=(None, *range(10_001)),
            label="Start at epoch",
            help="The position of the player when the page opens.",
            address="at",
        ),
        "version": Whole(
            default=1,
            stops=(1,),
            label="Version",
            help="The version of the address format; without it, version 1.",
            address="v",
        ),
        "play": Switch(
            default=False,
            label="Play at once",
            help="The player plays when the page opens, unless the visitor's system asks for "
            "reduced motion.",
            address="play",
        ),
        "present": Switch(
            default=False,
            label="Present",
            help="No menu and no sidebar, large type, and the picture as large as the window.",
            address="present",
        ),
    }
)
"""How a page opens; these have no control."""

LOOP: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "epoch": Whole(
            default=0,
            stops=range(10_000),
            label="Epoch",
            help="Which epoch to look at, counted from 0 as in the loop.",
            address="epoch",
        ),
        "batch": Whole(
            default=0,
            stops=range(MOST_POINTS),
            label="Batch",
            help="Which batch of the epoch, counted from 0.",
            address="in_batch",
        ),
        "moment": Choice(
            default=Moment.FORWARD,
            stops=tuple(Moment),
            label="Line that has just run",
            help="The five steps of the training loop, and the test loop that follows an epoch.",
            address="line",
        ),
    }
)
"""The position of the Loop page, which has the controls."""

LESSON: Mapping[str, Setting[Any]] = MappingProxyType(
    {
        "chapter": Choice(
            default=Chapter.DATA,
            stops=tuple(Chapter),
            label="Part",
            help="The six parts of the workflow, and the story of the numbers in the notebook that "
            "this app follows. whole: all of it on one page, to read or to print.",
            address="part",
        )
    }
)
"""The part that the Lesson page shows, which has the control."""
