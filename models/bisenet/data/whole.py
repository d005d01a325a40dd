"""Whether the bytes of a picture file are all there.

A decoder may fill what is missing with grey and only warn, so that a network would be trained on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
"""Not the stuffed bytes and restarts inside a scan, which have no length: ITU T.81, B.1.1."""
_JPEG_END = b"\xff\xd9"


def damage(data: bytes) -> str:
    """What is wrong with a JPEG, PNG, WebP or BMP file, to follow its name; empty when it is whole, or another kind."""
    if not data:
        return "is empty"
    if data.startswith(b"\xff\xd8"):
        return "" if _jpeg_ends(data) else "is cut off: a JPEG without an end marker"
    if data.startswith(PNG_SIGNATURE):
        try:
            for _ in png_chunks(data):
                pass
        except ValueError as error:
            return str(error)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        return "is cut off: shorter than a WebP that says its length"
    # Some writers leave a BMP's length at 0.
    if data.startswith(b"BM") and int.from_bytes(data[2:6], "little") > len(data):
        return "is cut off: shorter than a BMP that says its length"
    return ""


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of a PNG's chunks, IEND the last. Raises ValueError for one that is missing or changed."""
    position = len(PNG_SIGNATURE)
    while True:
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if position + 12 > len(data) or end > len(data):
            raise ValueError("is cut off: a PNG without its last chunk")
        kind, content = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if crc32(content, crc32(kind)) != int.from_bytes(data[end - 4 : end], "big"):
            raise ValueError(f"is damaged: a PNG whose checksum of {kind!r} is wrong")
        yield kind, content
        if kind == b"IEND":
            return
        position = end


def _jpeg_ends(data: bytes) -> bool:
    """Whether the end marker comes: not that of a thumbnail, which lies inside a segment with a length."""
    position = 2
    while marker := _JPEG_MARKER.search(data, position):
        if marker.group() == _JPEG_END:
            return True
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return False
