"""Networks as graphs, kept between starts: to make one needs torch, and seconds; to read one needs neither.

What a back end compiles of a graph is not kept: that took 0.15 to 0.2 s to read, and takes 0.2 to 0.4 s to make anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bisenet.card import ModelCard
from bisenet.engines.cache_files import engines_dir, keep_newest, write_whole
from bisenet.errors import BisenetError

if TYPE_CHECKING:
    from bisenet.upsampling import Upsampling

MOST_FILES = 12
MOST_BYTES = 1 << 30
_MAGIC = b"bisenet graph 2\n"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Graph:
    """A network for any back end, with what is needed to run it."""

    card: ModelCard
    upsampling: Upsampling
    parts: tuple[bytes, ...]
    """(1, H, W, 3) uint8 RGB -> (1, C, h, w) float32 logits: the one part of an ONNX model, or OpenVINO's XML and
    weights."""


def read_graph(key: str) -> Graph | None:
    """What was written under the key; None: nothing, or it is damaged, with a line in the log then."""
    file = _file(key)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("cannot read %s: %s", file, error)
        return None
    try:
        graph = _parsed(content)
    except (ValueError, KeyError, TypeError, BisenetError) as error:
        _log.warning("%s is damaged and will be made again: %r", file, error)
        return None
    _mark_as_used(file)
    return graph


def write_graph(key: str, graph: Graph) -> None:
    """Keep a graph, and let those go that were not used for longest."""
    header = {
        "card": graph.card.to_dict(),
        "upsampling": graph.upsampling,
        "parts": [{"bytes": len(part), "sha256": _digest(part)} for part in graph.parts],
    }
    told = json.dumps(header).encode()
    file = _file(key)
    if write_whole(file, _MAGIC, _digest(told).encode(), b"\n", told, b"\n", *graph.parts):
        keep_newest(file.parent, "*.graph", files=MOST_FILES, total_bytes=MOST_BYTES)


def _parsed(content: bytes) -> Graph:
    if not content.startswith(_MAGIC):
        raise ValueError("it does not begin as such a file does")
    digest, _, rest = content[len(_MAGIC) :].partition(b"\n")
    told, _, rest = rest.partition(b"\n")
    if _digest(told) != digest.decode("ascii", "replace"):
        raise ValueError("its header is not what was written")
    header, begin = json.loads(told), 0
    parts = []
    for part in header["parts"]:
        parts.append(rest[begin : begin + part["bytes"]])
        begin += part["bytes"]
        if _digest(parts[-1]) != part["sha256"]:
            raise ValueError("its content is not what was written")
    return Graph(ModelCard.from_dict(header["card"]), header["upsampling"], tuple(parts))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mark_as_used(file: Path) -> None:
    try:
        os.utime(file)
    except OSError as error:
        _log.info("%s: %s", file, error)


def _file(key: str) -> Path:
    return engines_dir() / f"{key}.graph"
