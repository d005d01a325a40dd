"""Result files: checked before the long work, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bisenet_viewer.errors import SinkError, UsageError
from bisenet_viewer.sinks.target import check_folder_writable, reason


def check_outputs(paths: Sequence[Path], *, overwrite: bool) -> None:
    """Raise SinkError for what cannot be written, UsageError when two go to one file."""
    if len({path.absolute() for path in paths}) < len(paths):
        raise UsageError("two of the outputs have the same name")
    for path in paths:
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file")
        check_folder_writable(path.parent)
        if path.exists() and not overwrite:
            raise SinkError(f"{path} exists; choose another name, or give --overwrite")


def write_whole(path: Path, content: bytes) -> None:
    """Write under another name first, so that the file is never half there. Raises SinkError."""
    temporary = path.with_name(f"{path.name}.partial")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SinkError(f"cannot write {path}: {reason(error)}") from error
