"""From a picture file to its pixels, or to a DataError that names the file first and then what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bisenet.data.whole import damage
from bisenet.errors import DataError


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises DataError when it cannot be read, or is known not to be whole."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    if wrong := damage(data):
        raise DataError(f"{path} {wrong}")
    return data


def decode(data: bytes, flags: int, path: Path) -> NDArray[Any]:
    """What OpenCV makes of a picture file with these `IMREAD_` flags: BGR where it has colours. Raises DataError."""
    # Not cv2.imread: it cannot open non-ASCII paths on Windows.
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:  # of a header that asks for a picture larger than OpenCV takes
        image = None
    if image is None:
        raise DataError(f"{path} is not a picture that can be read")
    return image


def decode_rgb(data: bytes, path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, turned as a camera's note in the file says. Raises DataError."""
    return np.asarray(cv2.cvtColor(decode(data, cv2.IMREAD_COLOR, path), cv2.COLOR_BGR2RGB), np.uint8)


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """`decode_rgb` of a file. Raises DataError."""
    return decode_rgb(read_bytes(path), path)
