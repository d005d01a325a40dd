"""Pictures kept in the user's cache folder, so that a second start need not draw them.

A file there is for one key, the code that draws, the libraries it draws with and the processor: what any of these
changes is drawn again. One that is damaged, missing or cannot be written costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bisenet_viewer.sources.street.canvas import Pixels

FILES = 3
"""The least recently used beyond these are removed; each has tens of MB."""
_SUFFIX, _UNFINISHED = ".street", ".part"


def kept(key: int) -> tuple[dict[str, Pixels], Any] | None:
    """What was given to `keep` under this key: the pictures and the notes; None where there is nothing sound."""
    try:
        file = _file(key)
        if file is None:
            return None
        data = np.fromfile(file, np.uint8)
        found = _unpacked(data)
    except (OSError, RuntimeError, ValueError):  # RuntimeError: no home folder
        return None
    with suppress(OSError):
        file.touch()
    return found


def keep(key: int, pictures: Mapping[str, Pixels], notes: object) -> None:
    """Write it, whole or not at all. `notes`: what JSON can hold."""
    with suppress(OSError, RuntimeError):
        file = _file(key)
        if file is None:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, pictures, notes)
        used = sorted(file.parent.glob(f"*{_SUFFIX}"), key=lambda other: other.stat().st_mtime_ns)
        for old in [*used[:-FILES], *file.parent.glob(f"*{_UNFINISHED}")]:  # some may be another's: it does without
            old.unlink(missing_ok=True)


def _write(file: Path, pictures: Mapping[str, Pixels], notes: object) -> None:
    """Checksum, length of the contents, contents, pixels; the numbers as 8 hexadecimal digits each."""
    contents = json.dumps({"shapes": {name: part.shape for name, part in pictures.items()}, "notes": notes}).encode()
    pixels = [np.ascontiguousarray(part).data for part in pictures.values()]
    parts: list[bytes | memoryview] = [f"{len(contents):08x}".encode(), contents, *pixels]
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=_UNFINISHED, delete=False) as stream:
        partial = Path(stream.name)
        try:
            for part in (f"{checksum:08x}".encode(), *parts):
                stream.write(part)
            stream.close()
            partial.replace(file)
        except OSError:
            stream.close()
            partial.unlink(missing_ok=True)
            raise


def _unpacked(data: Pixels) -> tuple[dict[str, Pixels], Any]:
    """Raises ValueError for what `_write` did not write."""
    if int(data[:8].tobytes(), 16) != zlib.crc32(data[8:].data):
        raise ValueError("damaged")
    at = 16 + int(data[8:16].tobytes(), 16)
    contents = json.loads(data[16:at].tobytes())
    pictures: dict[str, Pixels] = {}
    for name, shape in contents["shapes"].items():
        size = int(np.prod(shape))
        pictures[name] = data[at : at + size].reshape(shape)
        at += size
    return pictures, contents["notes"]


def _file(key: int) -> Path | None:
    """None where the code cannot be read, so that nobody knows what drew a file."""
    made_by = _made_by()
    if made_by is None:
        return None
    from bisenet.download import cache_dir  # brings what downloads, which a street is drawn without

    return cache_dir().parent / "street" / f"{key}-{made_by}{_SUFFIX}"


@cache
def _made_by() -> str | None:
    """A digest of this folder's code, of the libraries it draws with and of the processor they choose their ways by."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    if not sources:
        return None
    digest = hashlib.sha256(f"{np.__version__} {cv2.__version__} {cv2.getCPUFeaturesLine()}".encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
