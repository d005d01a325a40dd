"""How soon the window is there: `python benchmarks/window_start.py [SOURCE] [--runs N]`.

Seconds from the start of a process (its first instruction, Python's own start included) to the first paint of the
window, the first picture in it, and the first picture with its classes; medians. Needs a display, or
QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

_DRIVER = """
import sys, time
begun = float(sys.argv[1])
seen = {}

def tell(name):
    if name not in seen:
        seen[name] = time.monotonic() - begun
        print(name, seen[name], flush=True)

def ready(window, viewer):
    window.first_painted.connect(lambda: tell("paint"))
    def painted():
        tell("picture")
        if viewer.showing.result is not None:
            tell("classes")
            window.close()
    window.view.painted.connect(painted)

from bisenet_viewer.gui import app
sys.exit(app.run(sys.argv[2], device="cpu", remember=False, ready=ready))
"""
STEPS = ("paint", "picture", "classes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="demo://")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    runs = [_run(given.source) for _ in range(given.runs)]
    print("          " + "".join(f"{name:>9}" for name in STEPS) + "   s")
    for name, pick in (("median", statistics.median), ("longest", max)):
        print(f"{name:10}" + "".join(f"{pick(run[step] for run in runs):9.2f}" for step in STEPS))


def _run(source: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, str(time.monotonic()), source],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return {name: float(seconds) for name, seconds in (line.split() for line in done.stdout.splitlines())}


if __name__ == "__main__":
    main()
