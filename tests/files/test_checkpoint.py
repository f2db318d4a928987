"""Files that somebody sends: what fits is read to the last bit, all else is one sentence."""

import io
import os
import pickle
import sys
import tracemalloc
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from linreg import (
    CheckpointError,
    Experiment,
    Loss,
    Model,
    inspect_file,
    read_state_dict,
    train,
)
from linreg.core.models import MODELS, make_model
from linreg.files.torch_file import MOST_BYTES, MOST_ENTRIES
from tests.support import notebook
from tests.support.archives import (
    entries,
    packed,
    program,
    saved,
    state,
    storage,
    tensor,
    whole,
)

MODEL_0 = make_model(Model.PARAMETER, 7)
GOOD = train(Experiment(epochs=3)).checkpoint
ONE = b"\x00\x00\x80?"  # 1.0 as a float32
MEGABYTE = 1_000_000


def refused(data: bytes, model: nn.Module = MODEL_0) -> str:
    """The sentence that refuses `data`."""
    with pytest.raises(CheckpointError) as caught:
        read_state_dict(data, model)
    said = str(caught.value)
    assert is_a_sentence(said)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return said


def is_a_sentence(said: str) -> bool:
    """One line of plain ASCII without paths or the names of PyTorch's insides."""
    inside = ("Traceback", "/opt", "/home", ".py", "Error", "weights_only", "0x")
    return (
        said.isascii()
        and said.isprintable()
        and said.endswith(".")
        and not any(word in said for word in inside)
        and len(said) < 300
    )


def outcome(read: Callable[[bytes], Any], data: bytes) -> Any:
    """What reading gives, or the sentence that refuses it."""
    try:
        return read(data)
    except CheckpointError as error:
        return str(error)


def numbers(state: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """The values of a state, by key."""
    return {key: value.tolist() for key, value in state.items()}


def read_0(data: bytes) -> dict[str, Any]:
    """The values of a file of model 0."""
    return numbers(read_state_dict(data, MODEL_0))


def pair(weights: torch.Tensor, bias: torch.Tensor) -> dict[str, torch.Tensor]:
    """A state of model 0."""
    return {"weights": weights, "bias": bias}


@pytest.mark.parametrize("model", list(Model))
def test_a_file_of_the_lessons_own_class_is_read_to_the_last_bit(
    model: Model, tmp_path: Path
) -> None:
    """Saved to a path by plain torch.save; the archive's folder then has the file's name."""
    torch.manual_seed(5)
    plain = notebook.CLASSES[model]()
    path = tmp_path / "01_pytorch_workflow_model_0.pth"
    torch.save(plain.state_dict(), path)
    loaded = MODELS[model]()
    state = read_state_dict(path.read_bytes(), loaded)
    assert str(loaded.load_state_dict(state)) == "<All keys matched successfully>"
    assert list(state) == list(plain.state_dict())
    for key, value in plain.state_dict().items():
        assert torch.equal(state[key], value)


def test_a_file_of_one_class_is_refused_by_the_other_with_both_lists_of_keys() -> None:
    """That is what tells a student which class the file belongs to."""
    torch.manual_seed(5)
    zero, one = (saved(notebook.CLASSES[model]().state_dict()) for model in Model)
    assert refused(one) == (
        "The file has the keys `'linear_layer.weight'`, `'linear_layer.bias'`; "
        "the model needs `'weights'`, `'bias'`."
    )
    assert refused(zero, make_model(Model.LINEAR, 0)) == (
        "The file has the keys `'weights'`, `'bias'`; "
        "the model needs `'linear_layer.weight'`, `'linear_layer.bias'`."
    )


def test_a_key_too_many_or_too_few_is_refused() -> None:
    """As load_state_dict does unless it is told strict=False."""
    one = torch.ones(1)
    assert "the keys `'weights'`; the model" in refused(saved({"weights": one}))
    assert "`'bias'`, `'more'`;" in refused(saved({**pair(one, one), "more": one}))


class Evil:
    """Pickled, it is a call that makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


class Nested(OrderedDict[str, Any]):
    """A dictionary of a class of its own."""


def evil_files(folder: Path) -> dict[str, bytes]:
    """Files that make `folder` when Python opens them without care."""
    evil = Evil(folder)
    good: Any = OrderedDict(pair(torch.ones(1), torch.ones(1)))
    good._metadata = OrderedDict({"": evil})
    return {
        "plain pickle": pickle.dumps(evil),
        "value": saved({"weights": evil}),
        "last": saved({**pair(torch.ones(1), torch.ones(1)), "more": [evil]}),
        "the whole": saved(evil),
        "metadata": saved(good),
        "before 1.6": saved(evil, _use_new_zipfile_serialization=False),
    }


@pytest.mark.parametrize("name", evil_files(Path()))
def test_code_in_a_file_is_not_run(name: str, tmp_path: Path) -> None:
    """A pickle that would make a folder makes it when opened without care, and here it does not."""
    folder = tmp_path / "made"
    file = evil_files(folder)[name]
    refused(file)
    with pytest.raises(CheckpointError):
        inspect_file(file)
    assert not folder.exists()
    if name == "plain pickle":
        pickle.loads(file)
    else:
        torch.load(io.BytesIO(file), weights_only=False)
    assert folder.exists()


def test_what_would_be_imported_is_named() -> None:
    """So the student sees that it is the class, and what to save in its place."""
    assert refused(saved({"weights": Evil(Path("x"))})) == (
        "The file asks Python to import `'posix.mkdir'`, which no state_dict does and which may "
        "run any code, so it was not opened; save model.state_dict() and nothing else."
    ).replace("posix", os.mkdir.__module__)
    assert "`'tests.support.notebook.LinearRegress" in refused(
        saved(notebook.LinearRegressionModel())
    )


def test_what_torch_load_would_still_do_is_refused() -> None:
    """weights_only=True fills the memory when told to, and hashes tuples of tuples of tuples."""
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
        (tensor(storage().replace(b"storage", b"stovage")), "damaged"),
        (tensor(storage("DoubleStorage")), "not all numbers"),
        (tensor(storage("QInt8Storage")), "`'torch.QInt8Storage'`"),
        (b"ctorch._utils\n_rebuild_qtensor\n", "a quantized tensor"),
        (storage(), "something else, not a tensor"),
        (tensor() + b"}b", "damaged"),
        (tensor() + b"0" + tensor(storage("ByteStorage", length=4)), "damaged"),
    ],
    ids=range(24),
)
def test_a_tensor_that_is_not_what_it_says_is_refused(value: bytes, said: str) -> None:
    """Sizes, strides and places are checked against the numbers that the file really holds."""
    bias = tensor(storage(key="1"))
    assert said in refused(program(state(weights=value, bias=bias), _0=ONE, _1=ONE))


def test_two_types_for_the_same_numbers_are_refused() -> None:
    """PyTorch would go by whichever it meets first."""
    bytes_ = tensor(storage("ByteStorage", length=4))
    assert "damaged" in refused(program(state(weights=tensor(), bias=bytes_), _0=ONE))


def test_instructions_by_hand_are_read_where_they_are_right() -> None:
    """Else the tests above could be refused for another reason; a file from a GPU is one of them.

    Both keys may share one storage, and a stride of a single number may be any.
    """
    there = tensor(storage(at="cuda:0"), stride=(5,))
    file = program(state(weights=there, bias=tensor()), _0=ONE)
    assert read_0(file) == {"weights": [1.0], "bias": [1.0]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "holds an empty dictionary"),
        ([torch.ones(1)], "holds a list"),
        ((torch.ones(1), 2), "holds a tuple"),
        (torch.ones(1), "holds a single tensor"),
        (None, "holds None"),
        ("weights", "holds text"),
        (0.5, "holds a number"),
        (
            {"epoch": 3, "model": pair(torch.ones(1), torch.ones(1))},
            "`'epoch'` in the file is a n",
        ),
        ({"model": pair(torch.ones(1), torch.ones(1))}, "`'model'` in the file is a dictionary"),
        (torch.optim.SGD([torch.ones(1)], lr=0.1).state_dict(), "`'state'` in the file is a dict"),
        ({1: torch.ones(1)}, "key `1` is a number"),
        ({("a", "b"): torch.ones(1)}, "more than torch.save writes for a state_dict"),
        (pair(torch.ones(1), torch.ones(1, 1)), "`'bias'` has the shape (1, 1) in the file; the "),
        (
            pair(torch.ones(()), torch.ones(1)),
            "`'weights'` has the shape () in the file; the model",
        ),
        (pair(torch.ones(2), torch.ones(1)), "`'weights'` has the shape (2,) in the file; the "),
        (pair(torch.ones(0), torch.ones(1)), "`'weights'` has the shape (0,) in the file; the "),
        (pair(torch.ones(1), torch.ones(1).long()), "`'bias'` in the file is int64; the model "),
        (pair(torch.ones(1), torch.ones(1).bool()), "`'bias'` in the file is bool; the model "),
        (pair(torch.ones(1), torch.ones(1) + 0j), "`'bias'` in the file is complex64; the model"),
        (pair(torch.ones(1), torch.ones(1).to_sparse()), "a sparse tensor"),
        (pair(torch.ones(1), torch.ones(1, device="meta")), "without values"),
        (pair(torch.ones(1), torch.ones(1).to(torch.uint16)), "a rare dtype"),
        ({"weights": torch.ones(1).numpy()}, "asks Python to import"),
        (Nested(pair(torch.ones(1), torch.ones(1))), "asks Python to import"),
    ],
    ids=range(24),
)
def test_what_is_no_fitting_state_dict_is_refused(content: Any, said: str) -> None:
    """The sentence says what the file holds, or what the model needs."""
    assert said in refused(saved(content))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"weights: 0.7", "The file is not one that torch.save wrote: it is no zip archive."),
        (b"\x89PNG\r\n\x1a\n", "The file is not one that torch.save wrote: it is no zip archive."),
        (b"PK\x05\x06" + bytes(18), "The file is not one that torch.save wrote: it is no zip "),
        (b"PK\x03\x04", "The file is damaged, or its end is missing."),
        (packed({"a.txt": b"b"}), "The file is a zip archive, but not one that torch.save wrote."),
        (
            packed({"a/data.pkl": b"N.", "b/data.pkl": b"N."}),
            "The file is a zip archive, but not one that torch.save wrote.",
        ),
        (
            packed({"a/data.pkl": b"N.", "a/constants.pkl": b"N."}),
            "The file holds a whole program of TorchScript; save model.state_dict() instead.",
        ),
        (
            pickle.dumps({"weights": 0.7}),
            "The file is a plain pickle, which could run any code, so it was not opened.",
        ),
        (
            saved(MODEL_0.state_dict(), _use_new_zipfile_serialization=False),
            "The file has the format that torch.save wrote before PyTorch 1.6; load it in a "
            "notebook and save it again.",
        ),
        (
            saved({"a" * 3: [1, 2]}, pickle_protocol=4),
            "The file was saved with pickle protocol 4; save it with torch.save's own, 2.",
        ),
        (
            GOOD.ljust(MEGABYTE + 1, b"\0"),
            "The file may have 1,000,000 bytes at most, not 1,000,001; a state_dict of the "
            "lesson's models has about 2,000.",
        ),
        (
            packed(entries(GOOD), zipfile.ZIP_DEFLATED),
            "The file is compressed, which torch.save never does.",
        ),
        (
            packed({**entries(GOOD), "archive/byteorder": b"middle"}),
            "The file is damaged: it does not say in which order its bytes are.",
        ),
        (
            program(b"N0" * 60_000 + state(weights=tensor()), _0=ONE),
            "The file is damaged, or it holds more than torch.save writes for a state_dict.",
        ),
        (
            program(b"q\x00".join([b"N"] * 2) + b"h\x00" * 100_000),
            "The file describes its content in more than 100,000 steps.",
        ),
    ],
    ids=range(16),
)
def test_what_is_no_file_of_torch_save_is_refused(data: bytes, sentence: str) -> None:
    """The sentence says what it is in place of that."""
    assert refused(data).startswith(sentence.rstrip("."))


def test_a_file_cut_off_anywhere_is_refused() -> None:
    """At every 50th byte, and at the last one."""
    for end in (*range(0, len(GOOD), 50), len(GOOD) - 1):
        refused(GOOD[:end])


def test_a_flipped_bit_is_found_or_changes_nothing() -> None:
    """Every entry that matters has a checksum; padding and unused fields may be anything."""
    found = 0
    for place in range(len(GOOD)):
        broken = bytearray(GOOD)
        broken[place] ^= 1 << place % 8
        read = outcome(read_0, bytes(broken))
        if isinstance(read, str):
            assert is_a_sentence(read)
            found += 1
        else:
            assert read == read_0(GOOD)
    assert found > len(GOOD) // 4


def overlapping() -> bytes:
    """An archive whose thousand entries are one and the same hundred thousand bytes."""
    plain = packed({"archive/data.pkl": b"N." * 50_000})
    directory = plain.index(b"PK\x01\x02")
    record = plain[directory : plain.index(b"PK\x05\x06")]
    end = bytearray(plain[plain.index(b"PK\x05\x06") :])
    end[8:12] = (1000).to_bytes(2, "little") * 2
    end[12:16] = (1000 * len(record)).to_bytes(4, "little")
    return plain[:directory] + record * 1000 + bytes(end)


def encrypted() -> bytes:
    """GOOD, each entry marked as encrypted."""
    marked = bytearray(GOOD)
    place = marked.find(b"PK\x01\x02")
    while place >= 0:
        marked[place + 8] |= 1
        place = marked.find(b"PK\x01\x02", place + 1)
    return bytes(marked)


def twice() -> bytes:
    """GOOD with two entries of one name, of which different programs see different ones."""
    return packed({**entries(GOOD), "archive/datA.pkl": b"N."}).replace(b"datA.pkl", b"data.pkl")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: packed(
                {**entries(GOOD), "archive/data/0": bytes(100 * MEGABYTE)}, zipfile.ZIP_DEFLATED
            ),
            "would unpack to 100,00",
        ),
        (overlapping, "would unpack to 100,000,000 bytes; 1,000,000 at most"),
        (
            lambda: packed({str(n): b"" for n in range(MOST_ENTRIES)} | entries(GOOD)),
            "has 2,008 entries; 2,000 at most",
        ),
        (encrypted, "is encrypted"),
        (twice, "two of its entries have the same name"),
    ],
    ids=["deflated", "overlapping", "many", "encrypted", "twice"],
)
def test_a_zip_bomb_is_refused_by_its_directory(make: Callable[[], bytes], said: str) -> None:
    """Before anything is unpacked: a file of 100 KB takes a few MB, not 100."""
    bomb = make()
    assert len(bomb) < MOST_BYTES
    tracemalloc.start()
    try:
        assert said in refused(bomb)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * MEGABYTE


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
    ids=["a long shape again and again", "a large place", "deep tuples", "keys of one hash"],
)
def test_a_small_file_cannot_ask_for_much(instructions: bytes) -> None:
    """Copies of long shapes, room for 10^7 places, a hash without end, a hash that all keys share.

    45,000 keys of one hash are 10^9 comparisons: a test that is still running has failed.
    """
    tracemalloc.start()
    try:
        refused(program(instructions, _0=ONE))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * MEGABYTE


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_random_bytes_are_refused(data: bytes) -> None:
    """By themselves, as an archive, and as the instructions of one."""
    refused(data)
    refused(b"PK\x03\x04" + data)
    refused(packed({"archive/data.pkl": data}))


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
@settings(max_examples=500, deadline=None)
def test_what_is_read_is_what_plain_pytorch_reads(changes: list[tuple[int, int, bytes]]) -> None:
    """However the instructions are changed, keys, shapes, dtypes and numbers are those of torch."""
    changed = INSTRUCTIONS
    for place, removed, added in changes:
        changed = changed[:place] + added + changed[place + removed :]
    file = packed({**entries(GOOD), "archive/data.pkl": changed})
    report = outcome(inspect_file, file)
    if isinstance(report, str):
        assert is_a_sentence(report)
        return
    plain = torch.load(io.BytesIO(file), weights_only=True, map_location="cpu")
    assert [(entry.key, entry.shape, entry.dtype) for entry in report.entries] == [
        (ascii(key), tuple(value.shape), str(value.dtype).removeprefix("torch."))
        for key, value in plain.items()
    ]
    if report.fits[0].fits:
        assert read_0(file) == numbers(plain)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_floats_are_converted_as_load_state_dict_converts_them(dtype: torch.dtype) -> None:
    """And the report says so."""
    content = pair(torch.tensor([0.1], dtype=dtype), torch.tensor([0.3]))
    file = saved(content)
    plain = notebook.LinearRegressionModel()
    plain.load_state_dict(content)
    read = read_state_dict(file, MODEL_0)
    assert all(torch.equal(read[key], value) for key, value in plain.state_dict().items())
    name = str(dtype).removeprefix("torch.")
    assert inspect_file(file).sentences == (
        f"`'weights'` is {name}; loading converts it to float32.",
    )


def test_the_file_of_a_run_that_diverged_is_read() -> None:
    """NaN and infinity are numbers of a state_dict like others; the report points at them."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, epochs=200))
    (weights, bias) = read_state_dict(run.checkpoint, MODEL_0).values()
    assert not weights.isfinite().any()
    assert not bias.isfinite().any()
    assert inspect_file(run.checkpoint).sentences == (
        f"`'weights'` is not finite ({weights.item()}), as a run that diverged leaves it.",
        f"`'bias'` is not finite ({bias.item()}), as a run that diverged leaves it.",
    )


def test_what_comes_back_is_new_and_plain() -> None:
    """Parameters, views of larger storages and expanded ones become tensors by themselves."""
    row = torch.arange(1000.0)
    content = pair(nn.Parameter(row[500:501].clone()), row[500:501])
    first, again = (read_state_dict(saved(content), MODEL_0) for _ in range(2))
    for value in first.values():
        assert type(value) is torch.Tensor
        assert value.tolist() == [500.0]
        assert value.untyped_storage().nbytes() == 4
        assert value.is_contiguous()
        assert not value.requires_grad
        value.fill_(0.0)
    assert again["bias"].tolist() == [500.0]
    linear = make_model(Model.LINEAR, 0)
    state = {"linear_layer.bias": torch.ones(1), "linear_layer.weight": torch.ones(1).expand(1, 1)}
    assert list(read_state_dict(saved(state), linear)) == list(linear.state_dict())


def test_a_file_from_a_machine_with_another_byte_order_is_read() -> None:
    """The file says which one it has."""
    content = {**entries(saved(pair(torch.tensor([0.7]), torch.tensor([0.3]))))}
    for name in ("archive/data/0", "archive/data/1"):
        content[name] = content[name][::-1]
    order = {b"little": b"big", b"big": b"little"}[content["archive/byteorder"]]
    read = read_state_dict(packed({**content, "archive/byteorder": order}), MODEL_0)
    assert torch.equal(read["weights"], torch.tensor([0.7]))
    assert torch.equal(read["bias"], torch.tensor([0.3]))


def test_a_failure_of_pytorch_itself_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what it said, which names paths and its own insides."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise RuntimeError("/home/secret")

    monkeypatch.setattr(torch, "load", fail)
    assert refused(GOOD) == "PyTorch cannot read the file; it is damaged."


def test_files_are_read_by_many_threads_at_once() -> None:
    """Good and bad ones side by side; none sees anything of another."""
    files = [saved(pair(torch.tensor([float(n)]), torch.ones(1))) for n in range(40)]

    def read(n: int) -> float:
        if n % 3 == 0:
            refused(files[n][:-30])
        return read_state_dict(files[n], MODEL_0)["weights"].item()

    with ThreadPoolExecutor(max_workers=16) as pool:
        assert list(pool.map(read, range(40))) == list(range(40))


def test_a_tensor_without_numbers_is_reported_with_its_shape() -> None:
    """It fits no class, and nothing of it can be missing."""
    report = inspect_file(saved({"none": torch.ones(5, 0), "number": torch.ones(())}))
    assert [entry.shape for entry in report.entries] == [(5, 0), ()]
    assert not any(fit.fits for fit in report.fits)


def test_a_report_tells_how_the_file_fits_each_class() -> None:
    """Keys that one lacks and the other has not asked for, wrong shapes, wrong dtypes."""
    report = inspect_file(GOOD)
    assert report.size == len(GOOD)
    assert [(e.key, e.shape, e.dtype) for e in report.entries] == [
        ("'weights'", (1,), "float32"),
        ("'bias'", (1,), "float32"),
    ]
    own, other = report.fits
    assert (own.model, own.fits) == (Model.PARAMETER, True)
    assert (own.missing, own.unexpected, own.wrong_shape, own.wrong_dtype) == ((), (), (), ())
    assert (other.model, other.fits) == (Model.LINEAR, False)
    assert other.missing == ("linear_layer.weight", "linear_layer.bias")
    assert other.unexpected == ("'weights'", "'bias'")
    bad, _ = inspect_file(saved(pair(torch.ones(1, 1), torch.ones(1).int()))).fits
    assert (bad.wrong_shape, bad.wrong_dtype, bad.fits) == (("weights",), ("bias",), False)


def test_any_key_comes_out_short_and_plain() -> None:
    """Markdown, HTML, marks that turn text around, half a surrogate, a key of half a megabyte."""
    keys = ["`<script>`\u202e\x1b[2J", "\ud800", "é" * 250_000, "", "\n\n# x"]
    report = inspect_file(program(state(**dict.fromkeys(keys, tensor())), _0=ONE))
    assert len(report.entries) == len(keys)
    for said in (*(entry.key for entry in report.entries), *report.fits[0].unexpected):
        assert said.isascii()
        assert said.isprintable()
        assert "`" not in said
        assert len(said) <= 40
    refused(program(state(**dict.fromkeys(keys, tensor())), _0=ONE))


def test_of_many_keys_the_first_are_named() -> None:
    """A report, of twenty, and a sentence, of three, stay short whatever is sent."""
    file = program(state(**{f"key{n:04}": tensor() for n in range(500)}), _0=ONE)
    report = inspect_file(file)
    assert (len(report.entries), report.more) == (20, 480)
    assert len(report.fits[0].unexpected) == 20
    with pytest.raises(CheckpointError, match=r"`'key0002'` and 497 more; the model needs"):
        read_state_dict(file, MODEL_0)


def test_entries_outside_the_archives_folder_are_not_looked_at() -> None:
    """Some programs add their own when they pack a folder again."""
    extra = {"data/0": b"", "__MACOSX/data/0": b"", "archive/.DS_Store": b""}
    assert read_0(packed({**entries(GOOD), **extra})) == read_0(GOOD)


def test_any_module_can_be_asked_for() -> None:
    """A layer of the student's own, of more than one number."""
    torch.manual_seed(1)
    layer = nn.Linear(3, 2)
    read = read_state_dict(saved(layer.state_dict()), nn.Linear(3, 2))
    assert torch.equal(read["weight"], layer.weight)
    assert "has the shape (2, 3) in the file; the model needs (2, 4)." in refused(
        saved(layer.state_dict()), nn.Linear(4, 2)
    )
