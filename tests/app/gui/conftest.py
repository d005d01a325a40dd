"""A window over the real pipeline, with a source and an engine that live in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import EngineInfo, Laps
from bisenet.engines.scores import Scored, Scores
from bisenet_viewer.frame import Frame, Result, StreamInfo
from bisenet_viewer.gui.bridge import Entrance
from bisenet_viewer.gui.common.theme_follower import ThemeChoice, ThemeFollower
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.viewer import Viewer
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.work.settings_store import SettingsStore
from bisenet_viewer.pipeline.pipeline import Pipeline

CLASSES = ClassSet("test", ("sky", "road", "car"), ((20, 120, 250), (250, 10, 60), (0, 240, 30)))
WIDTH, HEIGHT, RATE = 96, 54, 50
LEFT, RIGHT, MARK = QPointF(0.25, 0.4), QPointF(0.75, 0.4), QPointF(0.5, 0.9)
"""Places in the picture, as parts of its size."""
LEFT_RGB, RIGHT_RGB = (200, 90, 0), (40, 90, 1)
"""The frame's own colours there, in every frame. Blue is the class id: 0 and 1."""
THREADS = {
    "capture", "inference", "opening", "prepare",
    "snapshots", "flags", "recording", "export", "settings", "thumbnails", "cameras", "recent files", "folder",
}  # fmt: skip


def picture(index: int) -> NDArray[np.uint8]:
    """(54, 96, 3) uint8: frame `index`. Two halves that are always the same; red tells the index at the bottom."""
    rgb = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    rgb[:, : WIDTH // 2] = LEFT_RGB
    rgb[:, WIDTH // 2 :] = RIGHT_RGB
    rgb[-10:] = (index % 256, 90, 2)
    return rgb


def make_result(index: int = 0, captured_at: float = 0.0) -> Result:
    rgb = picture(index)
    return Result(Frame(index, index, Fraction(1, RATE), captured_at, rgb), rgb[:, :, 2].copy(), {})


class MemorySource(Closing):
    """`count` frames out of memory. `error` is raised after them, in place of the end."""

    def __init__(
        self, count: int = 250, *, live: bool = False, seekable: bool = True, error: Exception | None = None
    ) -> None:
        self.count, self.error = count, error
        duration_s = None if live else count / RATE
        self.info = StreamInfo("memory", WIDTH, HEIGHT, Fraction(RATE), live, duration_s, None, seekable and not live)
        self.damaged = 0
        self.is_closed = False

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        for pts in range(min(int(from_s * RATE + 1e-6), self.count - 1), self.count):
            yield Frame(pts, pts, Fraction(1, RATE), time.monotonic(), picture(pts))
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.is_closed = True


class BlueEngine(Closing):
    """Reads the class ids off the blue channel. While `gate` is clear, inference waits for it."""

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.info = EngineInfo("memory", "test-model", "cpu", "Test Processor", "f32")
        self.classes = CLASSES
        self.is_closed = False
        self.inferring = threading.Event()
        self._gate = gate

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        self.inferring.set()
        if self._gate is not None:
            self._gate.wait(10)
        if laps is not None:
            laps["network"] = 0.0
        return rgb[:, :, 2].copy()

    def infer_scored(self, rgb: NDArray[np.uint8], laps: Laps | None = None, *, confidence: bool = False) -> Scored:
        labels = self.infer(rgb, laps)
        # Logits of the picture's own size: 4 for the class that it is, 0 for the others.
        logits = np.stack([(labels == class_id) * np.float32(4) for class_id in range(len(CLASSES))])
        sure = np.full(labels.shape, 240, np.uint8) if confidence else None
        return Scored(labels, Scores(logits, (labels.shape[0], labels.shape[1]), "bilinear"), sure)

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Stage:
    """A viewer and all that it is made of. What opens next is set by replacing `open_source` and `open_engine`."""

    window: Window
    player: Player
    viewer: Viewer
    open_source: Callable[[Request], MemorySource]
    open_engine: Callable[[Request], BlueEngine]
    requests: list[Request] = field(default_factory=list)

    def color_at(self, place: QPointF) -> tuple[int, int, int]:
        """The painted colour at a place in the picture."""
        rect = self.window.view.picture_rect()
        image = self.window.view.grab().toImage()
        color = image.pixelColor(
            round(rect.left() + place.x() * rect.width()), round(rect.top() + place.y() * rect.height())
        )
        return color.red(), color.green(), color.blue()

    def shown_index(self) -> int:
        """The index (modulo 256) of the frame that is painted; class 2 must be hidden."""
        return self.color_at(MARK)[0]

    def close(self) -> None:
        self.window.close()
        self.viewer.close()
        self.player.close()


OpenStage = Callable[..., Stage]


@pytest.fixture
def open_stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[OpenStage]:
    """Open viewers that are closed after the test, which fails when one of their threads is left."""
    stages: list[Stage] = []
    theme = ThemeFollower(qapp, ThemeChoice.DARK)

    def make(
        open_source: Callable[[Request], MemorySource] = lambda _: MemorySource(),
        open_engine: Callable[[Request], BlueEngine] = lambda _: BlueEngine(),
        *,
        request: Request | None = None,
        opacity: float | None = 0.5,
        classes: tuple[str, ...] | None = None,
        clock: Callable[[], float] = time.monotonic,
        until_shown: bool = True,
    ) -> Stage:
        def build(request: Request, entrance: Entrance) -> Pipeline:
            stage.requests.append(request)
            return Pipeline(
                lambda: stage.open_source(request),
                lambda: stage.open_engine(request),
                deliver=entrance.deliver,
                deliver_frame=entrance.deliver_frame,
                report=entrance.report,
                pacing="realtime",
                details=True,
            )

        store = SettingsStore(tmp_path / f"settings-{len(stages)}.json")
        store.change(**{f"{kind}_folder": str(tmp_path / kind) for kind in ("snapshot", "recording", "flag")})
        player, window = Player(build, lambda request: stage.open_engine(request)), Window()
        viewer = Viewer(
            window,
            player,
            request or Request("memory.mp4", "test-model"),
            store,
            theme,
            default_model="test-model",
            opacity=opacity,
            classes=classes,
            clock=clock,
        )
        stage = Stage(window, player, viewer, open_source, open_engine)
        stages.append(stage)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        if until_shown:
            # A plain frame may come first.
            qtbot.waitUntil(lambda: viewer.showing.result is not None)
        return stage

    yield make
    for stage in stages:
        stage.close()
    assert threads_left() == []


def threads_left() -> list[str]:
    """The names of the viewer's threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name in THREADS]


def blend(rgb: tuple[int, int, int], color: tuple[int, int, int], opacity: float) -> tuple[float, float, float]:
    """What is seen where a colour lies over a pixel."""
    red, green, blue = ((1 - opacity) * under + opacity * over for under, over in zip(rgb, color, strict=True))
    return red, green, blue


def pytest_itemcollected(item: pytest.Item) -> None:
    """Screenless Qt warns of every window with a smallest size, and of menus; that is no fault of ours."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))
