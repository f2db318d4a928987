"""Reads the zip archive that torch.save writes, and checks each entry before it is used.

The archive has one folder: `data.pkl` describes the content, and `data/0`, `data/1` ... hold the
numbers. Nothing is compressed. Knows nothing of models, imports no torch.

Source: the format's description in PyTorch's notes on serialization.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linreg.files.file_kind import not_a_zip_archive
from linreg.files.tensor_pickle import CheckpointError, Pairs, StoredTensor, follow
from linreg.formatting import listed, shown

MOST_BYTES = 1_000_000
MOST_ENTRIES = 2_000
MOST_KEYS = 2_000
MOST_PARTS = 20  # of a checkpoint or a list, that may hold a state_dict
NAMED = 3  # parts that a message names
ENCRYPTED = 0x1
PROGRAM = "/constants.pkl"  # only TorchScript has this entry
END_OF_ARCHIVE = b"PK\x05\x06"
OTHER_BYTES = "The file has other bytes before it, such as another file."
# torch.save numbers the entries of numbers. PyTorch finds data/A where data/a is asked for.
NEEDED = re.compile(r"data\.pkl|byteorder|data/[0-9]+")
ADVICE = (
    "a state_dict, as torch.save(model.state_dict(), path) writes it, is a dictionary of tensors"
)

Entries = Mapping[str, bytes]
Part = str | int


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedTensors:
    """The tensors that a file describes, by key, and a copy of the entries that they need.

    part: where the dictionary of tensors stands in the file's content; None if it is the content.
    """

    tensors: Mapping[str, StoredTensor]
    copy: bytes
    part: Part | None = None


def read_saved(file: bytes, part: Part | None = None) -> SavedTensors:
    """Return the content of a file of torch.save that holds tensors by name and nothing else.

    The copy is a new archive of the checked entries, so torch.load never reads an unchecked one.

    Arguments:
        part: the key, or the place in a list, of the dictionary that is read; None: the content.

    Raises:
        CheckpointError: the file holds anything else, is larger than MOST_BYTES, or is damaged.
    """
    entries = _entries(file)
    content = whole = _follow(entries)
    if part is not None:
        content = next((value for key, value in _parts(whole) if key == part), None)
    advice = ADVICE if part is not None else _pointer(whole) or ADVICE
    if not isinstance(content, Pairs):
        raise CheckpointError(f"The file holds {_in_words(content)}, not a state_dict; {advice}.")
    if not content.pairs:
        raise CheckpointError(f"The file holds an empty dictionary; {advice}.")
    if len(content.pairs) > MOST_KEYS:
        raise CheckpointError(
            f"The file has {len(content.pairs):,} keys; {MOST_KEYS:,} at most are allowed."
        )
    tensors = {}
    for key, value in content.pairs:
        if not isinstance(key, str):
            raise CheckpointError(f"The file's key `{shown(key)}` is a number, not a name.")
        tensors[key] = _checked(key, value, advice)
    return SavedTensors(tensors=tensors, copy=_packed(entries), part=part)


def parts_with_tensors(file: bytes) -> tuple[Part, ...]:
    """Return where a file holds dictionaries of tensors: keys of a checkpoint, places in a list.

    None of them is the file's content itself.

    Raises:
        CheckpointError: the file cannot be read.
    """
    return tuple(key for key, value in _parts(_follow(_entries(file))) if _holds_tensors(value))


def _follow(entries: Entries) -> Any:
    sizes = {
        name.removeprefix("data/"): len(numbers)
        for name, numbers in entries.items()
        if name.startswith("data/")
    }
    return follow(entries["data.pkl"], sizes)


def _parts(content: Any) -> Iterable[tuple[Part, Any]]:
    """Return the first parts of a dictionary or a list, with their keys or places."""
    if isinstance(content, Pairs):
        return content.pairs[:MOST_PARTS]
    return enumerate(content[:MOST_PARTS]) if isinstance(content, list | tuple) else ()


def _holds_tensors(value: Any) -> bool:
    return (
        isinstance(value, Pairs)
        and bool(value.pairs)
        and all(isinstance(key, str) for key, _ in value.pairs)
        and all(isinstance(tensor, StoredTensor) for _, tensor in value.pairs)
    )


def _pointer(content: Any) -> str:
    """Return a part of a sentence that names the parts that hold tensors, or ""."""
    found = [shown(key) for key, value in _parts(content) if _holds_tensors(value)]
    if not found:
        return ""
    part, are = ("part", "is a state_dict") if len(found) == 1 else ("parts", "are state_dicts")
    return f"the {part} {listed(found, NAMED)} of the file {are}"


def _entries(file: bytes) -> Entries:
    """Return the entries that are needed, by their names inside the archive's folder."""
    _check_kind(file)
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            listed = archive.infolist()
            _check_directory(listed)
            folder = _folder([entry.filename for entry in listed])
            entries = {
                name: archive.read(entry)
                for entry in listed
                if entry.filename.startswith(folder)
                and NEEDED.fullmatch(name := entry.filename.removeprefix(folder))
            }
    except CheckpointError:
        raise
    except Exception:  # zipfile raises many types
        if file.count(END_OF_ARCHIVE) > 1:  # newer zipfiles refuse it before they list anything
            raise CheckpointError(OTHER_BYTES) from None
        raise CheckpointError("The file is damaged, or its end is missing.") from None
    if entries.get("byteorder", b"little") not in (b"little", b"big"):
        raise CheckpointError("The file is damaged: its byte order is neither little nor big.")
    return entries


def _check_kind(file: bytes) -> None:
    if len(file) > MOST_BYTES:
        raise CheckpointError(
            f"The file may have {MOST_BYTES:,} bytes at most, not {len(file):,}; a state_dict of "
            "the lesson's models has about 2,000."
        )
    said = not_a_zip_archive(file)
    if said:
        raise CheckpointError(said)


def _check_directory(listed: list[zipfile.ZipInfo]) -> None:
    """Check the archive's directory before any entry is read."""
    size = sum(entry.file_size for entry in listed)
    if size > MOST_BYTES:
        raise CheckpointError(
            f"The file would unpack to {size:,} bytes; {MOST_BYTES:,} at most are allowed."
        )
    if len(listed) > MOST_ENTRIES:
        raise CheckpointError(
            f"The file has {len(listed):,} entries; {MOST_ENTRIES:,} at most are allowed."
        )
    if any(entry.flag_bits & ENCRYPTED for entry in listed):
        raise CheckpointError("The file is encrypted, which torch.save never does.")
    if any(entry.filename.endswith(PROGRAM) for entry in listed):
        raise CheckpointError(
            "The file holds a whole program of TorchScript; save model.state_dict() instead."
        )
    if min((entry.header_offset for entry in listed), default=0):
        raise CheckpointError(OTHER_BYTES)
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in listed):
        raise CheckpointError("The file is compressed, which torch.save never does.")
    if len({entry.filename for entry in listed}) < len(listed):
        raise CheckpointError("The file is damaged: two of its entries have the same name.")


def _folder(names: list[str]) -> str:
    """Return the folder that holds data.pkl, with its slash; torch.save names it as the file."""
    folders = [name.removesuffix("data.pkl") for name in names if name.endswith("/data.pkl")]
    if len(folders) != 1:
        raise CheckpointError("The file is a zip archive, but not one that torch.save wrote.")
    return folders[0]


def _checked(key: str, value: object, advice: str) -> StoredTensor:
    """Return `value` if it is a tensor whose numbers are all in its storage and not too many."""
    if not isinstance(value, StoredTensor):
        said = f"`{shown(key)}` in the file is {_in_words(value)}, not a tensor"
        raise CheckpointError(f"{said}; {advice}.")
    shape = value.shape
    if max((*shape, math.prod(shape))) > MOST_BYTES:
        raise CheckpointError(f"`{shown(key)}` in the file is a tensor that is far too large.")
    if not _lies_inside(value):
        raise CheckpointError(f"The file is damaged: not all numbers of `{shown(key)}` are there.")
    return value


def _lies_inside(tensor: StoredTensor) -> bool:
    """Return whether every number of the tensor lies in its storage."""
    if len(tensor.shape) != len(tensor.stride):
        return False
    if min((tensor.offset, *tensor.shape, *tensor.stride)) < 0:
        return False
    steps = zip(tensor.shape, tensor.stride, strict=True)
    last = tensor.offset + sum((length - 1) * stride for length, stride in steps)
    return 0 in tensor.shape or last < tensor.storage.length


def _packed(entries: Entries) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {"version": b"3\n", **entries}.items():
            archive.writestr(f"archive/{name}", content)
    return file.getvalue()


def _in_words(value: object) -> str:
    words = {
        Pairs: "a dictionary",
        list: "a list",
        tuple: "a tuple",
        str: "text",
        bool: "True or False",
        int: "a number",
        float: "a number",
        type(None): "None",
        StoredTensor: "a single tensor",
    }
    return next((words[kind] for kind in type(value).__mro__ if kind in words), "something else")
