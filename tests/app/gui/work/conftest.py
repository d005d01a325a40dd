"""Results to save, and a look at the threads that saving leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bisenet.classes import ClassSet
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.gui.common.theme import apply_theme

CLASSES = ClassSet("test", ("sky", "road", "car"), ((20, 120, 250), (250, 10, 60), (0, 240, 30)))
INFO = StreamInfo("clip", 64, 48, Fraction(25), live=False, duration_s=8.0, seekable=True)
WAIT_MS = 20_000
"""For encoders and processes on a busy machine."""
THREADS = {"snapshots", "flags", "recording", "export", "settings"}


def make_result(
    index: int = 0,
    *,
    pts: int | None = None,
    time_base: Fraction = Fraction(1, 25),
    captured_at: float | None = None,
    size: tuple[int, int] = (64, 48),
) -> Result:
    """Grey that tells the index, and three bands of classes from top to bottom."""
    width, height = size
    pts = index if pts is None else pts
    at = float(pts * time_base) if captured_at is None else captured_at
    rgb = np.full((height, width, 3), 40 + index * 3 % 200, np.uint8)
    labels = np.repeat(np.arange(height, dtype=np.uint32) * 3 // height, width).reshape(height, width).astype(np.uint8)
    return Result(Frame(index, pts, time_base, at, rgb), labels, {})


def names(folder: Path) -> list[str]:
    """All files under a folder, by their paths in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """As usual, with more patience."""
    qtbot.waitSignal = partial(qtbot.waitSignal, timeout=WAIT_MS)  # type: ignore[method-assign]
    qtbot.waitUntil = partial(qtbot.waitUntil, timeout=WAIT_MS)  # type: ignore[method-assign]
    return qtbot


@pytest.fixture(autouse=True)
def threads_end(qapp) -> Iterator[None]:
    """After each test none of our threads is left."""
    apply_theme(qapp)
    yield
    for thread in threading.enumerate():
        if thread.name in THREADS:
            thread.join(5)
    assert not [thread.name for thread in threading.enumerate() if thread.name in THREADS]
