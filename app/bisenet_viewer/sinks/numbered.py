"""`NumberedPictures`: one small picture per frame in a folder, each under its name only when it is whole."""

from __future__ import annotations

from pathlib import Path

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.target import check_folder_writable, reason


class NumberedPictures:
    """`00000001_pred.png`, ...: the number is the frame's index + 1, the suffix says what the picture is."""

    def __init__(self, folder: Path, suffix: str, *, overwrite: bool) -> None:
        """Make the folder. Raises SinkError when it cannot be written, or is not empty and `overwrite` is not set.

        overwrite: pictures of an earlier run, with the same suffix, are removed first, and nothing else is.
        """
        self.check(folder, overwrite=overwrite)
        self._folder = folder
        self._suffix = suffix
        try:
            folder.mkdir(exist_ok=True)
            for stale in folder.glob("[0-9]" * 8 + suffix):
                stale.unlink()
        except OSError as error:
            raise SinkError(f"cannot write into {folder}: {reason(error)}") from error

    @staticmethod
    def check(folder: Path, *, overwrite: bool) -> None:
        """Raise SinkError for what can be known before the first frame."""
        if not folder.exists():
            check_folder_writable(folder.parent)
            return
        check_folder_writable(folder)
        if not overwrite and any(folder.iterdir()):
            raise SinkError(f"{folder} is not empty; choose another folder, or give --overwrite")

    def write(self, index: int, png: bytes) -> None:
        """Write the picture of the frame `index`. Raises SinkError when the disk does not take it."""
        write_whole(self._folder / f"{index + 1:08d}{self._suffix}", png)


def write_whole(target: Path, data: bytes) -> None:
    """Write a small file all or not at all. Raises SinkError when the disk does not take it."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SinkError(f"cannot write {target}: {reason(error)}") from error
