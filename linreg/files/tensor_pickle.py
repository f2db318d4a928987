"""The instructions of a file that torch.save wrote, followed without running anything they name.

A pickle is a list of instructions. Python's own reader imports and calls whatever they name.
`torch.load(weights_only=True)` calls little, but a small file can still make it fill the memory
(`bytearray`) or hash for years (tuples of tuples as a key). Here the instructions are checked
first, one by one. Then Python's reader follows them, but every name stands for an inert record, and
every dictionary is a list of pairs, so that no key is hashed. Imports no torch.

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
"""Instructions that torch.save writes only after certain others."""
MEMORIZING = ("BINPUT", "LONG_BINPUT")
DICTIONARY = pickle.NONE + pickle.BINPERSID  # persistent_load(None)


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
    """A row of numbers in an entry of the file: its dtype, its length, and its size in bytes."""

    dtype: str
    key: str
    length: int
    size: int


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
        # torch.load hashes the keys: tuples may take for ever, and large numbers may collide.
        if type(key) is not str and not 0 <= _exact(key, int) < MOST_INSTRUCTIONS:
            raise ValueError
        self.pairs.append((key, value))


class OrderedPairs(Pairs):
    """An OrderedDict of the file; its attributes, such as a state_dict's _metadata, are ignored."""

    def __setstate__(self, attributes: Any) -> None:
        _exact(attributes, Pairs)


def follow(pickled: bytes) -> Any:
    """Return what the instructions build: StoredTensor, Pairs, lists, tuples, text, numbers.

    Raises:
        CheckpointError: an instruction is one that torch.save does not write for tensors, or the
            instructions do not fit together.
    """
    try:
        return _Unpickler(io.BytesIO(_checked(pickled))).load()
    except CheckpointError:
        raise
    except Exception:  # pickle and pickletools raise many types
        raise CheckpointError(
            "The file is damaged, or it holds more than torch.save writes for a state_dict."
        ) from None


def _checked(pickled: bytes) -> bytes:
    """Return the instructions with Pairs in place of dictionaries, if each one is allowed."""
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
    """Check one instruction; `last` is the one before it that does not only memorize."""
    if name == "PROTO" and argument != PROTOCOL:
        raise CheckpointError(
            f"The file was saved with pickle protocol {argument}; save it with torch.save's own, "
            f"{PROTOCOL}."
        )
    if name not in INSTRUCTIONS or last not in AFTER.get(name, (last,)):
        raise ValueError
    if last == "MARK" and name in ("SETITEMS", "APPENDS"):  # with no items, any target would do
        raise ValueError
    if name in MEMORIZING and argument >= MOST_INSTRUCTIONS:  # pickle makes room up to this place
        raise ValueError
    if name == "GLOBAL":
        _check_name(argument.replace(" ", ".", 1))


def _check_name(name: str) -> None:
    if name in UNUSUAL:
        raise CheckpointError(
            f"The file holds {UNUSUAL[name]}; the lesson's models hold plain ones of float32."
        )
    if name not in NAMES:
        raise CheckpointError(
            f"The file asks Python to import `{shown(name)}`, which no state_dict does and which "
            "may run any code, so it was not opened; save model.state_dict() and nothing else."
        )


class _Unpickler(pickle.Unpickler):
    """Python's reader of pickles, in which a name is looked up here and nothing is imported."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for."""
        return NAMES[f"{module}.{name}"]

    def persistent_load(self, identity: Any) -> Pairs | Storage:
        """Return a storage, for which torch.save writes ("storage", type, key, device, length)."""
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
            size=length * kind.size,
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
"""What stands for each name that a file may have imported."""
