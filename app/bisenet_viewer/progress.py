"""`Progress` and `Board`: lines on stderr with frames, frames per second and the time that is left."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from bisenet.closing import Closing
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.log import write_line


class _Line(tqdm):  # type: ignore[type-arg]  # a bar that iterates over nothing
    monitor_interval = 0  # no thread of its own


class Progress:
    """The line of a run over a stream; silent where stderr is not a terminal, but for what is said."""

    def __init__(self, *, position: int | None = None) -> None:
        """position: which line from the top it is, where there are several."""
        self._names_input = position is not None
        self._name = ""
        self._line: Any = _Line(
            desc="loading",
            unit="frame",
            dynamic_ncols=True,
            file=sys.stderr,
            disable=None,
            position=position,
            leave=position is None,
        )

    def begin(self, name: str) -> None:
        """Another input, of which nothing is known yet."""
        self._name = name
        self._line.set_description_str(f"{name}: loading", refresh=False)
        self._line.reset(total=None)

    def expect(self, info: StreamInfo) -> None:
        """Tell how long the stream is."""
        total = info.frame_count
        if total is None and info.duration_s is not None and info.rate is not None:
            total = round(info.duration_s * info.rate)
        self._name = info.name
        self._line.set_description_str(info.name, refresh=False)
        self._line.total = total
        self._line.unpause()  # frames per second count from here, without the time the model took to load

    def advance(self, frames: int = 1) -> None:
        """So many more frames are done."""
        self._line.update(frames)

    def say(self, text: str) -> None:
        """Print one line above the progress."""
        about = f"{self._name}: " if self._names_input and self._name else ""
        write_line(f"bisenet-viewer: {about}{text}")

    def close(self) -> None:
        """End the line; harmless when repeated."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Board(Closing):
    """A line for each of several jobs, and under them one that counts the inputs."""

    def __init__(self, inputs: int, jobs: int) -> None:
        self._lines = [Progress(position=number) for number in range(jobs)]
        self._total: Any = _Line(
            desc="in total",
            unit="input",
            dynamic_ncols=True,
            file=sys.stderr,
            disable=None,
            total=inputs,
            position=jobs,
        )
        self._inputs = inputs
        self._settled = 0

    def line(self, job: int) -> Progress:
        """The line of one job, from 0."""
        return self._lines[job]

    def settle(self) -> str:
        """One more input is over; how many of how many that makes."""
        self._settled += 1
        self._total.update()
        return f"{self._settled}/{self._inputs}"

    def close(self) -> None:
        """End all lines; harmless when repeated."""
        for line in self._lines:
            line.close()
        self._total.close()
