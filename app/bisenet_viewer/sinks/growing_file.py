"""`GrowingFile`: a file of text that has its name only when it is whole, and whole records at every moment before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.target import partial_path, reason


class GrowingFile:
    """Grows as `NAME.partial.EXT`. Nothing stays in a buffer, so a killed process leaves what was written."""

    def __init__(self, path: Path, *, overwrite: bool, say: Callable[[str], None]) -> None:
        """path: the final name, which was checked. say: takes one line for people, about what was kept.

        Raises SinkError when the file cannot be made.
        """
        self._path = path
        self._overwrite = overwrite
        self._say = say
        self._partial = partial_path(path)
        self._size = 0
        try:
            self._file = self._partial.open("wb", buffering=0)
        except OSError as error:
            raise SinkError(f"cannot write {path}: {reason(error)}") from error

    def write(self, record: bytes) -> None:
        """Append all of `record` or nothing. Raises SinkError when it cannot be written."""
        try:
            left = memoryview(record)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with suppress(OSError):
                self._file.seek(self._size)
                self._file.truncate()
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from error
        self._size += len(record)

    def publish(self) -> None:
        """Close the file and give it its name. Raises SinkError; then the partial file is kept."""
        try:
            self._file.close()
            if self._path.exists() and not self._overwrite:
                raise SinkError(f"{self._path} has come to exist meanwhile; the whole file is {self._partial}")
            self._partial.replace(self._path)
        except OSError as error:
            raise SinkError(
                f"cannot finish {self._path}: {reason(error)}; the whole file is {self._partial}"
            ) from error

    def abort(self, *, worth_keeping: bool) -> None:
        """Close the file where it is; keep it, and say so, if it is worth it."""
        with suppress(OSError):
            self._file.close()
        if worth_keeping:
            self._say(f"what was written is kept in {self._partial}")
        else:
            self._partial.unlink(missing_ok=True)
