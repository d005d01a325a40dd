"""How old results of a live stream are when inference is too slow: `python -m benchmarks.live_latency --seconds 600`.

An RTSP server on the loopback sends 30 pictures a second, each with its number in it; an engine takes 1.5 times as long
as a picture lasts (or a model does what it can: --model). Age is from the moment the server sent the picture to its
result, so everything on the way counts: the server's sockets, ours, decoding, conversion, waiting, inference.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.app.sources.live.rtsp_server import LOOP, RtspServer, number_of

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import Engine, EngineInfo, Laps, open_engine
from bisenet_viewer.frame import Result
from bisenet_viewer.pipeline.events import Event, Failed
from bisenet_viewer.pipeline.pipeline import Pipeline
from bisenet_viewer.sources import open_source

RATE = 30


class SlowEngine(Closing):
    """Finds nothing, and takes its time over it."""

    info = EngineInfo("slow", "none", "cpu", "a clock", "f32")
    classes = ClassSet("one", ("thing",), ((128, 0, 0),))

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        time.sleep(self._seconds)
        if laps is not None:
            laps["network"] = self._seconds * 1000
        return np.zeros(rgb.shape[:2], np.uint8)

    def close(self) -> None:
        """Holds nothing."""


class Ages:
    """Gathers how old results are, on the pipeline's thread."""

    def __init__(self, server: RtspServer) -> None:
        self._server = server
        self.sent_ms: list[float] = []
        """Since the server sent the picture."""
        self.captured_ms: list[float] = []
        """Since its data was here, as the window tells it."""

    def deliver(self, result: Result) -> None:
        now = time.monotonic()
        sent = self._server.began_at + number_of(result.frame.rgb) / RATE
        # Numbers begin again after LOOP pictures; nothing is as old as that.
        self.sent_ms.append((now - sent) % (LOOP / RATE) * 1000)
        self.captured_ms.append((now - result.frame.captured_at) * 1000)

    def take(self) -> tuple[list[float], list[float]]:
        """What came since the last call."""
        taken = self.sent_ms, self.captured_ms
        self.sent_ms, self.captured_ms = [], []
        return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=10, metavar="SECONDS", help="a row so often")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--overload", type=float, default=1.5, help="how many pictures come while one is worked on")
    parser.add_argument("--model", help="run this model instead of the engine that only waits")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))

    open_it: Callable[[], Engine] = lambda: SlowEngine(given.overload / RATE)  # noqa: E731
    if given.model:
        open_it = lambda: open_engine("auto", given.model)  # noqa: E731
    with RtspServer(width=width, height=height, rate=RATE) as server:
        ages = Ages(server)
        pipeline = Pipeline(
            lambda: open_source(server.url), open_it, deliver=ages.deliver, report=_report, pacing="realtime"
        )
        with pipeline:
            pipeline.start()
            print(
                "   s  results/s  age since sent: p50   p95   max ms   since captured: p50 ms   resident MB   left out"
            )
            begun = time.monotonic()
            while (passed := time.monotonic() - begun) < given.seconds:
                time.sleep(given.every)
                print(_row(passed + given.every, given.every, *ages.take(), pipeline), flush=True)


def _row(at: float, span: float, sent: list[float], captured: list[float], pipeline: Pipeline) -> str:
    if not sent:
        return f"{at:4.0f}  no results"
    p95 = sorted(sent)[int(0.95 * len(sent))]
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    drops = ", ".join(f"{count} {cause}" for cause, count in pipeline.stats().drops.items())
    return (
        f"{at:4.0f}  {len(sent) / span:9.1f}  {statistics.median(sent):19.0f} {p95:5.0f} {max(sent):5.0f}"
        f" {statistics.median(captured):26.0f} {resident:18.1f}   {drops}"
    )


def _report(event: Event) -> None:
    if isinstance(event, Failed):
        print(f"failed: {event.error}", flush=True)


if __name__ == "__main__":
    main()
