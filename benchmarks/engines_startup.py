"""From nothing to the first class ids, and how much memory: `python benchmarks/engines_startup.py [MODEL]`.

Each line is a new process. "first" has an empty cache: the network is made a graph, and `auto` holds its trial. "later"
finds what the first has left. Seconds count from the start of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparing import markdown, write_json

from bisenet.engines.processor import default_threads, processor_name

ENGINES = ("auto", "openvino", "onnxruntime", "torch")

PROCESS = """
import json, sys, time
from pathlib import Path
began, engine, model = float(sys.argv[1]), sys.argv[2], sys.argv[3]
threads = int(sys.argv[4])
import numpy as np
from bisenet.engines import open_engine
rgb = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
said = []
with open_engine(engine, model, device="cpu", threads=threads, say=said.append) as opened:
    open_s = time.monotonic() - began
    opened.infer(rgb)
    labels_s = time.monotonic() - began
    for _ in range(3):
        opened.infer(rgb)
    memory = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    megabytes = {name: int(memory[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}
print(json.dumps([open_s, labels_s, megabytes["VmRSS"], megabytes["VmHWM"], "torch" in sys.modules, said]))
"""


def start(engine: str, model: str, threads: int, cache: Path) -> dict[str, Any]:
    """One start in a process of its own."""
    command = [sys.executable, "-c", PROCESS, repr(time.monotonic()), engine, model, str(threads)]
    environment = {**os.environ, "BISENET_CACHE": str(cache)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    open_s, labels_s, resident, peak, torch, said = json.loads(done.stdout)
    return {"open s": open_s, "ids s": labels_s, "MB": resident, "peak MB": peak, "torch": torch, "said": said}


def summary(engine: str, which: str, starts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One line of the table."""
    row: dict[str, Any] = {"engine": engine, "start": which}
    for name in ("open s", "ids s", "MB", "peak MB"):
        row[name] = statistics.median(each[name] for each in starts)
    row["imports torch"] = "yes" if starts[-1]["torch"] else "no"
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="street-x39")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--threads", type=int, default=default_threads("openvino"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    started: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for _ in range(arguments.repeats):
        for engine in arguments.engines:
            with tempfile.TemporaryDirectory() as cache:
                for which in ("first", "later"):
                    found = start(engine, arguments.model, arguments.threads, Path(cache))
                    started.setdefault((engine, which), []).append(found)
    rows = [summary(engine, which, starts) for (engine, which), starts in started.items()]
    print(f"{arguments.model} on {processor_name()}, {arguments.threads} threads; medians of {arguments.repeats}\n")
    print(markdown(rows))
    for each in started.get(("auto", "first"), []):
        print(f"\n{each['said'][0]}", end="")
    print()
    if arguments.json:
        about = {"model": arguments.model, "processor": processor_name(), "threads": arguments.threads}
        write_json(arguments.json, about, rows)


if __name__ == "__main__":
    main()
