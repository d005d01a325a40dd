"""Files that can be made again: where engines keep them, written whole or not at all, and not more than a few."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from bisenet.download import cache_dir

_log = logging.getLogger(__name__)


def engines_dir() -> Path:
    """Beside the checkpoints, in the user's cache folder or under BISENET_CACHE; it need not be there yet."""
    return cache_dir().parent / "engines"


def write_whole(file: Path, *parts: bytes) -> bool:
    """Write the parts one after the other; another process sees the old file or the new one.

    False, with a line in the log, where the folder cannot be written to: all that is kept here can be made again.
    """
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            for part in parts:
                stream.write(part)
        temporary.replace(file)
    except OSError as error:
        _log.warning("cannot keep %s for the next start: %s", file, error)
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        return False
    return True


def keep_newest(folder: Path, pattern: str, *, files: int, total_bytes: int) -> None:
    """Delete the files that were not used for longest: those past so many, or past so many bytes together."""
    known = []
    for file in folder.glob(pattern):
        try:
            status = file.stat()
        except OSError:  # another process was faster
            continue
        known.append((status.st_mtime, status.st_size, file))
    kept_bytes = 0
    for number, (_, size, file) in enumerate(sorted(known, reverse=True)):
        kept_bytes += size
        if number and (number >= files or kept_bytes > total_bytes):
            _discard(file)


def _discard(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:  # on Windows, while another process reads it
        _log.info("%s stays: %s", file, error)
