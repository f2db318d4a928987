"""Reads the pickle in a file that torch.save wrote, and never runs anything that it names.

A pickle is a list of instructions. Python's own reader imports and calls everything that they name.
`torch.load(weights_only=True)` calls little, but a small file can still make it fill the memory
(`bytearray`) or compute for years (the hash of nested tuples as a key). This module first checks
the instructions one by one. Then Python's reader follows them, but each name stands for a record
or function of this module, and each dictionary is a list of pairs, so no key is hashed. Imports no
torch.

Source: CPython's `pickletools`, which describes every instruction.
"""

import io
import pickle
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from linreg.formatting import shown

T = TypeVar("T")

PROTOCOL = 2  # the only one that torch.load(weights_only=True) is made for
MOST_INSTRUCTIONS = 100_000
MOST_DIMENSIONS = 64  # PyTorch's own limit
INSTRUCTIONS = frozenset(
    (
        *("PROTO", "STOP", "MARK", "GLOBAL", "BINPERSID", "REDUCE", "BUILD"),
        *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("BINUNICODE", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
        *("EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
    )
)
AFTER = MappingProxyType({"BINPERSID": ("TUPLE",), "BUILD": ("SETITEM", "SETITEMS", "EMPTY_DICT")})
"""Instructions that torch.save writes only directly after these others."""
MEMORIZING = ("BINPUT", "LONG_BINPUT")
DICTIONARY = pickle.NONE + pickle.BINPERSID  # calls persistent_load(None)


class CheckpointError(ValueError):
    """A file that is not a fitting state_dict; the message is one sentence for the sender."""


@dataclass(frozen=True)
class StorageType:
    """The type of a storage: the dtype of its numbers, and the bytes that one number takes."""

    dtype: str
    size: int


UNUSUAL: Mapping[str, str] = MappingProxyType(
    {
        "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
        "torch._utils._rebuild_qtensor": "a quantized tensor",
        "torch._utils._rebuild_meta_tensor_no_storage": "a tensor without values (device meta)",
        "torch._utils._rebuild_nested_tensor": "a nested tensor",
        "torch._utils._rebuild_tensor_v3": "a tensor of a rare dtype",
    }
)
"""Harmless kinds of tensor that the lesson's models do not have, in words."""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """A row of numbers in an entry of the file: its dtype, the entry's key, and its length."""

    dtype: str
    key: str
    length: int


@dataclass(frozen=True, kw_only=True)
class StoredTensor:
    """A tensor as the file describes it: where its numbers are in its storage."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class Pairs:
    """A dictionary of the file, as its keys and values in the file's order."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str | int, Any]] = []

    def __setitem__(self, key: Any, value: Any) -> None:
        # torch.load will hash the keys. A hash of nested tuples may never end; large numbers may
        # all have the same hash.
        if type(key) is not str and not 0 <= _exact(key, int) < MOST_INSTRUCTIONS:
            raise ValueError
        self.pairs.append((key, value))


class OrderedPairs(Pairs):
    """An OrderedDict of the file. Its attributes are ignored; a state_dict has _metadata there."""

    def __setstate__(self, attributes: Any) -> None:
        _exact(attributes, Pairs)


def follow(pickled: bytes, sizes: Mapping[str, int]) -> Any:
    """Return what the instructions build: StoredTensor, Pairs, lists, tuples, text, numbers.

    Arguments:
        sizes: the bytes in each entry of numbers, by key. Every storage must fill its entry, even
            if no tensor uses it, because torch.load reads them all.

    Raises:
        CheckpointError: an instruction is one that torch.save does not write for tensors, the
            instructions do not fit together, or numbers are missing.
    """
    try:
        return _Unpickler(io.BytesIO(_checked(pickled)), sizes).load()
    except CheckpointError:
        raise
    except Exception:  # pickle and pickletools raise many types
        raise CheckpointError(
            "The file is damaged, or it holds more than torch.save writes for a state_dict."
        ) from None


def _checked(pickled: bytes) -> bytes:
    """Return the instructions, with each dictionary replaced by Pairs, if all are allowed."""
    checked = bytearray()
    stream = io.BytesIO(pickled)
    last, start = "", 0
    for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        if count == MOST_INSTRUCTIONS:
            raise CheckpointError(
                f"The file describes its content in more than {MOST_INSTRUCTIONS:,} steps."
            )
        name, end = opcode.name, stream.tell()
        _check_instruction(name, argument, last)
        checked += DICTIONARY if name == "EMPTY_DICT" else pickled[start:end]
        last, start = last if name in MEMORIZING else name, end
    return bytes(checked)


def _check_instruction(name: str, argument: Any, last: str) -> None:
    """Check one instruction; `last` is the one before it, apart from those that only memorize."""
    if name == "PROTO" and argument != PROTOCOL:
        raise CheckpointError(
            f"The file was saved with pickle protocol {argument}; save it with torch.save's own, "
            f"{PROTOCOL}."
        )
    if name not in INSTRUCTIONS or last not in AFTER.get(name, (last,)):
        raise ValueError
    if last == "MARK" and name in ("SETITEMS", "APPENDS"):  # pickle accepts any target then
        raise ValueError
    if name in MEMORIZING and argument >= MOST_INSTRUCTIONS:  # pickle reserves this much memory
        raise ValueError
    if name != "GLOBAL":
        return
    wanted = argument.replace(" ", ".", 1)
    if wanted in UNUSUAL:
        raise CheckpointError(
            f"The file holds {UNUSUAL[wanted]}; the lesson's models hold plain ones of float32."
        )
    if wanted not in NAMES:
        raise CheckpointError(
            f"The file asks Python to import `{shown(wanted)}`, which no state_dict does and which "
            "may run any code, so it was not opened; save model.state_dict() and nothing else."
        )


class _Unpickler(pickle.Unpickler):
    """Python's reader of pickles, which looks names up in NAMES and imports nothing."""

    def __init__(self, file: io.BytesIO, sizes: Mapping[str, int]) -> None:
        super().__init__(file)
        self.sizes = sizes
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Return the record or function that stands for a name."""
        return NAMES[f"{module}.{name}"]

    def persistent_load(self, identity: Any) -> Pairs | Storage:
        """Return the Storage of ("storage", type, key, device, length), or Pairs for None."""
        if identity is None:
            return Pairs()
        word, kind, key, device, length = identity
        _exact(device, str)
        if word != "storage":
            raise ValueError
        storage = Storage(
            dtype=_exact(kind, StorageType).dtype,
            key=_exact(key, str),
            length=_exact(length, int),
        )
        if self.sizes.get(key) != length * kind.size:
            raise CheckpointError(
                f"The file is damaged: not all numbers of its storage `{shown(key)}` are there."
            )
        if self.storages.setdefault(key, storage) != storage:  # two types for one entry
            raise ValueError
        return storage


def _exact(value: Any, kind: type[T]) -> T:
    """Return `value`; raise TypeError if it is of any other type, a subclass included."""
    if type(value) is not kind:
        raise TypeError
    return value


def _tensor(
    storage: Any, offset: Any, shape: Any, stride: Any, requires_grad: Any, hooks: Any
) -> StoredTensor:
    _exact(requires_grad, bool)
    _exact(hooks, OrderedPairs)
    if max(len(_exact(shape, tuple)), len(_exact(stride, tuple))) > MOST_DIMENSIONS:
        raise ValueError
    for number in (offset, *shape, *stride):
        _exact(number, int)
    return StoredTensor(storage=_exact(storage, Storage), offset=offset, shape=shape, stride=stride)


def _parameter(tensor: Any, requires_grad: Any, hooks: Any) -> StoredTensor:
    _exact(requires_grad, bool)
    _exact(hooks, OrderedPairs)
    return _exact(tensor, StoredTensor)


NAMES: Mapping[str, StorageType | Callable[..., Any]] = MappingProxyType(
    {
        "collections.OrderedDict": OrderedPairs,
        "torch._utils._rebuild_tensor_v2": _tensor,
        "torch._utils._rebuild_parameter": _parameter,
        "torch.FloatStorage": StorageType("float32", 4),
        "torch.DoubleStorage": StorageType("float64", 8),
        "torch.HalfStorage": StorageType("float16", 2),
        "torch.BFloat16Storage": StorageType("bfloat16", 2),
        "torch.LongStorage": StorageType("int64", 8),
        "torch.IntStorage": StorageType("int32", 4),
        "torch.ShortStorage": StorageType("int16", 2),
        "torch.CharStorage": StorageType("int8", 1),
        "torch.ByteStorage": StorageType("uint8", 1),
        "torch.BoolStorage": StorageType("bool", 1),
        "torch.ComplexFloatStorage": StorageType("complex64", 8),
        "torch.ComplexDoubleStorage": StorageType("complex128", 16),
    }
)
"""The record or function for each name that a file may use."""
