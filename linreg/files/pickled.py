"""What a file of torch.save says, followed without calling anything that it names.

A pickle is a list of instructions for a small machine with a stack. Python's own machine imports
and calls whatever it is told to. `torch.load(weights_only=True)` calls little, but a small file may
still make it fill the memory (`bytearray`) or count for years (tuples of tuples as a key). This
machine knows only what torch.save writes for tensors, numbers, text, lists and dictionaries; of a
tensor it makes a record of what the file says about it. Knows nothing of models, imports no torch.

Source: the comments of CPython's `pickletools`, which describe every instruction.
"""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from linreg.files.stored import (
    CALLS,
    STORAGES,
    UNUSUAL,
    CheckpointError,
    Name,
    Storage,
    expect,
    storage,
)
from linreg.formatting import shown

PROTOCOL = 2  # the only one that torch.load(weights_only=True) is made for
MOST_INSTRUCTIONS = 100_000


def follow(pickled: bytes) -> Any:
    """Return what the instructions build out of StoredTensor, text, numbers, lists, dictionaries.

    Raises:
        CheckpointError: there is any other instruction, or they do not fit together.
    """
    machine = _Machine(pickled)
    try:
        for _ in range(MOST_INSTRUCTIONS):
            code = machine.take(1)
            if code == pickle.STOP:
                return machine.stack.pop()
            _INSTRUCTIONS[code](machine)
    except CheckpointError:
        raise
    except (LookupError, ValueError, TypeError):  # an empty stack, a value of the wrong kind
        raise CheckpointError(
            "The file is damaged, or it holds more than torch.save writes for a state_dict."
        ) from None
    raise CheckpointError(
        f"The file describes its content in more than {MOST_INSTRUCTIONS:,} steps."
    )


class _Machine:
    """The machine's state; each instruction is a function that changes it."""

    def __init__(self, pickled: bytes) -> None:
        self.stream = io.BytesIO(pickled)
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []  # what lies below each mark
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, Storage] = {}

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def take(self, size: int) -> bytes:
        """Return the next bytes of the instructions."""
        taken = self.stream.read(size)
        if len(taken) < size:
            raise ValueError
        return taken

    def number(self, layout: str) -> Any:
        """Return the next number."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def since_mark(self) -> list[Any]:
        """Return what has been put on the stack since the last mark, and take it off."""
        items, self.stack = self.stack, self.below.pop()
        return items

    def last(self, size: int) -> tuple[Any, ...]:
        """Return the topmost items, and take them off."""
        if len(self.stack) < size:
            raise ValueError
        items = tuple(self.stack[-size:])
        del self.stack[-size:]
        return items


def _protocol(machine: _Machine) -> None:
    protocol = machine.number("B")
    if protocol != PROTOCOL:
        raise CheckpointError(
            f"The file was saved with pickle protocol {protocol}; save it with torch.save's own, "
            f"{PROTOCOL}."
        )


def _mark(machine: _Machine) -> None:
    machine.below.append(machine.stack)
    machine.stack = []


def _text(machine: _Machine) -> None:
    machine.push(str(machine.take(machine.number("<I")), "utf-8", "surrogatepass"))


def _long(machine: _Machine) -> None:
    machine.push(int.from_bytes(machine.take(machine.number("B")), "little", signed=True))


def _name(machine: _Machine) -> None:
    """Check what the file wants to be imported; nothing is."""
    module, name = (str(machine.stream.readline(), "utf-8").removesuffix("\n") for _ in range(2))
    text = f"{module}.{name}"
    if text in UNUSUAL:
        raise CheckpointError(
            f"The file holds {UNUSUAL[text]}; the lesson's models hold plain ones of float32."
        )
    if text not in STORAGES and text not in CALLS:
        raise CheckpointError(
            f"The file asks Python to import `{shown(text)}`, which no state_dict does and which "
            "may run any code, so it was not opened; save model.state_dict() and nothing else."
        )
    machine.push(Name(text))


def _storage(machine: _Machine) -> None:
    record = storage(expect(machine.stack.pop(), tuple))
    if machine.storages.setdefault(record.key, record) != record:  # two types for one entry
        raise ValueError
    machine.push(record)


def _call(machine: _Machine) -> None:
    name, arguments = machine.last(2)
    machine.push(CALLS[expect(name, Name).text](*expect(arguments, tuple)))


def _attributes(machine: _Machine) -> None:
    """Skip what hangs on a dictionary besides its items: a state_dict's _metadata."""
    expect(machine.stack.pop(), dict)
    expect(machine.stack[-1], OrderedDict)


def _set_items(machine: _Machine, items: Any) -> None:
    target = machine.stack[-1]
    if type(target) not in (dict, OrderedDict):
        raise TypeError
    for key, value in zip(items[::2], items[1::2], strict=True):
        if type(key) not in (str, int):  # the hash of a tuple may take for ever
            raise TypeError
        target[key] = value


def _append(machine: _Machine, items: Any) -> None:
    expect(machine.stack[-1], list).extend(items)


def _remember(machine: _Machine, number: int) -> None:
    machine.memo[number] = machine.stack[-1]


def _recall(machine: _Machine, number: int) -> None:
    machine.push(machine.memo[number])


_INSTRUCTIONS: Mapping[bytes, Callable[[_Machine], None]] = MappingProxyType(
    {
        pickle.PROTO: _protocol,
        pickle.MARK: _mark,
        pickle.GLOBAL: _name,
        pickle.BINPERSID: _storage,
        pickle.REDUCE: _call,
        pickle.BUILD: _attributes,
        pickle.BINUNICODE: _text,
        pickle.LONG1: _long,
        pickle.NONE: lambda m: m.push(None),
        pickle.NEWTRUE: lambda m: m.push(True),
        pickle.NEWFALSE: lambda m: m.push(False),
        pickle.BININT: lambda m: m.push(m.number("<i")),
        pickle.BININT1: lambda m: m.push(m.number("B")),
        pickle.BININT2: lambda m: m.push(m.number("<H")),
        pickle.BINFLOAT: lambda m: m.push(m.number(">d")),
        pickle.EMPTY_DICT: lambda m: m.push({}),
        pickle.EMPTY_LIST: lambda m: m.push([]),
        pickle.EMPTY_TUPLE: lambda m: m.push(()),
        pickle.TUPLE: lambda m: m.push(tuple(m.since_mark())),
        pickle.TUPLE1: lambda m: m.push(m.last(1)),
        pickle.TUPLE2: lambda m: m.push(m.last(2)),
        pickle.TUPLE3: lambda m: m.push(m.last(3)),
        pickle.SETITEM: lambda m: _set_items(m, m.last(2)),
        pickle.SETITEMS: lambda m: _set_items(m, m.since_mark()),
        pickle.APPEND: lambda m: _append(m, m.last(1)),
        pickle.APPENDS: lambda m: _append(m, m.since_mark()),
        pickle.BINPUT: lambda m: _remember(m, m.number("B")),
        pickle.LONG_BINPUT: lambda m: _remember(m, m.number("<I")),
        pickle.BINGET: lambda m: _recall(m, m.number("B")),
        pickle.LONG_BINGET: lambda m: _recall(m, m.number("<I")),
    }
)
