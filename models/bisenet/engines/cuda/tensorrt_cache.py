"""TensorRT engines, kept between starts: to build one takes minutes, to read one less than a second.

One file per card's kind, model, size and precision. Its header says what else it was built for; where that is not so
any more, the engine is built again in its place.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from bisenet.engines.cache_files import engines_dir, keep_newest, write_whole
from bisenet.engines.cuda.tensorrt_build import BATCHES

MOST_FILES = 16
MOST_BYTES = 2 << 30
_MAGIC = b"bisenet tensorrt 1\n"
_LONGEST_HEADER = 4096
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an engine is for."""

    card: str
    """The card's own name."""
    capability: tuple[int, int]
    model: str
    """Digest of the weights, or of the file, and of the code that makes a graph of them."""
    imgsz: tuple[int, int]
    """(width, height) of the network's input."""
    precision: str

    @property
    def file(self) -> Path:
        """Where such an engine is kept."""
        told = json.dumps(asdict(self), sort_keys=True)
        return engines_dir() / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.tensorrt"


def is_kept(purpose: Purpose, version: str) -> bool:
    """Whether there is one that this version of TensorRT can read, by its header alone."""
    return _kept_digest(purpose, version, say=False) is not None


def read_engine(purpose: Purpose, version: str) -> bytes | None:
    """What was written for this purpose; None: nothing, or it is stale or damaged, with a line in the log then."""
    digest = _kept_digest(purpose, version, say=True)
    if digest is None:
        return None
    file = purpose.file
    try:
        with file.open("rb") as stream:
            _header(stream)
            content = stream.read()
        os.utime(file)  # the ones that are used stay
    except (OSError, ValueError) as error:
        _log.warning("cannot read %s: %s", file, error)
        return None
    if hashlib.sha256(content).hexdigest() != digest:
        _log.warning("%s is damaged and will be built again: its content is not what was written", file)
        return None
    return content


def write_engine(purpose: Purpose, version: str, engine: bytes) -> None:
    """Keep an engine, and let those go that were not used for longest."""
    told = {**_conditions(purpose, version), "sha256": hashlib.sha256(engine).hexdigest()}
    header = json.dumps(told).encode()
    file = purpose.file
    if write_whole(file, _MAGIC, hashlib.sha256(header).hexdigest().encode(), b"\n", header, b"\n", engine):
        keep_newest(file.parent, "*.tensorrt", files=MOST_FILES, total_bytes=MOST_BYTES)


def _conditions(purpose: Purpose, version: str) -> dict[str, object]:
    """Plain values, as they come back from JSON."""
    told = json.dumps({**asdict(purpose), "tensorrt": version, "batches": BATCHES})
    conditions: dict[str, object] = json.loads(told)
    return conditions


def _kept_digest(purpose: Purpose, version: str, *, say: bool) -> str | None:
    """Of the engine that is kept for this; None: there is none, or it is another. say: tell the log."""
    file = purpose.file
    try:
        with file.open("rb") as stream:
            told = _header(stream)
        digest = str(told.pop("sha256"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        if say:
            _log.warning("%s is damaged and will be built again: %s", file, error)
        return None
    now = _conditions(purpose, version)
    if told != now:
        if say:
            changed = [f"{key} {told.get(key)} then, {now[key]} now" for key in now if told.get(key) != now[key]]
            _log.warning("the engine in %s is stale and will be built again: %s", file.name, "; ".join(changed))
        return None
    return digest


def _header(stream: BinaryIO) -> dict[str, object]:
    """Leaves the stream where the engine begins. Raises ValueError for what is none."""
    if stream.read(len(_MAGIC)) != _MAGIC:
        raise ValueError("it does not begin as such a file does")
    digest, told = (stream.readline(_LONGEST_HEADER).rstrip(b"\n") for _ in range(2))
    if hashlib.sha256(told).hexdigest().encode() != digest:
        raise ValueError("its header is not what was written")
    header: dict[str, object] = json.loads(told)
    return header
