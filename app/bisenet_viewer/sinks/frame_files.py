"""`FrameFiles`: what the sinks have in common that write small files per frame, each whole when it is there."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping

from bisenet.closing import Closing
from bisenet_viewer.frame import Result


class FrameFiles(Closing):
    """Times what is written; an interrupted run leaves good files, so that there is nothing to close."""

    def __init__(self, stage: str) -> None:
        """stage: the name of its time in `stage_ms`."""
        self._stage = stage
        self._stage_ms: Mapping[str, float] = {}

    @property
    def stage_ms(self) -> Mapping[str, float]:
        """Milliseconds of the last `write`, by the name of the stage."""
        return self._stage_ms

    def write(self, result: Result) -> None:
        """Write the files of one frame. Raises SinkError when the disk does not take them."""
        begin = time.perf_counter()
        self._put(result)
        self._stage_ms = {self._stage: (time.perf_counter() - begin) * 1e3}

    @abstractmethod
    def _put(self, result: Result) -> None: ...

    def close(self) -> None:
        """Nothing is left to do: each file was finished when it was written."""
