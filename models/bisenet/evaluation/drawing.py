"""Text on pictures, and pictures as PNG files."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""(H, W, 3) uint8."""

INK = (32, 32, 32)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_HEIGHT = 22
"""Pixels of a capital letter at font scale 1."""


def text_width(text: str, height: int) -> int:
    """Pixels, for capitals `height` pixels high."""
    return int(cv2.getTextSize(_drawable(text), _FONT, height / _HEIGHT, 1)[0][0])


def draw_text(
    canvas: Rgb,
    text: str,
    left: int,
    middle: int,
    height: int,
    *,
    align: str = "left",
    color: tuple[int, int, int] = INK,
) -> None:
    """Write on canvas, in place; left is where the text begins, has its middle (`middle`) or ends (`right`)."""
    shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[align]
    at = (round(left - shift * text_width(text, height)), middle + height // 2)
    cv2.putText(canvas, _drawable(text), at, _FONT, height / _HEIGHT, color, 1, cv2.LINE_AA)


def shortened(text: str, height: int, width: int) -> str:
    """The text, or as much of its end as fits into width pixels: of a file's name the end tells files apart."""
    if text_width(text, height) <= width:
        return text
    while text and text_width(f"..{text}", height) > width:
        text = text[1:]
    return f"..{text}"


def png(rgb: Rgb) -> bytes:
    """The picture as a PNG file's content."""
    done, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    assert done
    return data.tobytes()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _drawable(text: str) -> str:
    # OpenCV's fonts are ASCII: an accent is dropped, what has no ASCII letter becomes a question mark.
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.encode("ascii", "replace").decode("ascii")
