"""Questions that are ready to be asked: of the challenges and of the bug hunt's mysteries."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from linreg.board.questions import Question
from linreg.core.experiment import Experiment
from linreg.lesson.challenges import CHALLENGES, Challenge
from linreg.mistakes.catalog import BUGS
from linreg.mistakes.puzzles import choices_for_guess, mystery, mystery_token
from linreg.settings.choices import Optimizer
from linreg.sharing.address import address_of

MYSTERIES = range(1, 6)
CURTAIN = "curtain=true"  # the class is brought to the run, which shows the answer
# What the runs differ in that challenges ask about, from those that they begin with.
ASKED: Mapping[str, Mapping[str, Any]] = {
    "limit": {"lr": 0.87},
    "band": {"lr": 0.02},
    "round": {"optimizer": Optimizer.MOMENTUM},
}
RATE = Question(
    text="Which learning rate brings the loss of 100 epochs as low as possible?",
    kind="setting",
    setting="lr",
    link=f"tune?{CURTAIN}",
)
EPOCHS = Question(
    text="How many epochs does model 0 need until it learns nothing more?",
    kind="setting",
    setting="epochs",
    measure="end_of_learning",
    link=f"?epochs=1000&scale=log&{CURTAIN}",
)
BELOW = Question(
    text="After which of 200 epochs is the training loss below 0.01 for the first time?",
    kind="number",
    low=1,
    high=200,
    measure="epoch_below",
    link=f"?epochs=200&{CURTAIN}",
)


@cache
def ready_questions() -> Mapping[str, Question]:
    """Return the questions by their titles."""
    return MappingProxyType(
        {
            "Choose a learning rate": RATE,
            "Choose a number of epochs": EPOCHS,
            "Guess an epoch": BELOW,
            **{f"Challenge: {each.title}": _of_challenge(each) for each in CHALLENGES},
            **{f"Mystery {seed}": _of_mystery(seed) for seed in MYSTERIES},
        }
    )


def link_to(experiment: Experiment, page: str = "", **more: str) -> str:
    """Return the address of a page with an experiment, from the page on."""
    query = urlencode(address_of(experiment) | more)
    return f"{page}?{query}" if query else page


def _of_challenge(challenge: Challenge) -> Question:
    stop = "" if challenge.title.endswith("?") else "."
    return Question(
        text=f"{challenge.title}{stop} {challenge.question}",
        kind="choice",
        options=challenge.options,
        right=challenge.answer,
        link=link_to(replace(challenge.start, **ASKED.get(challenge.key, {})), curtain="true"),
    )


def _of_mystery(seed: int) -> Question:
    mistake = mystery(seed)
    offered = choices_for_guess(mistake, seed)
    return Question(
        text=f"Mystery {seed}. What is wrong in the code?",
        kind="choice",
        options=tuple(BUGS[each].title for each in offered),
        right=offered.index(mistake),
        link=link_to(Experiment(), "bug_hunt", mystery=mystery_token(mistake, seed)),
    )
