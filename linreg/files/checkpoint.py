"""Reports what a `.pth` file holds and whether it fits a model, and reads its numbers.

`linreg.files.torch_file` first reads a file without PyTorch and checks everything about it. Only a
file that fits goes on to `torch.load(weights_only=True)`. Knows nothing of pages.
"""

import io
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from linreg.core.models import make_model
from linreg.files.key_names import fits_reshaped, pair_keys
from linreg.files.tensor_pickle import CheckpointError
from linreg.files.torch_file import Part, SavedTensors, parts_with_tensors, read_saved
from linreg.formatting import listed, shown, shown_key
from linreg.settings.choices import Model

__all__ = [
    "CheckpointError",
    "Entry",
    "FileReport",
    "Fit",
    "Part",
    "inspect_file",
    "parts_with_tensors",
    "read_state_dict",
    "suggest_names",
]

FLOAT = "float32"
CONVERTED = ("float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8")
LISTED = 20  # keys that a report names
NAMED = 3  # keys that a message names


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One tensor of a file; its key as text that is safe to show, in quotes."""

    key: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a file fits a model class.

    missing: keys of the class that the file does not have.
    unexpected, wrong_shape, wrong_dtype: keys of the file that are safe to show.
    unexpected has LISTED keys at most.
    """

    model: Model
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shape: tuple[str, ...]
    wrong_dtype: tuple[str, ...]
    fits: bool


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """The content of a file, before any of it is loaded into a model.

    size: in bytes. entries: the first LISTED. more: the number of the other entries.
    fits: one for each class.
    sentences: which types loading converts, and which values are NaN or infinite.
    """

    size: int
    entries: tuple[Entry, ...]
    more: int
    fits: tuple[Fit, ...]
    sentences: tuple[str, ...]


def read_state_dict(
    data: bytes,
    model: nn.Module,
    names: Mapping[str, str] | None = None,
    part: Part | None = None,
) -> OrderedDict[str, torch.Tensor]:
    """Return the tensors of a file that fits `model`, as new float32 tensors on the CPU.

    Other real floats and whole numbers become float32, as load_state_dict converts them. NaN and
    infinite values are allowed: a run that diverges leaves them.

    Arguments:
        data: the file, as torch.save writes a state_dict.
        model: gives the keys and shapes; it is not changed.
        names: the model's key for each of the file's keys, as `suggest_names` returns it. With it
            a tensor of one number may have any of the shapes (), (1,) and (1, 1).
        part: which part of a checkpoint or a list is read, one of `parts_with_tensors`.

    Raises:
        CheckpointError: the file is anything else, or does not fit; the message is one sentence.
    """
    saved = read_saved(data, part)
    wanted = shapes(model)
    if names is not None:
        return _renamed(saved, wanted, names)
    have = [shown(key) for key in saved.tensors]
    if saved.tensors.keys() != wanted.keys():
        need = [shown(key) for key in wanted]
        raise CheckpointError(
            f"The file has the keys {listed(have, NAMED)}; the model needs {listed(need, NAMED)}."
        )
    for key in wrong_shape(saved, wanted):
        raise CheckpointError(
            f"`{shown(key)}` has the shape {shown(saved.tensors[key].shape)} in the file; the "
            f"model needs {shown(wanted[key])}."
        )
    return load(saved, wanted)


def suggest_names(
    data: bytes, model: nn.Module, part: Part | None = None
) -> Mapping[str, str] | None:
    """Return the model's key for each key of a file that would fit under other names.

    None where the file fits as it is, where it does not fit, and where more than one pairing would
    be possible. A tensor of one number fits in the shapes (), (1,) and (1, 1).

    Raises:
        CheckpointError: the file does not hold tensors by name.
    """
    have = {key: tensor.shape for key, tensor in read_saved(data, part).tensors.items()}
    return pair_keys(have, shapes(model))


def inspect_file(data: bytes, part: Part | None = None) -> FileReport:
    """Return the content of a file that holds tensors by name, whether or not it fits a class.

    Arguments:
        part: which part of a checkpoint or a list is read, one of `parts_with_tensors`.

    Raises:
        CheckpointError: the file holds anything else; the message is one sentence.
    """
    saved = read_saved(data, part)
    entries = [
        Entry(key=shown_key(key), shape=tensor.shape, dtype=tensor.storage.dtype)
        for key, tensor in saved.tensors.items()
    ]
    fits = tuple(_fit(saved, model) for model in Model)
    return FileReport(
        size=len(data),
        entries=tuple(entries[:LISTED]),
        more=max(0, len(entries) - LISTED),
        fits=fits,
        sentences=tuple(_remarks(saved)) if any(fit.fits for fit in fits) else (),
    )


def load(saved: SavedTensors, keys: Iterable[str]) -> OrderedDict[str, torch.Tensor]:
    """Return the tensors of these keys, in this order: new, float32, on the CPU.

    Raises:
        CheckpointError: a tensor does not hold real numbers.
    """
    keys = tuple(keys)
    for key in keys:
        dtype = saved.tensors[key].storage.dtype
        if dtype not in (FLOAT, *CONVERTED):
            raise CheckpointError(
                f"`{shown(key)}` in the file is {dtype}; the model needs real numbers, such as "
                f"{FLOAT}."
            )
    try:
        state = torch.load(io.BytesIO(saved.copy), weights_only=True, map_location="cpu")
        state = state if saved.part is None else state[saved.part]
        layout = torch.contiguous_format
        return OrderedDict(
            (key, state[key].detach().to(torch.float32, copy=True, memory_format=layout))
            for key in keys
        )
    except Exception:  # PyTorch's own message names paths and internals
        raise CheckpointError("PyTorch cannot read the file; it is damaged.") from None


def _renamed(
    saved: SavedTensors, wanted: Mapping[str, tuple[int, ...]], names: Mapping[str, str]
) -> OrderedDict[str, torch.Tensor]:
    """Return the tensors under the model's keys, in its order and its shapes."""
    keys = {new: old for old, new in names.items()}
    if names.keys() != saved.tensors.keys() or keys.keys() != wanted.keys():
        need = [shown(key) for key in wanted]
        raise CheckpointError(
            f"The names must give each key of the file one of the model's: {listed(need, NAMED)}."
        )
    for new, old in keys.items():
        if not fits_reshaped(saved.tensors[old].shape, wanted[new]):
            raise CheckpointError(
                f"`{shown(old)}` has the shape {shown(saved.tensors[old].shape)} in the file; "
                f"`{shown(new)}` needs {shown(wanted[new])}."
            )
    state = load(saved, names)
    return OrderedDict(
        (new, state[keys[new]].reshape(shape).clone()) for new, shape in wanted.items()
    )


def shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor in a model's state_dict, by key."""
    return {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}


def wrong_shape(saved: SavedTensors, wanted: Mapping[str, tuple[int, ...]]) -> list[str]:
    """Return the keys that are in both the file and the model, with different shapes."""
    return [
        key
        for key, shape in wanted.items()
        if key in saved.tensors and saved.tensors[key].shape != shape
    ]


def _fit(saved: SavedTensors, model: Model) -> Fit:
    wanted = shapes(make_model(model, 0))
    missing = [key for key in wanted if key not in saved.tensors]
    unexpected = [key for key in saved.tensors if key not in wanted]
    misshapen = wrong_shape(saved, wanted)
    wrong_dtype = [
        key
        for key, tensor in saved.tensors.items()
        if key in wanted and tensor.storage.dtype not in (FLOAT, *CONVERTED)
    ]
    return Fit(
        model=model,
        missing=tuple(missing),
        unexpected=tuple(shown_key(key) for key in unexpected[:LISTED]),
        wrong_shape=tuple(misshapen),
        wrong_dtype=tuple(wrong_dtype),
        fits=not (missing or unexpected or misshapen or wrong_dtype),
    )


def _remarks(saved: SavedTensors) -> Iterator[str]:
    """Yield a sentence for each type that loading converts and each value that is not finite."""
    for key, tensor in load(saved, saved.tensors).items():
        dtype = saved.tensors[key].storage.dtype
        if dtype != FLOAT:
            yield f"`{shown(key)}` is {dtype}; loading converts it to {FLOAT}."
        if not tensor.isfinite().all():
            value = tensor.item()
            yield f"`{shown(key)}` is not finite ({value}); a run that diverges ends like this."
