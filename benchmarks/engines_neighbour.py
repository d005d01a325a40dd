"""What another busy process costs each engine, by its number of threads: `python benchmarks/engines_neighbour.py`.

This process is kept to --cores processors, and the neighbour, which only counts, to the last of them. Milliseconds are
of the network alone; all engines and thread numbers take turns. Idle threads of one engine may disturb another, so
figures to rely on are those of one engine at a time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from comparing import markdown, medians_ms, write_json

import bisenet
from bisenet.engine_names import ON_PROCESSOR
from bisenet.engines.candidates import is_installed
from bisenet.engines.networks import GivenNetwork
from bisenet.engines.processor import processor_name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="street-x39")
    parser.add_argument("--engines", nargs="+", default=list(filter(is_installed, ON_PROCESSOR)), choices=ON_PROCESSOR)
    parser.add_argument("--imgsz", type=int, nargs=2, default=(640, 360), metavar=("W", "H"))
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[: arguments.cores]
    os.sched_setaffinity(0, cores)
    width, height = arguments.imgsz
    picture = np.random.default_rng(0).integers(0, 256, (1, height, width, 3), np.uint8)
    given = GivenNetwork(bisenet.load(arguments.model))
    with ExitStack() as opened:
        steps: dict[str, Callable[[], object]] = {}
        for engine in arguments.engines:
            for threads in arguments.threads:
                runner = given.open(engine, "f32", (width, height), threads)
                opened.callback(runner.close)
                steps[f"{engine}, {threads}"] = lambda runner=runner: runner.run(picture)  # type: ignore[misc]
        alone = medians_ms(steps, arguments.repeats)
        neighbour = subprocess.Popen(["taskset", "-c", str(cores[-1]), sys.executable, "-c", "while True: pass"])
        opened.callback(neighbour.kill)
        beside = medians_ms(steps, arguments.repeats)
    rows = [
        {"engine, threads": name, "alone ms": alone[name], "busy ms": beside[name], "ratio": beside[name] / alone[name]}
        for name in steps
    ]
    print(f"{arguments.model} at {width}x{height} on {len(cores)} cores of {processor_name()}\n")
    print(markdown(rows))
    if arguments.json:
        write_json(arguments.json, {"model": arguments.model, "processor": processor_name(), "cores": len(cores)}, rows)


if __name__ == "__main__":
    main()
