"""The instructions in a `.pth`: tensors are checked, and nothing that a file names is run."""

import io
import os
import struct
import sys
import tracemalloc
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import inspect_file
from tests.support import notebook
from tests.support.archives import (
    ORDERED,
    entries,
    packed,
    program,
    saved,
    state,
    storage,
    tensor,
    text,
    whole,
)
from tests.support.checkpoints import numbers, outcome, read_0, refused
from tests.support.examples import examples
from tests.support.hostile import GOOD, ONE, Runs
from tests.support.sentences import assert_a_sentence

MEGABYTE = 1_000_000


def test_what_would_be_imported_is_named() -> None:
    """The student sees that the file holds a class, and what to save instead."""
    assert refused(saved({"weights": Runs(Path("x"))})) == (
        "The file asks Python to import `'posix.system'`, which no state_dict does and which may "
        "run any code, so it was not opened; save model.state_dict() and nothing else."
    ).replace("posix", os.system.__module__)
    assert "`'tests.support.notebook.LinearRegress" in refused(
        saved(notebook.LinearRegressionModel())
    )


def test_what_torch_load_would_still_do_is_refused() -> None:
    """With weights_only=True, torch.load still fills the memory and hashes nested tuples."""
    made = b"c__builtin__\nbytearray\n" + whole(10**6) + b"\x85R"
    assert len(torch.load(io.BytesIO(program(made)), weights_only=True)) == 10**6
    assert "`'__builtin__.bytearray'`" in refused(program(made))
    # 2^60 hashes: a test that is still running has failed.
    tuples = b"}" + b")" + b"q\x00h\x00\x86" * 60 + b"Ns"
    assert "damaged" in refused(program(tuples))
    for asked in (b"ctorch.storage\nUntypedStorage\n", b"ctorch\nTensor\n", b"ctorch\nSize\n"):
        assert "asks Python to import" in refused(program(asked + whole(10**9) + b"\x85R"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (tensor(shape=(10**9,)), "far too large"),
        (tensor(shape=(10**9,), stride=(0,)), "far too large"),
        (tensor(shape=(1000, 1001), stride=(0, 0)), "far too large"),
        (tensor(shape=(10**600,)), "far too large"),
        (tensor(shape=(0, 10**9), stride=(1, 1)), "far too large"),
        (tensor(shape=(1,) * 65, stride=(1,) * 65), "damaged"),
        (tensor(shape=(2,)), "not all numbers of `'weights'` are there"),
        (tensor(shape=(-1,)), "not all numbers"),
        (tensor(offset=1), "not all numbers"),
        (tensor(offset=-1), "not all numbers"),
        (tensor(shape=(2,), stride=(-1,)), "not all numbers"),
        (tensor(shape=(1,), stride=(1, 1)), "not all numbers"),
        (tensor(storage(length=2)), "not all numbers"),
        (tensor(storage(length=10**12)), "not all numbers"),
        (tensor(storage(length=0), shape=(0,)), "not all numbers"),
        (tensor(storage(key="2")), "not all numbers"),
        (tensor(storage(key="../version")), "not all numbers"),
        (tensor(storage(key="data.pkl", length=0)), "not all numbers"),
        (tensor(storage().replace(b"storage", b"stovage")), "damaged"),
        (tensor(b"(" + text("storage") + b"tQ"), "damaged"),
        (tensor(storage("DoubleStorage")), "not all numbers"),
        (tensor(storage("QInt8Storage")), "`'torch.QInt8Storage'`"),
        (b"ctorch._utils\n_rebuild_qtensor\n", "a quantized tensor"),
        (storage(), "something else, not a tensor"),
        (tensor() + b"}b", "damaged"),
        (tensor() + b"0" + tensor(storage("ByteStorage", length=4)), "damaged"),
    ],
    ids=range(26),
)
def test_a_tensor_that_is_not_what_it_says_is_refused(value: bytes, said: str) -> None:
    """Sizes, strides and offsets are checked against the numbers that the file holds."""
    bias = tensor(storage(key="1"))
    assert said in refused(program(state(weights=value, bias=bias), _0=ONE, _1=ONE))


def test_a_storage_that_no_tensor_uses_is_checked_too() -> None:
    """torch.load reads it, and may swap the order of its bytes, as many as the file says."""
    fitting = state(weights=tensor(), bias=tensor())
    unused = b"}" + text("unused") + storage(key="1", length=10**9) + b"sb"
    file = program(fitting.replace(b"}", ORDERED + b")R") + unused, _0=ONE, _1=ONE)
    assert "not all numbers of its storage `'1'`" in refused(file)
    assert read_0(program(fitting.replace(b"}", ORDERED + b")R"), _0=ONE, _1=ONE))


def test_an_entry_of_numbers_has_a_number_as_its_name() -> None:
    """PyTorch itself does not tell data/A from data/a, and reads the first of both."""
    two = {"data/a": struct.pack("<f", 1), "data/A": struct.pack("<f", 2)}
    instructions = b"\x80\x02" + state(weights=tensor(storage(key="A")), bias=tensor()) + b"."
    content = {"data.pkl": instructions, "version": b"3\n", "data/0": ONE, **two}
    file = packed({f"archive/{name}": data for name, data in content.items()})
    assert torch.load(io.BytesIO(file), weights_only=True)["weights"] == 1
    assert "not all numbers of its storage `'A'`" in refused(file)


def test_two_types_for_the_same_numbers_are_refused() -> None:
    """PyTorch would use the type that it reads first."""
    bytes_ = tensor(storage("ByteStorage", length=4))
    assert "damaged" in refused(program(state(weights=tensor(), bias=bytes_), _0=ONE))


def test_instructions_by_hand_are_read_where_they_are_right() -> None:
    """Otherwise the files above could be refused for another reason. One file is from a GPU.

    Both keys may share one storage, and a stride of a single number may be any.
    """
    there = tensor(storage(at="cuda:0"), stride=(5,))
    file = program(state(weights=there, bias=tensor()), _0=ONE)
    assert read_0(file) == {"weights": [1.0], "bias": [1.0]}


def long_shapes() -> bytes:
    """A thousand tensors that share one shape of 30,000 numbers."""
    shape = b"(" + whole(1) * 30_000 + b"tq\x01"
    again = tensor().replace(b"(" + whole(1) + b"t", b"h\x01", 1)
    assert b"h\x01" in again
    return shape + state(**{str(n): again for n in range(1000)})


@pytest.mark.parametrize(
    "instructions",
    [
        long_shapes(),
        b"Nr" + (10**7).to_bytes(4, "little") + state(weights=tensor()),
        b"})" + b"\x85" * 90_000 + b"Ns",
        b"}(" + b"".join(whole(n * sys.hash_info.modulus) + b"N" for n in range(45_000)) + b"u",
    ],
    ids=["a long shape", "a large place", "deep tuples", "keys of one hash"],
)
def test_a_small_file_cannot_ask_for_much(instructions: bytes) -> None:
    """Copies of long shapes, a memo of 10^7 places, deeply nested tuples, keys of one hash.

    45,000 keys of one hash are 10^9 comparisons: a test that is still running has failed.
    """
    tracemalloc.start()
    try:
        refused(program(instructions, _0=ONE))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * MEGABYTE


def test_a_tensor_under_very_many_keys_is_refused() -> None:
    """Each key costs a check of the tensor; the model has two."""
    again = (text("k") + b"h\x01") * 2_000
    file = program(b"}(" + text("weights") + tensor() + b"q\x01" + again + b"u", _0=ONE)
    assert refused(file) == "The file has 2,001 keys; 2,000 at most are allowed."


INSTRUCTIONS = entries(GOOD)["archive/data.pkl"]


edits = st.lists(
    st.tuples(
        st.integers(0, len(INSTRUCTIONS)),
        st.integers(0, 3),
        st.binary(max_size=2) | st.sampled_from([b"q\x00", b"h\x00", b"(", b"t", b"}", b"s", b"."]),
    ),
    min_size=1,
    max_size=3,
)


@given(edits)
@examples(5)
def test_what_is_read_is_what_plain_pytorch_reads(changes: list[tuple[int, int, bytes]]) -> None:
    """After any change of the instructions, keys, shapes, dtypes and numbers equal PyTorch's."""
    changed = INSTRUCTIONS
    for place, removed, added in changes:
        changed = changed[:place] + added + changed[place + removed :]
    file = packed({**entries(GOOD), "archive/data.pkl": changed})
    report = outcome(inspect_file, file)
    if isinstance(report, str):
        assert_a_sentence(report)
        return
    plain = torch.load(io.BytesIO(file), weights_only=True, map_location="cpu")
    assert [(entry.key, entry.shape, entry.dtype) for entry in report.entries] == [
        (ascii(key), tuple(value.shape), str(value.dtype).removeprefix("torch."))
        for key, value in plain.items()
    ]
    if report.fits[0].fits:
        assert read_0(file) == numbers(plain)
