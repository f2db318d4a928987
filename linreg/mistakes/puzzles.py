"""A mistake to guess: which one, four answers to choose from, and a link that does not tell.

All of it follows from a seed, so that whoever opens the same link gets the same puzzle.
"""

import hashlib

from linreg.settings.choices import Mistake

MOST_SEED = 999_999
ANSWERS = 4
DIGITS = 8  # of the mark in a token

FAMILIES: tuple[tuple[Mistake, ...], ...] = (
    (  # the loss hardly moves
        Mistake.NO_STEP,
        Mistake.STEP_FIRST,
        Mistake.NO_BACKWARD,
        Mistake.OTHER_PARAMETERS,
        Mistake.LR_TOO_SMALL,
    ),
    (Mistake.NO_ZERO_GRAD, Mistake.LR_TOO_LARGE, Mistake.NO_UNSQUEEZE),  # it goes wrong
    (Mistake.TEST_SET, Mistake.RUN_TWICE, Mistake.OTHER_CLASS_LOOSE, Mistake.GRAPH_KEPT),  # silence
    (Mistake.TWO_DEVICES, Mistake.OTHER_CLASS, Mistake.NO_GRAD),  # an error
)
"""The mistakes by what is seen of them first."""

TWINS = frozenset({Mistake.NO_STEP, Mistake.STEP_FIRST})
"""Mistakes that leave the same numbers: nobody can tell which one it was."""


def mystery(seed: int) -> Mistake:
    """Return the mistake of a puzzle. Counting seeds up from 0, none repeats before all were on."""
    mistakes = [mistake for family in FAMILIES for mistake in family]
    turn, place = divmod(_checked(seed), len(mistakes))
    return _shuffled(mistakes, f"turn {turn}")[place]


def choices_for_guess(mistake: Mistake, seed: int) -> tuple[Mistake, ...]:
    """Return four answers in an order that the seed decides: the right one, and three plausible.

    Two of these look like it at first sight. Of two mistakes that leave the same numbers there is
    only ever one.
    """
    (family,) = (family for family in FAMILIES if mistake in family)
    near = _shuffled([other for other in family if other is not mistake], f"near {seed}")
    far = _shuffled([other for f in FAMILIES if f is not family for other in f], f"far {seed}")
    chosen = [mistake]
    for others, room in ((near, ANSWERS - 1), (far, ANSWERS)):
        for other in others:
            if len(chosen) < room and not {other, *chosen} >= TWINS:
                chosen.append(other)
    return tuple(_shuffled(chosen, f"order {seed}"))


def mystery_token(mistake: Mistake, seed: int) -> str:
    """Return a short text for a link, from which `open_token` reads the mistake and the seed.

    It keeps an answer from being read off the address, no more: who knows this code can open it.
    """
    return f"{_checked(seed)}-{_hash(f'{seed} {mistake}')[:DIGITS]}"


def open_token(token: str) -> tuple[Mistake, int]:
    """Return the mistake and the seed that `mystery_token` made `token` from.

    Raises:
        ValueError: it made no such token.
    """
    number = token.partition("-")[0]
    if number.isdecimal() and number.isascii() and len(number) <= len(str(MOST_SEED)):
        for family in FAMILIES:
            for mistake in family:
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
