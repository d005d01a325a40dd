"""`Progress`: one line on stderr with frames, frames per second and the time that is left."""

from __future__ import annotations

import math
import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from bisenet_viewer.frame import StreamInfo


class _Line(tqdm):  # type: ignore[type-arg]  # a bar that iterates over nothing
    monitor_interval = 0  # no thread of its own


class Progress:
    """The line of a run over a stream; silent where stderr is not a terminal, but for what is said."""

    def __init__(self) -> None:
        self._line: Any = _Line(desc="loading", unit="frame", dynamic_ncols=True, file=sys.stderr, disable=None)

    def expect(self, info: StreamInfo, to_s: float | None) -> None:
        """Tell how long the stream is, of which at most `to_s` seconds are wanted."""
        total = info.frame_count
        if total is None and info.duration_s is not None and info.rate is not None:
            total = round(info.duration_s * info.rate)
        if to_s is not None and info.rate is not None:
            wanted = math.ceil(to_s * info.rate)
            total = wanted if total is None else min(total, wanted)
        self._line.set_description_str(info.name, refresh=False)
        self._line.total = total
        self._line.unpause()  # frames per second count from here, without the time the model took to load

    def advance(self) -> None:
        """One more frame is done."""
        self._line.update()

    def say(self, text: str) -> None:
        """Print one line above the progress."""
        self._line.write(f"bisenet-viewer: {text}", file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
