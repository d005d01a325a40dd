"""One numeric matrix out of a MATLAB file of version 5 to 7, as the labels of COCO-Stuff 10k are.

Format: MathWorks, "MAT-File Format", version 5. Files of version 7.3 are HDF5 and refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8"}
"""Data type of an element -> NumPy's name."""
_NUMERIC_CLASSES = range(6, 16)
"""Array classes from double to uint64; below are cells, structures, objects, text and sparse matrices."""


def matrix(data: bytes, name: str) -> NDArray[Any]:
    """The 2-D matrix of that name, of whatever number type it is stored in. Raises ValueError."""
    if len(data) < _HEADER_BYTES or not data.startswith(b"MATLAB 5.0") or data[126:128] != b"IM":
        raise ValueError("is not a MATLAB file of version 5 to 7")
    for kind, content in _elements(data[_HEADER_BYTES:]):
        if kind == _COMPRESSED:
            try:
                content = zlib.decompress(content)
            except zlib.error as error:
                raise ValueError(f"is damaged: {error}") from error
            kind, content = next(_elements(content), (0, b""))
        if kind == _MATRIX and (found := _named(content, name)) is not None:
            return found
    raise ValueError(f"holds no matrix {name!r}")


def _named(content: bytes, name: str) -> NDArray[Any] | None:
    elements = _elements(content)
    try:
        flags, shape, label = (next(elements)[1] for _ in range(3))
        if label != name.encode() or flags[0] not in _NUMERIC_CLASSES:
            return None
        kind, numbers = next(elements)
        height, width = np.frombuffer(shape, "<i4").tolist()
        return np.frombuffer(numbers, _NUMBERS[kind]).reshape((height, width), order="F")
    except (StopIteration, IndexError, KeyError, ValueError) as error:
        raise ValueError(f"is damaged: its matrix {name!r} cannot be read") from error


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of the data elements that follow each other. Raises ValueError where one is cut off."""
    position = 0
    while position + 8 <= len(data):
        kind, length = np.frombuffer(data, "<u4", 2, position).tolist()
        if kind >> 16:  # the small form: type and length in four bytes, content in the next four
            yield kind & 0xFFFF, data[position + 4 : position + 4 + (kind >> 16)]
            position += 8
            continue
        end = position + 8 + length
        if end > len(data):
            raise ValueError("is cut off")
        yield kind, data[position + 8 : end]
        # Elements begin at multiples of eight bytes, but for compressed ones.
        position = end if kind == _COMPRESSED else end + -end % 8
