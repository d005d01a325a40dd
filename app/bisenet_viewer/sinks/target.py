"""Where an output may be written, and under which names: in one place for all sinks."""

from __future__ import annotations

import errno
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


def check_new_file(path: Path, formats: tuple[str, ...], *, overwrite: bool) -> None:
    """Raise SinkError unless a file with one of the extensions `formats` (`.mp4`) may come to be at `path`."""
    if path.suffix.lower() not in formats:
        raise SinkError(f"{path}: cannot write {path.suffix or 'a file without extension'}; use {', '.join(formats)}")
    if path.is_dir():
        raise SinkError(f"{path} is a folder")
    check_folder_writable(path.parent)
    if overwrite:
        return
    if path.exists():
        raise SinkError(f"{path} exists; choose another name, or give --overwrite")
    if partial_path(path).exists():
        raise SinkError(f"{partial_path(path)} is left from an interrupted run; move it away, or give --overwrite")


def partial_path(path: Path) -> Path:
    """Where an output grows, beside it: `out.mp4` -> `out.partial.mp4`."""
    return path.with_name(f"{path.stem}.partial{path.suffix}")


def reason(error: Exception) -> str:
    """What the system says went wrong, without number and path: `No space left on device`."""
    return getattr(error, "strerror", None) or str(error)


def is_disk_full(error: BaseException) -> bool:
    """Whether an output failed because nothing more fits: then the next one will fail as well."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        cause = cause.__cause__
    return False
