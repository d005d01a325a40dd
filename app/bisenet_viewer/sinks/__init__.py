"""Where results go: the `Sink` protocol."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from bisenet_viewer.frame import Result


class Sink(Protocol):
    """Takes results in order, on one thread.

    Leaving the `with` without an error makes the output whole and gives it its final name. Leaving it with an error
    (or KeyboardInterrupt) keeps what can be played or read under a name that says it is partial.
    """

    def write(self, result: Result) -> None:
        """Take one result. Raises SinkError when it cannot be written."""
        ...

    def close(self) -> None:
        """Finish: everything is on disk under its final name afterwards. Harmless when repeated."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
