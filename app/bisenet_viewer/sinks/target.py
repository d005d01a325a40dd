"""Whether an output may be written at a path: asked before the long work starts, in one place for all sinks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bisenet_viewer.errors import SinkError


def check_folder_writable(folder: Path) -> None:
    """Raise SinkError unless a file can be made in `folder`.

    Tried out, not asked for: permission bits know nothing of read-only mounts, quotas and full disks.
    """
    if not folder.exists():
        raise SinkError(f"{folder}: no such folder; make it first")
    if not folder.is_dir():
        raise SinkError(f"{folder}: not a folder")
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".bisenet-viewer-"):
            pass
    except OSError as error:
        raise SinkError(f"cannot write into {folder}: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What the system says went wrong, without number and path: `No space left on device`."""
    return getattr(error, "strerror", None) or str(error)
