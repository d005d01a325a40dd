"""`bisenet-viewer segment`: every frame of recordings, without a window, into videos, masks and data.

    run(SegmentOptions("drive.mp4"))    # one recording, with a report; the exit code

Importing the package is cheap, so that the command line can read its options: what it needs comes with these names.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bisenet_viewer.segment.one import run
    from bisenet_viewer.segment.options import SegmentOptions

__all__ = ["SegmentOptions", "run"]

_HOME = {"run": "bisenet_viewer.segment.one", "SegmentOptions": "bisenet_viewer.segment.options"}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'bisenet_viewer.segment' has no attribute {name!r}")
