"""Writes `.pth` files by hand, with content that torch.save itself would never write."""

import io
import pickle
import struct
import zipfile
from typing import Any

import torch

ORDERED = b"ccollections\nOrderedDict\n"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


def saved(content: Any, **options: Any) -> bytes:
    """What torch.save writes for `content`."""
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def entries(file: bytes) -> dict[str, bytes]:
    """The entries of an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def program(instructions: bytes, **storages: bytes) -> bytes:
    """An archive whose data.pkl holds these instructions; the storages are _0, _1 ..."""
    content = {"archive/data.pkl": b"\x80\x02" + instructions + b".", "archive/version": b"3\n"}
    return packed(content | {f"archive/data/{n[1:]}": data for n, data in storages.items()})


def text(words: str) -> bytes:
    """The instruction that puts text on the stack."""
    encoded = words.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def whole(number: int) -> bytes:
    """The instruction that puts a whole number of any size on the stack."""
    encoded = pickle.encode_long(number)
    return b"\x8a" + bytes([len(encoded)]) + encoded


def storage(kind: str = "FloatStorage", key: str = "0", length: int = 1, at: str = "cpu") -> bytes:
    """The instructions that make a storage."""
    name = f"ctorch\n{kind}\n".encode()
    return b"(" + text("storage") + name + text(key) + text(at) + whole(length) + b"tQ"


def tensor(
    stored: bytes = b"",
    offset: int = 0,
    shape: tuple[int, ...] = (1,),
    stride: tuple[int, ...] = (1,),
) -> bytes:
    """The instructions that make a tensor of a storage."""
    sizes = (b"(" + b"".join(map(whole, lengths)) + b"t" for lengths in (shape, stride))
    place = (stored or storage()) + whole(offset) + b"".join(sizes)
    return REBUILD + b"(" + place + b"\x89" + ORDERED + b")RtR"


def state(**tensors: bytes) -> bytes:
    """The instructions that make a dictionary; each value is made by instructions too."""
    return b"}" + b"".join(text(key) + value + b"s" for key, value in tensors.items())
