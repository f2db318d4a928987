"""Charts and arrays as one block of bytes for the browser.

Each array is stored once: a loss curve in a chart and the same numbers in the player's record share
their bytes. Layout: the length of the header (uint32), the header as JSON, padding to eight bytes,
the arrays. In the header an array is {"at": offset, "length": n, "type": "f4"}, with "shape"
where it has rows; its numbers are float32, float64 or int32.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from linreg.figures import Drawing

Array = npt.NDArray[Any]

ALIGNMENT = 8


def pack(record: Mapping[str, Any], drawings: Mapping[str, Drawing]) -> bytes:
    """Return `record` (numbers, texts, arrays) and the charts by name as bytes."""
    arrays = _Arrays()
    charts = [
        {"name": name, "figure": {"data": drawing.traces, "layout": drawing.layout}}
        for name, drawing in drawings.items()
    ]
    content = {**record, "charts": charts}
    header = json.dumps(content, allow_nan=False, default=arrays.packed).encode()
    return _padded(len(header).to_bytes(4, "little") + header) + arrays.content()


class _Arrays:
    """Collects the bytes of arrays, equal contents once."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, bytes]] = []
        self._length = 0

    def packed(self, value: Any) -> Any:
        """Return for JSON the position of an array's bytes, or NumPy's number as Python's."""
        return value.item() if isinstance(value, np.generic) else self._reference(value)

    def content(self) -> bytes:
        """Return all arrays one after another."""
        return b"".join(part for _, part in self._parts)

    def _reference(self, array: Array) -> dict[str, Any]:
        whole = np.issubdtype(array.dtype, np.integer)
        plain = np.ascontiguousarray(array, dtype=np.int32 if whole else None)
        if whole and (plain != array).any():
            raise OverflowError("a whole number of a chart needs more than four bytes")
        reference = {
            "at": self._place(plain.tobytes()),
            "length": plain.size,
            "type": f"{plain.dtype.kind}{plain.dtype.itemsize}",
        }
        return reference if plain.ndim == 1 else {**reference, "shape": list(plain.shape)}

    def _place(self, part: bytes) -> int:
        """Return the position of `part`; it may be the beginning of a stored array."""
        for at, known in self._parts:
            if known.startswith(part):
                return at
        at = self._length
        self._parts.append((at, _padded(part)))
        self._length += len(_padded(part))
        return at


def _padded(part: bytes) -> bytes:
    return part + bytes(-len(part) % ALIGNMENT)
