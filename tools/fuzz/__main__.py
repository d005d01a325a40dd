"""Opens thousands of damaged files: each must end in frames or in one clear error, within a time limit.

    .venv/bin/python tools/fuzz --count 20000          files made on the spot
    .venv/bin/python tools/fuzz --files clip.mp4 ...   variants of these
    .venv/bin/python tools/fuzz --seed 1 --first 4711 --count 1   one again

The variants are tried in a child process, which is replaced when it crashes or hangs. What failed is kept.
Exit code 1 when anything did.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpus
from damage import variant

TOLERATED = ("frames", "error")
BATCH = 250
"""Variants per child process."""


def main() -> int:
    """Parse the arguments, try the variants, print a summary."""
    parser = argparse.ArgumentParser(prog="tools/fuzz", description="Open damaged files of each format.")
    parser.add_argument("--count", type=int, default=1000, help="variants (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other variants (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first variant (%(default)s)")
    parser.add_argument("--files", type=Path, nargs="+", help="make variants of these (of small ones of each format)")
    parser.add_argument("--limit", type=float, default=20.0, metavar="SECONDS", help="for each (%(default)s)")
    parser.add_argument("--minutes", type=float, help="begin no further batch after so long")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="for what failed (%(default)s)")
    options = parser.parse_args()
    begin = time.monotonic()
    tally: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        files = options.files or corpus.make(Path(folder))
        for result in results(files, Path(folder), options):
            tally[result["outcome"]] += 1
            tally["with damage counted"] += result["outcome"] == "frames" and result["damaged"] > 0
            if result["outcome"] not in TOLERATED:
                kept = keep(files, options, result)
                print(f"{result['number']} {result['origin']} {result['kind']}: {result['text']} ({kept})", flush=True)
    seconds = time.monotonic() - begin
    tried = sum(count for outcome, count in tally.items() if outcome != "with damage counted")
    print(f"{tried} variants of {len(files)} files in {seconds:.0f} s, {tried / seconds:.1f} per second")
    for outcome, count in sorted(tally.items()):
        print(f"{count:8} {outcome}")
    return 1 if any(outcome not in (*TOLERATED, "with damage counted") for outcome in tally) else 0


def results(files: list[Path], folder: Path, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What came of each variant, in order. A child that crashes or hangs is one of them."""
    names = folder / "files.list"
    names.write_text("\n".join(str(file.absolute()) for file in files), "utf-8")
    end = options.first + options.count
    until = None if options.minutes is None else time.monotonic() + 60 * options.minutes
    number = options.first
    while number < end and (until is None or time.monotonic() < until):
        stop = min(end, number + BATCH)
        while number < stop:
            for result in child(names, folder, options, number, stop - number):
                number += 1
                yield result


def child(names: Path, folder: Path, options: argparse.Namespace, first: int, count: int) -> Iterator[dict[str, Any]]:
    """Results from one process: all of them, or those until it failed, that failure last."""
    script = Path(__file__).with_name("trial.py")
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(
            [sys.executable, str(script), str(names), str(folder), str(options.seed), str(first), str(count)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process.stdout, lines), name="reader")
        reader.start()
        try:
            for number in range(first, first + count):
                # The first waits for the process to start as well.
                try:
                    line = lines.get(timeout=options.limit + (60 if number == first else 0))
                except queue.Empty:
                    yield _failure(number, "hang", f"no answer within {options.limit:g} s")
                    return
                if not line:
                    code = process.wait()
                    stderr.seek(0)
                    told = stderr.read().decode(errors="replace").strip().splitlines()
                    yield _failure(number, "crash", f"exit code {code}; {' | '.join(told[:12])}")
                    return
                yield json.loads(line)
        finally:
            process.kill()
            process.wait()
            reader.join()
            process.stdout.close()


def _read(stdout: Any, lines: queue.Queue[str]) -> None:
    for line in stdout:
        lines.put(line)
    lines.put("")


def _failure(number: int, outcome: str, text: str) -> dict[str, Any]:
    return {"number": number, "outcome": outcome, "origin": "", "kind": outcome, "text": text}


def keep(files: list[Path], options: argparse.Namespace, result: dict[str, Any]) -> Path:
    """Write a variant again, where it can be looked at."""
    made = variant([file.read_bytes() for file in files], options.seed, result["number"])
    options.keep.mkdir(parents=True, exist_ok=True)
    path = Path(options.keep) / f"{options.seed}-{result['number']}-{result['outcome']}{files[made.origin].suffix}"
    path.write_bytes(made.data)
    return path


if __name__ == "__main__":
    sys.exit(main())
