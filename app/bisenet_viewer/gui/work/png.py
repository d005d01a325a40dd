"""A picture as PNG, encoded where the caller is: any thread will do."""

from __future__ import annotations

from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QImage, QImageWriter

_FAST = 80
"""Qt's "quality" of a PNG is how little it is packed. This is zlib's first level: 207 ms for a frame of 1840 x 1376 in
place of 718, and 5 % larger; from 90 on nothing is packed at all."""


def png_bytes(image: QImage) -> bytes:
    """The whole file. Raises ValueError for a null image."""
    if image.isNull():
        raise ValueError("expected a picture, got none")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    writer.setQuality(_FAST)
    if not writer.write(image):
        raise ValueError(f"cannot be a PNG: {writer.errorString()}")
    return bytes(buffer.data().data())
