"""Opens every file of a folder and compares it with ffprobe: `.venv/bin/python tools/clips.py FOLDER`.

For each: frames out, duration, rotation, sound; or its one error. Exit code 1 where a file ends otherwise, where frames
or times differ from ffprobe's, where a seek shows another picture, or where a thread or descriptor stays open.
"""

from __future__ import annotations

import gc
import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import StreamInfo
from bisenet_viewer.sources import open_source

FRAMES_TO_SEEK = (0.31, 0.62, 0.97)
"""Where in the file, 0 to 1."""


@dataclass
class Seen:
    """What came out of a file."""

    info: StreamInfo | None = None
    times: list[tuple[int, Fraction]] = field(default_factory=list)
    damaged: int = 0
    error: str = ""
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Arguments: a folder, or files."""
    logging.disable(logging.CRITICAL)
    paths = [
        path for each in map(Path, sys.argv[1:]) for path in (sorted(each.rglob("*.*")) if each.is_dir() else [each])
    ]
    wrong = 0
    for path in paths[:1]:
        look(path)  # what libraries open once and keep is no leak
    for path in paths:
        begin, before = time.monotonic(), held()
        seen, probe = look(path), probed(path)
        gc.collect()
        if held() > before:
            seen.faults.append(f"{held() - before} descriptors or threads left open")
        compare(seen, probe)
        wrong += bool(seen.faults)
        print(f"{path.name:56} {text(seen, probe)}  [{time.monotonic() - begin:.1f} s]", flush=True)
    print(f"{len(paths)} files, {wrong} with faults")
    return 1 if wrong or not paths else 0


def look(path: Path) -> Seen:
    """All frames; then a seek to some of them, which must show the same picture."""
    seen = Seen()
    try:
        with open_source(str(path)) as source:
            seen.info = source.info
            sums = []
            for frame in source.frames():
                assert frame is not None  # files never make one wait
                seen.times.append((frame.pts, frame.time_base))
                sums.append(fingerprint(frame.rgb))
            seen.damaged = source.damaged
            for part in FRAMES_TO_SEEK:
                k = int(part * len(sums))
                pts, base = seen.times[k]
                frame = next(filter(None, source.frames(float(pts * base))))
                if frame.pts != pts or fingerprint(frame.rgb) != sums[k]:
                    seen.faults.append(f"seek to frame {k} shows another")
    except SourceError as error:
        seen.error = str(error)
    return seen


def fingerprint(rgb: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    """Tells pictures apart."""
    return hash(rgb.tobytes())


def probed(path: Path) -> dict[str, Any]:
    """What ffprobe says of the first video stream, its frames and the sound."""
    command = ["ffprobe", "-v", "quiet", "-of", "json", "-show_streams", "-show_entries", "stream:frame=pts,media_type"]
    run = subprocess.run([*command, "-select_streams", "v:0", "-show_frames", path], capture_output=True, check=False)
    audio = subprocess.run([*command, "-select_streams", "a", path], capture_output=True, check=False)
    video = json.loads(run.stdout or "{}")
    return {
        "pts": [frame.get("pts") for frame in video.get("frames", [])],
        "stream": (video.get("streams") or [{}])[0],
        "sound": ", ".join(s.get("codec_name", "?") for s in json.loads(audio.stdout or "{}").get("streams", [])),
    }


def compare(seen: Seen, probe: dict[str, Any]) -> None:
    """Adds to the faults."""
    if seen.error:
        return
    if len(seen.times) != len(probe["pts"]):
        seen.faults.append(f"{len(seen.times)} frames, ffprobe {len(probe['pts'])}")
    elif any(theirs is not None and theirs != ours for (ours, _), theirs in zip(seen.times, probe["pts"], strict=True)):
        seen.faults.append("times differ from ffprobe's")


def text(seen: Seen, probe: dict[str, Any]) -> str:
    """One line."""
    if seen.error:
        return f"error: {seen.error}" + "".join(f"; FAULT: {fault}" for fault in seen.faults)
    assert seen.info is not None
    info, stream = seen.info, probe["stream"]
    turned = [side["rotation"] for side in stream.get("side_data_list", []) if "rotation" in side]
    parts = [
        f"{len(seen.times)} frames ({info.frame_count} announced)",
        f"{stream.get('width')}x{stream.get('height')} shown as {info.width}x{info.height}",
        f"from {info.start_s:.3f} s, {'?' if info.duration_s is None else f'{info.duration_s:.3f}'} s",
        f"rotation {turned[0]}" if turned else "upright",
        f"sound {probe['sound'] or 'none'}",
    ]
    if seen.damaged:
        parts.append(f"{seen.damaged} damaged")
    return ", ".join(parts) + "; " + ("; ".join(f"FAULT: {fault}" for fault in seen.faults) or "as ffprobe")


def held() -> int:
    """Open descriptors and threads."""
    process = Path("/proc/self")
    if not process.is_dir():
        return threading.active_count()
    return sum(1 for _ in (process / "fd").iterdir()) + sum(1 for _ in (process / "task").iterdir())


if __name__ == "__main__":
    sys.exit(main())
