"""The archive of a `.pth`: damaged and foreign files and zip bombs get one sentence."""

import pickle
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import read_state_dict
from linreg.files.torch_file import MOST_BYTES, MOST_ENTRIES
from tests.support.archives import entries, packed, program, saved, state, tensor
from tests.support.checkpoints import MODEL_0, outcome, pair, read_0, refused
from tests.support.examples import examples
from tests.support.hostile import GOOD, ONE
from tests.support.sentences import assert_a_sentence

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"weights: 0.7", "The file is not one that torch.save wrote: it is not a zip archive."),
        (
            b"\x89PNG\r\n\x1a\n",
            "The file is a picture.",
        ),
        (b"PK\x05\x06" + bytes(18), "The file is not one that torch.save wrote: it is not a zip "),
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
            "The file is damaged: its byte order is neither little nor big.",
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
    """The sentence says what the file is."""
    assert refused(data).startswith(sentence.rstrip("."))


def test_a_file_cut_off_anywhere_is_refused() -> None:
    """After every 50th byte, and before the last one."""
    for end in (*range(0, len(GOOD), 50), len(GOOD) - 1):
        refused(GOOD[:end])


def test_a_flipped_bit_is_found_or_changes_nothing() -> None:
    """Every entry that is needed has a checksum; padding and unused fields have none.

    One bit in every third byte: the first of the eight, then the fourth, and so on.
    """
    found, places = 0, range(0, len(GOOD), 3)
    for place in places:
        broken = bytearray(GOOD)
        broken[place] ^= 1 << place % 8
        read = outcome(read_0, bytes(broken))
        if isinstance(read, str):
            assert_a_sentence(read)
            found += 1
        else:
            assert read == read_0(GOOD)
    assert found > len(places) // 4


def overlapping() -> bytes:
    """An archive whose thousand entries share the same hundred thousand bytes."""
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
    """GOOD with two entries of one name; programs differ in which one they read."""
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
    """Nothing is unpacked: a file of 100 KB takes a few MB, not 100."""
    bomb = make()
    assert len(bomb) < MOST_BYTES
    tracemalloc.start()
    try:
        assert said in refused(bomb)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * MEGABYTE


@given(st.binary(max_size=300))
@examples(5)
def test_random_bytes_are_refused(data: bytes) -> None:
    """As a file, as an archive, and as the instructions in an archive."""
    refused(data)
    refused(b"PK\x03\x04" + data)
    refused(packed({"archive/data.pkl": data}))


def test_a_file_from_a_machine_with_another_byte_order_is_read() -> None:
    """The file names its byte order."""
    content = {**entries(saved(pair(torch.tensor([0.7]), torch.tensor([0.3]))))}
    for name in ("archive/data/0", "archive/data/1"):
        content[name] = content[name][::-1]
    order = {b"little": b"big", b"big": b"little"}[content["archive/byteorder"]]
    read = read_state_dict(packed({**content, "archive/byteorder": order}), MODEL_0)
    assert torch.equal(read["weights"], torch.tensor([0.7]))
    assert torch.equal(read["bias"], torch.tensor([0.3]))


def test_entries_outside_the_archives_folder_are_not_looked_at() -> None:
    """Some programs add their own entries when they pack a folder again."""
    extra = {"data/0": b"", "__MACOSX/data/0": b"", "archive/.DS_Store": b""}
    assert read_0(packed({**entries(GOOD), **extra})) == read_0(GOOD)
