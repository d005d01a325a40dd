"""The text that an exported model carries inside, read without the packages that run it.

So a card can be shown, and a file that was cut off be refused, where neither onnx nor OpenVINO is installed, and
nothing in the file is run.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from bisenet.errors import CheckpointError

KEY = "bisenet"
"""Of ONNX's metadata_props and of OpenVINO's rt_info; TorchScript's extra file has it for its name."""
EXTRA_FILE = f"{KEY}.json"


def onnx_text(path: Path) -> str | None:
    """The text of an ONNX file; None: it has none. Raises CheckpointError for what is no ONNX file, or not whole."""
    texts: dict[bytes, bytes] = {}
    numbers = set()
    with path.open("rb") as file:
        for number, content in _fields(file, path.stat().st_size, (_METADATA,)):
            numbers.add(number)
            if number == _METADATA:
                entry = dict(_fields(io.BytesIO(content), len(content), (_ENTRY_KEY, _ENTRY_VALUE)))
                texts[entry.get(_ENTRY_KEY, b"")] = entry.get(_ENTRY_VALUE, b"")
    if _GRAPH not in numbers:
        raise CheckpointError("is not an ONNX model, or is cut off: it holds no graph")
    text = texts.get(KEY.encode())
    return None if text is None else _decoded(text)


def openvino_text(path: Path) -> str | None:
    """The text of an .xml whose .bin lies beside it, whole; None: it has none. Raises CheckpointError."""
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, ValueError) as error:
        raise CheckpointError(f"is not an OpenVINO model, or is damaged: {error}") from error
    if root.tag != "net":
        raise CheckpointError(f"is not an OpenVINO model: its XML is a <{root.tag}>")
    weights = path.with_suffix(".bin")
    if not weights.is_file():
        raise CheckpointError(f"lacks its weights: {weights.name} must lie beside it")
    try:
        needed = max((int(data.get("offset", 0)) + int(data.get("size", 0)) for data in root.iter("data")), default=0)
    except ValueError as error:
        raise CheckpointError(f"is damaged: {error}") from error
    if weights.stat().st_size < needed:
        raise CheckpointError(f"has weights that are cut off: {weights.name} is shorter than {needed:,} bytes")
    found = root.find(f"rt_info/{KEY}")
    return None if found is None else found.get("value")


def torchscript_text(path: Path) -> str | None:
    """The text of a TorchScript file; None: it has none. Raises CheckpointError for what is no such file, or cut."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if not any(name.endswith("/constants.pkl") for name in names):
                raise CheckpointError("is not a TorchScript model")
            found = [name for name in names if name.endswith(f"/extra/{EXTRA_FILE}")]
            return _decoded(archive.read(found[0])) if found else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        # RuntimeError and ValueError: a changed byte can say that an entry is encrypted, or lies elsewhere.
        raise CheckpointError(f"is not a TorchScript model, or is cut off: {error}") from error


_GRAPH, _METADATA = 7, 14
"""Field numbers of ModelProto in onnx.proto."""
_ENTRY_KEY, _ENTRY_VALUE = 1, 2
"""Of StringStringEntryProto."""
_VARINT, _BYTES = 0, 2
_FIXED = {1: 8, 5: 4}
"""Wire types of Protocol Buffers; the fixed ones with their length in bytes."""


def _fields(file: BinaryIO, size: int, kept: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
    """Number and content of a message's fields; of numbers that are not kept the content is passed over."""
    while file.tell() < size:
        number, wire = divmod(_varint(file), 8)
        if number == 0 or wire not in (_VARINT, _BYTES, *_FIXED):
            raise CheckpointError("is not an ONNX model, or is damaged")
        length = _varint(file) if wire in (_VARINT, _BYTES) else _FIXED[wire]
        if wire == _VARINT:
            length = 0  # it was the value
        end = file.tell() + length
        if end > size:
            raise CheckpointError(f"is cut off, or is not an ONNX model: {end:,} bytes expected, {size:,} there")
        yield number, file.read(length) if number in kept else b""
        file.seek(end)


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise CheckpointError("is cut off, or is not an ONNX model")
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
    raise CheckpointError("is not an ONNX model, or is damaged")


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"is damaged: {error}") from error
