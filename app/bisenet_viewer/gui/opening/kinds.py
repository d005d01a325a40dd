"""What kind of source an address is for, for icons and names. Pure functions; no Qt."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from bisenet_viewer.address import NETWORK_SCHEMES, scheme_of

_CAMERA = re.compile(r"\d+|/dev/video\d+")
_RATE = re.compile(r"\?fps=[^?/]*$")
_PATTERN = re.compile(r"%(0\d+)?d|[*?\[]")


class Kind(Enum):
    """The value is the name of its icon."""

    FILE = "play"
    PICTURE = "swatch"
    FOLDER = "folder"
    LIST = "menu"
    SEQUENCE = "view"
    CAMERA = "camera"
    STREAM = "link"
    SCREEN = "full-screen"
    DEMO = "demo"


def kind_of(source: str) -> Kind:
    """By the address alone: all that is on the disk is a FILE. See `file_kind`."""
    scheme = scheme_of(source)
    if scheme in NETWORK_SCHEMES:
        return Kind.STREAM
    if scheme == "demo":
        return Kind.DEMO
    if scheme == "screen" or source == "screen":
        return Kind.SCREEN
    if scheme == "camera" or _CAMERA.fullmatch(source):
        return Kind.CAMERA
    return Kind.FILE


def file_kind(source: str) -> Kind | None:
    """Of something on the disk, which is looked at, so not for the GUI thread; None where it is missing."""
    from bisenet_viewer.sources.listing import is_picture

    path = Path(without_rate(source))
    try:
        path = path.expanduser()
        if path.is_dir():
            return Kind.FOLDER
        if not path.exists():
            return Kind.SEQUENCE if _PATTERN.search(path.name) and path.parent.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # no name that a file could have
        return None
    if path.suffix.lower() == ".txt":
        return Kind.LIST
    return Kind.PICTURE if is_picture(path) else Kind.FILE


def without_rate(source: str) -> str:
    """A file's address without the `?fps=` that says how fast its pictures are shown."""
    return _RATE.sub("", source)
