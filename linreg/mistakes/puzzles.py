"""A mistake to guess: which one it is, four answers to choose from, and a link that hides it.

A seed decides all of it, so everybody who opens the same link gets the same puzzle.
"""

import hashlib

from linreg.settings.choices import Mistake

MOST_SEED = 999_999
ANSWERS = 4
DIGITS = 8  # of the hash in a token

FAMILIES: tuple[tuple[Mistake, ...], ...] = (
    (  # the loss hardly changes
        Mistake.NO_STEP,
        Mistake.STEP_FIRST,
        Mistake.NO_BACKWARD,
        Mistake.OTHER_PARAMETERS,
        Mistake.LR_TOO_SMALL,
    ),
    (Mistake.NO_ZERO_GRAD, Mistake.LR_TOO_LARGE, Mistake.NO_UNSQUEEZE),  # the loss behaves badly
    # no visible problem
    (Mistake.TEST_SET, Mistake.RUN_TWICE, Mistake.OTHER_CLASS_LOOSE, Mistake.GRAPH_KEPT),
    (Mistake.TWO_DEVICES, Mistake.OTHER_CLASS, Mistake.NO_GRAD),  # an error
)
"""The mistakes in groups with similar first symptoms."""

_MISTAKES = [mistake for family in FAMILIES for mistake in family]

TWINS = frozenset({Mistake.NO_STEP, Mistake.STEP_FIRST})
"""Mistakes that give the same numbers, so that one cannot tell them apart."""


def mystery(seed: int) -> Mistake:
    """Return the mistake of a puzzle; 15 seeds from a multiple of 15 on give all 15 mistakes."""
    turn, place = divmod(_checked(seed), len(_MISTAKES))
    return _shuffled(_MISTAKES, f"turn {turn}")[place]


def choices_for_guess(mistake: Mistake, seed: int) -> tuple[Mistake, ...]:
    """Return four answers: the right one and three wrong ones, in an order from the seed.

    Two of the wrong ones have similar symptoms. Of two mistakes that give the same numbers, at most
    one is among the answers.
    """
    (family,) = (family for family in FAMILIES if mistake in family)
    near = _shuffled([other for other in family if other is not mistake], f"near {seed}")
    far = _shuffled([other for other in _MISTAKES if other not in family], f"far {seed}")
    chosen = [mistake]
    for others, room in ((near, ANSWERS - 1), (far, ANSWERS)):
        for other in others:
            if len(chosen) < room and not {other, *chosen} >= TWINS:
                chosen.append(other)
    return tuple(_shuffled(chosen, f"order {seed}"))


def mystery_token(mistake: Mistake, seed: int) -> str:
    """Return a short text for a link, from which `open_token` reads the mistake and the seed.

    It only keeps the answer out of sight in the address: anybody who knows this code can open it.
    """
    return f"{_checked(seed)}-{_hash(f'{seed} {mistake}')[:DIGITS]}"


def open_token(token: str) -> tuple[Mistake, int]:
    """Return the mistake and the seed that `mystery_token` made `token` from.

    Raises:
        ValueError: `mystery_token` makes no such token.
    """
    number = token.partition("-")[0]
    if number.isdecimal() and number.isascii() and len(number) <= len(str(MOST_SEED)):
        for mistake in _MISTAKES:
            if mystery_token(mistake, int(number)) == token:
                return mistake, int(number)
    raise ValueError("token must be one that mystery_token made.")


def _checked(seed: int) -> int:
    if not 0 <= seed <= MOST_SEED:
        raise ValueError(f"seed must be a whole number from 0 to {MOST_SEED}, not {seed}.")
    return seed


def _shuffled(mistakes: list[Mistake], key: str) -> list[Mistake]:
    return sorted(mistakes, key=lambda mistake: _hash(f"{key} {mistake}"))


def _hash(text: str) -> str:
    return hashlib.sha256(f"bug hunt: {text}".encode()).hexdigest()
