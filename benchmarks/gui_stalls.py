"""How long the window's thread is held up: `python benchmarks/gui_stalls.py --seconds 300 --busy 4 [SOURCE]`.

Plays a source at 1920x1080 with classes drawn while other processes keep the processors busy, and toggles classes and
the opacity once a second as a person would. Each event that Qt hands out is timed on the wall clock (what a person
feels, waiting for a processor and for Python's lock included) and on the thread's own clock (what our code costs).
Besides, a timer that is due every 5 ms tells how late it came.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui import app
from bisenet_viewer.gui.display import drop_foreign_plugins
from bisenet_viewer.gui.viewer import Viewer
from bisenet_viewer.gui.window import Window

_TICK_MS = 5
_LIMITS_MS = (16, 50)


class TimedApplication(QApplication):
    """Times every event that is handed out from the event loop itself; those inside another's count with it."""

    def __init__(self) -> None:
        super().__init__(["gui_stalls"])
        self.wall_ms: list[float] = []
        self.own_ms: list[float] = []
        self._depth = 0

    def notify(self, receiver: QObject | None, event: QEvent | None) -> bool:
        if self._depth:
            return super().notify(receiver, event)
        self._depth += 1
        wall, own = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            self.wall_ms.append((time.perf_counter() - wall) * 1000)
            self.own_ms.append((time.thread_time() - own) * 1000)


def _burn() -> None:
    while True:
        sum(range(10_000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="demo://?width=1920&height=1080")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--busy", type=int, default=multiprocessing.cpu_count(), help="processes that only compute")
    given = parser.parse_args()
    drop_foreign_plugins()
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(given.busy)]
    timed = TimedApplication()
    late_ms: list[float] = []
    pictures = [0]

    def ready(window: Window, viewer: Viewer) -> None:
        def begin() -> None:
            for burner in burners:
                burner.start()
            timed.wall_ms.clear()
            timed.own_ms.clear()
            window.view.painted.disconnect(begin)
            due = [time.perf_counter()]

            def tick() -> None:
                now = time.perf_counter()
                late_ms.append((now - due[0]) * 1000 - _TICK_MS)
                due[0] = now

            for interval, act in ((_TICK_MS, tick), (1000, lambda: viewer.look.toggle(len(late_ms) % 5))):
                timer = QTimer(window)
                timer.setTimerType(Qt.TimerType.PreciseTimer)
                timer.timeout.connect(act)
                timer.start(interval)
            window.view.painted.connect(count)
            QTimer.singleShot(round(given.seconds * 1000), window.close)

        def count() -> None:
            pictures[0] += 1

        window.view.painted.connect(begin)

    code = app.run(given.source, device="cpu", remember=False, ready=ready)
    for burner in burners:
        burner.kill()
    print(f"{given.seconds:g} s, {given.busy} busy processes, {pictures[0] / given.seconds:.1f} pictures/s painted")
    for name, values in (("events, wall", timed.wall_ms), ("events, own", timed.own_ms), ("timer late", late_ms)):
        over = ", ".join(f"{sum(value > limit for value in values)} over {limit} ms" for limit in _LIMITS_MS)
        print(f"{name:13} {len(values):8} times, longest {max(values, default=0):7.1f} ms, {over}")
    sys.stdout.flush()
    # Qt calls `notify` while it is taken down, when there is no Python any more.
    os._exit(code)


if __name__ == "__main__":
    main()
