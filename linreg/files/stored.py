"""The few things that the pickle of a state_dict may name, and the inert records made of them.

Nothing here is imported or called because a file says so. Knows nothing of files, imports no torch.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

T = TypeVar("T")

MOST_DIMENSIONS = 64  # with more PyTorch itself does not compute

STORAGES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "torch.FloatStorage": ("float32", 4),
        "torch.DoubleStorage": ("float64", 8),
        "torch.HalfStorage": ("float16", 2),
        "torch.BFloat16Storage": ("bfloat16", 2),
        "torch.LongStorage": ("int64", 8),
        "torch.IntStorage": ("int32", 4),
        "torch.ShortStorage": ("int16", 2),
        "torch.CharStorage": ("int8", 1),
        "torch.ByteStorage": ("uint8", 1),
        "torch.BoolStorage": ("bool", 1),
        "torch.ComplexFloatStorage": ("complex64", 8),
        "torch.ComplexDoubleStorage": ("complex128", 16),
    }
)
"""What a file calls a storage: the dtype of its numbers, and the bytes that one takes."""

UNUSUAL: Mapping[str, str] = MappingProxyType(
    {
        "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
        "torch._utils._rebuild_qtensor": "a quantized tensor",
        "torch._utils._rebuild_meta_tensor_no_storage": "a tensor without values (device meta)",
        "torch._utils._rebuild_nested_tensor": "a nested tensor",
        "torch._utils._rebuild_tensor_v3": "a tensor of a rare dtype",
    }
)
"""Tensors that are harmless, but none of the lesson's, in words."""


class CheckpointError(ValueError):
    """A file that is not a fitting state_dict; the message is one sentence for whoever sent it."""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """A row of numbers in an entry of the file: its dtype, its length, and its size in bytes."""

    dtype: str
    key: str
    length: int
    size: int


@dataclass(frozen=True, kw_only=True)
class StoredTensor:
    """A tensor as the file describes it: where in its storage each of its numbers stands."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(frozen=True)
class Name:
    """Something that the file wants to be imported; it is only ever looked at."""

    text: str


def expect(value: Any, kind: type[T]) -> T:
    """Return `value`; raise TypeError if it is of any other type, a subclass included."""
    if type(value) is not kind:
        raise TypeError
    return value


def storage(identity: tuple[Any, ...]) -> Storage:
    """Return the record of a storage: torch.save writes ("storage", type, key, device, length)."""
    word, name, key, device, length = identity
    dtype, size = STORAGES[expect(name, Name).text]
    expect(device, str)
    if word != "storage":
        raise ValueError
    return Storage(
        dtype=dtype, key=expect(key, str), length=expect(length, int), size=length * size
    )


def _tensor(
    storage: Any, offset: Any, shape: Any, stride: Any, requires_grad: Any, hooks: Any
) -> StoredTensor:
    expect(requires_grad, bool)
    expect(hooks, OrderedDict)
    if max(len(expect(shape, tuple)), len(expect(stride, tuple))) > MOST_DIMENSIONS:
        raise ValueError
    return StoredTensor(
        storage=expect(storage, Storage),
        offset=expect(offset, int),
        shape=tuple(expect(length, int) for length in shape),
        stride=tuple(expect(step, int) for step in stride),
    )


def _parameter(tensor: Any, requires_grad: Any, hooks: Any) -> StoredTensor:
    expect(requires_grad, bool)
    expect(hooks, OrderedDict)
    return expect(tensor, StoredTensor)


def _dictionary() -> OrderedDict[Any, Any]:
    return OrderedDict()


CALLS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "collections.OrderedDict": _dictionary,
        "torch._utils._rebuild_tensor_v2": _tensor,
        "torch._utils._rebuild_parameter": _parameter,
    }
)
"""What stands in for each function that a file may want to be called."""
