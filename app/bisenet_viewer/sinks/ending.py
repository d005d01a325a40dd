"""`Ending`: a sink ends once, either whole or broken off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Ending(ABC):
    """What leaving a `with` means to a sink that makes one file: see `Sink`."""

    def __init__(self) -> None:
        self._closed = False

    def close(self) -> None:
        """Finish and name the file; harmless when repeated. Raises SinkError; then what is partial is kept."""
        if not self._closed:
            self._closed = True
            self._finish()

    def abort(self) -> None:
        """Stop here and keep, under its partial name, what is worth it. Harmless when repeated, and after `close`."""
        if not self._closed:
            self._closed = True
            self._break_off()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    @abstractmethod
    def _finish(self) -> None:
        """Make the file whole."""

    @abstractmethod
    def _break_off(self) -> None:
        """Raises nothing: an error is on its way already."""
