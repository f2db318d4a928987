"""Ways to the goals of the challenges, and whether one is left where a teacher's link keeps values.

A search through the stops of the sliders has found them. Where the goal can be met with one value
kept, or with any of the start's values kept, one of these ways meets it with them. Only for
`slope` with a rate of 2 or more, at which nearly every run swings, it has not looked at all seeds.
Knows nothing of pages.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from linreg.engines.replay import replayed
from linreg.lesson.challenges import CHALLENGES, Challenge, judge
from linreg.settings.choices import Loss, Model, Optimizer, Schedule

_L1, _MSE, _HUBER = Loss.L1, Loss.MSE, Loss.HUBER
_SGD, _MOMENTUM, _ADAM = Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.ADAM
_CONSTANT, _STEP, _COSINE = Schedule.CONSTANT, Schedule.STEP, Schedule.COSINE

# Lines with one row far away. Plain SGD learns the flat one at once, also from a twentieth of it.
_STEEP = ((0.0, 6.0), *((i / 50, 0.7 * i / 50 + 0.3) for i in range(50)))
_FLAT = ((0.0, 60.0), *((i / 400, 0.34 * i / 400 + 0.13) for i in range(400)))

WAYS: Mapping[str, tuple[tuple[Any, ...], ...]] = MappingProxyType(
    {
        "printed": ((200,),),
        "thousand": ((120,),),
        "limit": ((0.86,),),
        "fine": ((0.0085, _COSINE),),
        "band": ((0.0026, 10_000),),
        "below": (
            (8, True, Model.LINEAR, 433),
            (1000, True, Model.LINEAR, 312),
            (400, True, Model.PARAMETER, 576),
            (4, True, Model.PARAMETER, 471),
            (850, False, Model.PARAMETER, 479),
            (900, False, Model.LINEAR, 107),
            (95, True, Model.LINEAR, 690),
            (1000, True, Model.PARAMETER, 829),
            (1, True, Model.LINEAR, 431),
            (700, True, Model.LINEAR, 105),
            (200, True, Model.LINEAR, 181),
        ),
        "inside": (
            (True, 0.9, 0.0, 429),
            (True, 0.05, 0.35, 780),
            (True, 0.55, 0.05, 912),
        ),
        "quick": (
            (0.24, 18, _L1, _ADAM, _STEP),
            (0.55, 18, _HUBER, _ADAM, _COSINE),
            (4.4, 19, _MSE, _SGD, _STEP),
            (0.75, 11, _HUBER, _ADAM, _CONSTANT),
            (1.3, 12, _HUBER, _MOMENTUM, _COSINE),
            (0.46, 19, _HUBER, _ADAM, _COSINE),
            (0.24, 14, _L1, _ADAM, _COSINE),
            (0.38, 20, _MSE, _ADAM, _COSINE),
            (0.2, 17, _L1, _ADAM, _CONSTANT),
            (1.7, 10, _HUBER, _MOMENTUM, _COSINE),
            (2.4, 19, _L1, _SGD, _COSINE),
            (0.3, 20, _L1, _ADAM, _COSINE),
            (4.2, 18, _MSE, _SGD, _STEP),
            (0.65, 12, _MSE, _MOMENTUM, _COSINE),
            (0.32, 19, _L1, _ADAM, _COSINE),
            (0.18, 16, _MSE, _MOMENTUM, _CONSTANT),
            (0.36, 16, _HUBER, _MOMENTUM, _CONSTANT),
            (1.0, 9, _MSE, _MOMENTUM, _COSINE),
            (1.5, 11, _HUBER, _MOMENTUM, _COSINE),
            (0.16, 17, _MSE, _MOMENTUM, _CONSTANT),
            (3.0, 11, _L1, _SGD, _COSINE),
            (2.0, 9, _HUBER, _MOMENTUM, _COSINE),
        ),
        "passes": (
            (0.8, 5, _HUBER, 1),
            (0.5, 5, _MSE, 1),
            (0.01, 5, _L1, 1),
            (0.75, 5, _MSE, 2),
            (0.085, 2, _L1, 2),
            (0.042, 5, _L1, 2),
        ),
        "round": (
            (0.024, 130, _MOMENTUM),
            (0.14, 35, _MOMENTUM),
            (0.055, 45, _MOMENTUM),
            (0.095, 14, _MOMENTUM),
            (0.28, 10, _MOMENTUM),
            (0.1, 30, _MOMENTUM),
            (0.24, 11, _MOMENTUM),
            (0.18, 20, _MOMENTUM),
            (0.16, 60, _MOMENTUM),
            (0.038, 40, _MOMENTUM),
            (0.042, 140, _MOMENTUM),
            (0.09, 19, _MOMENTUM),
            (0.32, 16, _MOMENTUM),
            (0.12, 13, _MOMENTUM),
        ),
        "outlier": (
            (_STEEP, 0.01, 1000, _CONSTANT, _SGD, _L1, 0.8),
            (_STEEP, 0.1, 1000, _COSINE, _ADAM, _L1, 0.8),
            (_FLAT, 0.01, 100, _CONSTANT, _SGD, _L1, 0.8),
            (_FLAT, 0.0001, 100, _CONSTANT, _SGD, _L1, 0.8),
        ),
        "hand": (),
        "slope": (
            (0.1, 0.05, 42, 0.01, _L1, 1.0, 0.02),
            (0.1, 0.8, 42, 0.0002, _MSE, 1.0, 0.02),
            (0.1, 0.8, 42, 0.01, _L1, 1.0, 0.5),
            (0.1, 0.8, 42, 0.01, _MSE, 0.25, 0.02),
            (0.1, 0.8, 853, 0.01, _HUBER, 1.0, 0.02),
            (0.01, 0.8, 42, 0.19, _L1, 5.0, 0.02),
            (0.1, 0.8, 694, 0.01, _L1, 0.25, 0.02),
            (0.1, 0.05, 42, 0.01, _MSE, 1.0, 0.02),
            (0.1, 0.05, 42, 0.01, _HUBER, 1.0, 0.02),
            (0.0, 0.05, 42, 0.002, _MSE, 4.75, 0.02),
            (0.5, 0.8, 42, 0.01, _L1, 2.0, 1.0),
            (1.0, 0.8, 42, 0.5, _MSE, 1.0, 0.5),
            (1.0, 0.15, 42, 0.5, _MSE, 5.0, 0.25),
            (0.3, 0.1, 42, 0.1, _MSE, 2.0, 0.05),
            (0.1, 0.1, 42, 0.5, _MSE, 2.0, 0.1),
            (0.3, 0.2, 42, 0.5, _MSE, 1.0, 0.1),
        ),
    }
)
"""For each challenge, values of its free settings, in their order, that meet the goal."""


def can_be_met(challenge: Challenge, kept: Mapping[str, Any]) -> bool:
    """Return False if no way meets the goal with one of the values `kept`, or those of the start.

    Several other values together have not been searched: they alone are no reason for False, unless
    they leave nothing to change.

    Arguments:
        kept: values of free settings, by field.
    """
    of_the_start = {n: v for n, v in kept.items() if v == getattr(challenge.start, n)}
    parts = [of_the_start, *({name: value} for name, value in kept.items())]
    if len(kept) == len(challenge.free):
        parts.append(dict(kept))
    return all(_can_be_met(challenge.key, tuple(part.items())) for part in parts if part)


@lru_cache(maxsize=256)
def _can_be_met(key: str, kept: tuple[tuple[str, Any], ...]) -> bool:
    [challenge] = [each for each in CHALLENGES if each.key == key]
    ways = (dict(zip(challenge.free, way, strict=True)) for way in WAYS[key])
    return any(_meets(challenge, {**way, **dict(kept)}) for way in ways)


def _meets(challenge: Challenge, values: Mapping[str, Any]) -> bool:
    """Return whether a run with these values meets the goal; they may exclude each other."""
    try:
        experiment = replace(challenge.start, **values)
    except ValueError:
        return False
    return judge(challenge, replayed(experiment))[0]
