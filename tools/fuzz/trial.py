"""The child process: makes its share of the variants, opens each as the program would, and prints what came of it."""

from __future__ import annotations

import faulthandler
import gc
import json
import logging
import random
import sys
import threading
from itertools import islice
from pathlib import Path

import cv2
from damage import variant

from bisenet_viewer.errors import SourceError
from bisenet_viewer.sources import open_source

MOST_FRAMES = 300
"""Of a variant: damage can make a short clip endless."""
MEMORY_BYTES = 8 << 30


def main() -> None:
    """Arguments: files (one per line in a file), scratch folder, seed, first number, count."""
    files = [Path(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    scratch = Path(sys.argv[2])
    seed, first, count = map(int, sys.argv[3:6])
    faulthandler.enable()
    logging.disable(logging.CRITICAL)
    cv2.setNumThreads(1)  # its threads, which come when a picture is large enough and stay, are no leak
    _limit_memory()
    contents = [file.read_bytes() for file in files]
    for file in files:
        _played(file, 0.5)  # what libraries open once and keep (threads, tables) is no leak
    for number in range(first, first + count):
        made = variant(contents, seed, number)
        path = scratch / f"variant{files[made.origin].suffix}"
        path.write_bytes(made.data)
        result = outcome(path, random.Random(number).random())
        print(
            json.dumps({"number": number, "origin": files[made.origin].name, "kind": made.kind, **result}), flush=True
        )


def outcome(path: Path, somewhere: float) -> dict[str, object]:
    """Frames, one clear error, or what must not be: another exception, or something left open.

    somewhere: 0 to 1, where in the file a seek is tried.
    """
    before = _held()
    result = _played(path, somewhere)
    if _held() > before:
        gc.collect()
    if (left := _held()) > before:
        return {"outcome": "leak", "text": f"{left - before} descriptors or threads after: {result}"}
    return result


def _played(path: Path, somewhere: float) -> dict[str, object]:
    try:
        with open_source(str(path)) as source:
            frames = [frame.time_s for frame in islice(source.frames(), MOST_FRAMES) if frame is not None]
            damaged = source.damaged
            if frames and source.info.seekable:
                aim = frames[0] + somewhere * (frames[-1] - frames[0])
                for _ in islice(source.frames(max(0.0, aim)), 3):
                    pass
        return {"outcome": "frames", "frames": len(frames), "damaged": damaged}
    except SourceError as error:
        text = str(error)
        if not text.strip() or "\n" in text:
            return {"outcome": "fault", "text": f"not one line: {text!r}"}
        return {"outcome": "error", "text": text.replace(str(path), "FILE")}
    except Exception as error:  # noqa: BLE001  it is what is looked for
        return {"outcome": "fault", "text": f"{type(error).__name__}: {error}"}


def _held() -> int:
    """Open descriptors and threads, FFmpeg's own among them where the system shows these."""
    process = Path("/proc/self")
    if not process.is_dir():
        return threading.active_count()
    return sum(1 for _ in (process / "fd").iterdir()) + sum(1 for _ in (process / "task").iterdir())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
