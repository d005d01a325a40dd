"""Files that come to be whole or not at all, and never in the place of another. No Qt."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path


def write_new(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """Write `STEM.suffix`, or `STEM_2.suffix` and so on where there is one; its path. Makes the folder.

    Raises OSError, and leaves nothing then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = write_part(folder, data)
    try:
        for path in numbered(folder, stem, suffix):
            if take_name(part, path):
                return path
    finally:
        part.unlink(missing_ok=True)
    raise AssertionError("numbers do not end")


def write_part(folder: Path, data: bytes) -> Path:
    """Data on disk under a name that nobody looks at. Raises OSError, and leaves nothing then."""
    # Not tempfile: what that makes can be read by its owner alone.
    part = folder / f".bisenet-viewer-{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def take_name(part: Path, path: Path) -> bool:
    """Give the file a name that no other has; False where one has it. Raises OSError."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links, as on memory cards: a moment lies between looking and taking there.
        if path.exists():
            return False
        part.rename(path)
        return True
    part.unlink()
    return True


def numbered(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """`STEM.suffix`, `STEM_2.suffix`, ... without end."""
    yield folder / f"{stem}{suffix}"
    number = 2
    while True:
        yield folder / f"{stem}_{number}{suffix}"
        number += 1
