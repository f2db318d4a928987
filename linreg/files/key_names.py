"""Which of a model's keys the tensors of a file would fit, if they had other names.

A pairing is suggested only where names or shapes leave one way. Knows nothing of files or tensors'
values.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

Shapes = Mapping[str, tuple[int, ...]]

LONGEST_KEY = 100  # characters of a key that is paired
MOST_PAIRED = 200  # keys of a file that are paired
PAIR = 2  # tensors of the lesson's models
LAYER = 2  # dimensions of the weight of nn.Linear, (outputs, inputs)
WEIGHT, BIAS = "weight", "bias"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("weight", "weights", "w", "slope", "gradient", "coef"), WEIGHT),
        **dict.fromkeys(("coefficient", "m", "k", "gewicht", "steigung", "poids", "peso"), WEIGHT),
        **dict.fromkeys(("bias", "biases", "b", "c", "d", "intercept", "offset", "biais"), BIAS),
    }
)
"""What a word of a key says that a tensor is; y = m x + c and y = k x + d are lines too."""

_BY_SHAPE = {(1, 1): WEIGHT, (1,): BIAS}  # of nn.Linear(1, 1)
_INDEXED = re.compile(r"((?:.*\.)?(?:theta|beta|w|b)_?)([01])", re.IGNORECASE)
_WORDS = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_PREFIXES = (
    ("module", "`module.` is what `nn.DataParallel` puts before each key."),
    ("_orig_mod", "`_orig_mod.` is what `torch.compile` puts before each key."),
)


def pair_keys(have: Shapes, wanted: Shapes) -> dict[str, str] | None:
    """Return the wanted key for each key of a file; None if it fits as it is, or not at all.

    Tensors of one number fit each other in the shapes (), (1,) and (1, 1).
    """
    if len(have) != len(wanted) or len(have) > MOST_PAIRED or dict(have) == dict(wanted):
        return None
    if max(map(len, have)) > LONGEST_KEY:
        return None
    if have.keys() == wanted.keys():
        same = all(_size(have[key]) == _size(wanted[key]) for key in wanted)
        return {key: key for key in have} if same else None
    goals = {_kind(key, shape, ""): key for key, shape in wanted.items()}
    roles = _by_index(have) or {key: _role(key) for key in have}
    if not all(roles.values()) and sorted(have.values()) == sorted(_BY_SHAPE):
        roles = {key: _BY_SHAPE[shape] for key, shape in have.items()}
    kinds = {_kind(key, shape, roles[key]): key for key, shape in have.items()}
    if not len(goals) == len(kinds) == len(have) or goals.keys() != kinds.keys():
        return None
    return {kinds[kind]: key for kind, key in goals.items()}


def pair_either_way(have: Shapes, wanted: Shapes) -> tuple[dict[str, str], ...]:
    """Return both pairings of two tensors of one number, whose names and shapes tell nothing."""
    if len(have) != len(wanted) or len(wanted) != PAIR or max(map(len, have)) > LONGEST_KEY:
        return ()
    if any(map(_size, (*have.values(), *wanted.values()))):
        return ()
    return tuple(dict(zip(keys, wanted, strict=True)) for keys in (list(have), list(have)[::-1]))


def fits_reshaped(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Return whether the numbers of a tensor fit another shape: the same, or one number each."""
    return _size(shape) == _size(wanted)


def prefixes(keys: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each well-known prefix of keys."""
    parts = {part for key in keys for part in key.split(".")[:-1]}
    for prefix, sentence in _PREFIXES:
        if prefix in parts:
            yield sentence
    number = min((part for part in parts if re.fullmatch("[0-9]{1,3}", part)), default="")
    if number:
        yield f"`{number}.` is the place of a layer in a container such as `nn.Sequential`."


def _by_index(keys: Iterable[str]) -> dict[str, str]:
    """Return what the keys of theta0 + theta1 x say, or nothing for other keys."""
    found = {key: match for key in keys if (match := _INDEXED.fullmatch(key))}
    stems, places = {match[1] for match in found.values()}, {m[2]: key for key, m in found.items()}
    return {places["0"]: BIAS, places["1"]: WEIGHT} if len(stems) == 1 and len(places) == 2 else {}


def _role(key: str) -> str:
    """Return what a key says: by its last word, or by a longer word of its last part."""
    part = key.rpartition(".")[2]
    words = [word.lower() for word in _WORDS.findall(key)]
    inside = [word.lower() for word in _WORDS.findall(part) if len(word) > 1]
    return next((ROLES[word] for word in (*words[-1:], *reversed(inside)) if word in ROLES), "")


def _kind(key: str, shape: tuple[int, ...], role: str) -> tuple[str, tuple[int, ...]]:
    """Return what must be the same for two keys to be paired."""
    return role or _role(key), _size(shape)


def misfit(shapes: Iterable[tuple[int, ...]]) -> str:
    """Return a sentence on why no pairing can make a file fit, or "".

    Arguments:
        shapes: in the file's order. Nothing is said if they are not those of `nn.Linear` layers.
    """
    have = list(shapes)
    weights, biases = have[::2], have[1::2]
    if any(len(shape) != LAYER for shape in weights) or [w[:1] for w in weights] != biases:
        return ""
    if weights and weights[0][1] > 1:
        return f"Its model takes {weights[0][1]:,} inputs; the lesson's models take one."
    if len(weights) > 1:
        return f"Its model has {len(weights):,} layers; the lesson's models are one line."
    return ""


def _size(shape: tuple[int, ...]) -> tuple[int, ...]:
    return () if math.prod(shape) == 1 and len(shape) <= 2 else shape
