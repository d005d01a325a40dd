"""What a person does with the whole window, from the key or the click to the file or the pixel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import (
    CLASSES,
    HEIGHT,
    LEFT,
    LEFT_RGB,
    RIGHT,
    RIGHT_RGB,
    WIDTH,
    BlueEngine,
    MemorySource,
    OpenStage,
    Stage,
    blend,
)

from bisenet.errors import CheckpointError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame
from bisenet_viewer.gui.common.theme_follower import ThemeChoice
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.player import Phase, Request
from bisenet_viewer.gui.state import View

SKY, ROAD, _ = CLASSES.palette
Key, Mod = Qt.Key, Qt.KeyboardModifier
NEAR = 3


def press(stage: Stage, qtbot: QtBot, key: Key, modifier: Mod = Mod.NoModifier) -> None:
    qtbot.keyClick(stage.window.view, key, modifier)


def sees(stage: Stage, left: tuple[float, ...], right: tuple[float, ...]) -> None:
    assert stage.color_at(LEFT) == pytest.approx(left, abs=NEAR)
    assert stage.color_at(RIGHT) == pytest.approx(right, abs=NEAR)


def files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def test_solo_by_key_and_by_a_click_in_the_picture(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    press(stage, qtbot, Key.Key_2, Mod.AltModifier)
    sees(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))
    press(stage, qtbot, Key.Key_2, Mod.AltModifier)
    sees(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))
    view = stage.window.view
    rect = view.picture_rect()
    place = QPoint(round(rect.left() + 0.25 * rect.width()), round(rect.top() + 0.4 * rect.height()))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: stage.viewer.look.look.solo == 0)
    sees(stage, blend(LEFT_RGB, SKY, 0.5), RIGHT_RGB)
    press(stage, qtbot, Key.Key_Escape)
    sees(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))


def test_toggling_and_undoing_in_a_pause(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    press(stage, qtbot, Key.Key_Space)
    press(stage, qtbot, Key.Key_1)
    sees(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))
    press(stage, qtbot, Key.Key_Z, Mod.ControlModifier)
    sees(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))
    press(stage, qtbot, Key.Key_Y, Mod.ControlModifier)
    sees(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))


def test_views_by_key_and_by_the_bar(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    press(stage, qtbot, Key.Key_V)
    assert stage.viewer.look.look.view is View.MASK
    sees(stage, SKY, ROAD)
    stage.window.transport.view_wanted.emit(View.ORIGINAL)
    sees(stage, LEFT_RGB, RIGHT_RGB)
    press(stage, qtbot, Key.Key_W)
    assert stage.window.view.wipe_handle.isVisible()
    sees(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))


def test_confidence_is_computed_only_while_it_is_looked_at(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    press(stage, qtbot, Key.Key_Space)
    stage.viewer.look.set_view(View.CONFIDENCE)
    qtbot.waitUntil(lambda: stage.viewer.showing.result.confidence is not None)
    stage.viewer.look.set_view(View.OVERLAY)
    stage.player.seek(1.0)
    qtbot.waitUntil(lambda: stage.viewer.showing.result.confidence is None)


def test_a_snapshot_is_what_is_seen_and_the_plain_one_is_the_frame(
    open_stage: OpenStage, qtbot: QtBot, tmp_path: Path
) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    press(stage, qtbot, Key.Key_S)
    qtbot.waitUntil(lambda: len(files(tmp_path / "snapshot", "*.png")) == 1)
    press(stage, qtbot, Key.Key_S, Mod.ShiftModifier)
    qtbot.waitUntil(lambda: len(files(tmp_path / "snapshot", "*.png")) == 2)
    seen, plain = (cv2.imread(str(path))[:, :, ::-1] for path in files(tmp_path / "snapshot", "*.png"))
    assert seen.shape == plain.shape == (HEIGHT, WIDTH, 3)
    assert seen[10, 10] == pytest.approx(blend(LEFT_RGB, SKY, 0.5), abs=NEAR)
    assert tuple(plain[10, 10]) == LEFT_RGB
    assert "Saved memory" in stage.viewer.saving.outputs.toasts.shown[-1].label.text()


def test_the_picture_is_copied(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()
    press(stage, qtbot, Key.Key_C, Mod.ControlModifier)
    qtbot.waitUntil(lambda: not clipboard.image().isNull())
    assert clipboard.image().pixelColor(10, 10).getRgb()[:3] == pytest.approx(blend(LEFT_RGB, SKY, 0.5), abs=NEAR)


def test_a_recording_plays_and_shows_the_overlay(open_stage: OpenStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage = open_stage()
    press(stage, qtbot, Key.Key_R)
    recorder = stage.viewer.saving.outputs.recorder
    qtbot.waitUntil(lambda: recorder.recording and (recorder.elapsed_s or 0) > 0.3)
    press(stage, qtbot, Key.Key_R)
    qtbot.waitUntil(lambda: len(files(tmp_path / "recording", "*.mp4")) == 1 and not recorder.finishing)
    (path,) = files(tmp_path / "recording", "*.mp4")
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) > 5
    assert frames[0][10, 10] == pytest.approx(blend(LEFT_RGB, SKY, 0.5), abs=12), "within what H.264 keeps"


def test_a_flagged_frame_is_there_to_train_with(open_stage: OpenStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    press(stage, qtbot, Key.Key_F, Mod.ShiftModifier)
    qtbot.waitUntil(lambda: len(files(tmp_path / "flag" / "masks", "*.png")) == 1)
    (mask,) = files(tmp_path / "flag" / "masks", "*.png")
    ids = cv2.imread(str(mask), cv2.IMREAD_UNCHANGED)
    assert ids.shape[:2] == (HEIGHT, WIDTH)
    assert len(files(tmp_path / "flag" / "images", "*.*")) == 1


def test_speed_and_the_loop_of_the_file(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    press(stage, qtbot, Key.Key_BracketRight)
    assert stage.player.speed == 1.25
    assert stage.window.transport.speed_button.text() == "1.25×"
    press(stage, qtbot, Key.Key_Backspace)
    assert stage.player.speed == 1.0
    press(stage, qtbot, Key.Key_L, Mod.ShiftModifier)
    assert stage.player.loops_file
    stage.player.seek(4.9)
    qtbot.waitUntil(lambda: 0 < stage.player.position_s < 2)
    assert stage.player.phase is Phase.PLAYING


def test_another_model_comes_without_a_black_frame(open_stage: OpenStage, qtbot: QtBot) -> None:
    class Others(BlueEngine):
        def __init__(self) -> None:
            super().__init__()
            self.info = replace(self.info, model="other-model")

    stage = open_stage()
    request = stage.player.request
    assert request is not None
    stage.viewer.act(Action.MODEL)
    stage.open_engine = lambda _: Others()
    stage.viewer.steering.pages.models.wanted.emit(replace(request, model="other-model"))
    blank: list[bool] = []
    cleared: list[str] = []
    meter = stage.viewer.showing.meter
    clear = meter.clear
    meter.clear = lambda: (cleared.append("what was measured of the first model"), clear())[1]
    stage.window.view.painted.connect(lambda: blank.append(not stage.window.view.has_picture))
    qtbot.waitUntil(lambda: "other-model" in stage.window.strip.model_label.text())
    assert not any(blank)
    assert stage.window.view.has_picture
    assert len(cleared) == 1
    assert "other-model" in stage.window.windowTitle()


def test_a_model_that_does_not_come_is_told_and_the_old_one_goes_on(open_stage: OpenStage, qtbot: QtBot) -> None:
    def broken(_: Request) -> BlueEngine:
        raise CheckpointError("unknown model 'x'")

    stage = open_stage()
    request = stage.player.request
    assert request is not None
    stage.open_engine = broken
    stage.player.switch_model(replace(request, model="x"))
    qtbot.waitUntil(stage.window.banner.isVisible)
    assert stage.window.banner.text.text() == "Unknown model 'x'"
    before = stage.viewer.showing.result
    qtbot.waitUntil(lambda: stage.viewer.showing.result is not before)
    assert stage.player.phase is Phase.PLAYING


def test_a_second_model_is_wiped_against(open_stage: OpenStage, qtbot: QtBot) -> None:
    class Inverted(BlueEngine):
        def infer(self, rgb: np.ndarray, laps: dict[str, float] | None = None) -> np.ndarray:
            return np.asarray(1 - np.minimum(super().infer(rgb, laps), 1), np.uint8)

    stage = open_stage()
    request = stage.player.request
    assert request is not None
    stage.open_engine = lambda _: Inverted()
    stage.player.compare_with(replace(request, model="inverted"))
    stage.viewer.look.set_view(View.WIPE)
    qtbot.waitUntil(lambda: stage.viewer.showing.result.compared is not None)
    press(stage, qtbot, Key.Key_Space)
    qtbot.waitUntil(lambda: not stage.window.view.is_busy)
    # Left of the divider the other model calls the sky a road; right of it ours calls the road a road.
    sees(stage, blend(LEFT_RGB, ROAD, 0.5), blend(RIGHT_RGB, ROAD, 0.5))


def test_a_camera_is_seen_before_its_model_is_loaded(open_stage: OpenStage, qtbot: QtBot) -> None:
    may_load, unplugged = threading.Event(), threading.Event()

    class Camera(MemorySource):
        def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
            del from_s
            while not unplugged.wait(0.02):
                yield from MemorySource(count=1).frames()

    def slow_engine(_: Request) -> BlueEngine:
        may_load.wait(10)
        return BlueEngine()

    stage = open_stage(lambda _: Camera(live=True), slow_engine, until_shown=False)
    qtbot.waitUntil(lambda: stage.window.view.has_picture)
    assert stage.viewer.showing.result is None
    assert not stage.window.message.isVisible()
    sees(stage, LEFT_RGB, RIGHT_RGB)
    may_load.set()
    qtbot.waitUntil(lambda: stage.viewer.showing.result is not None)
    qtbot.waitUntil(lambda: not stage.window.view.is_busy)
    sees(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))
    unplugged.set()


def test_what_was_chosen_is_there_at_the_next_start(open_stage: OpenStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage = open_stage(lambda _: MemorySource(count=1), opacity=None)
    press(stage, qtbot, Key.Key_1)
    stage.viewer.look.recolor(1, (10, 20, 30))
    press(stage, qtbot, Key.Key_V)
    stage.window.transport.opacity_wanted.emit(0.8)
    stage.close()
    (tmp_path / "settings-0.json").rename(tmp_path / "settings-1.json")
    again = open_stage(lambda _: MemorySource(count=1), opacity=None)
    style = again.viewer.look.style
    assert style is not None
    assert (style.visible, style.colors[1], style.opacity) == ({1, 2}, (10, 20, 30), 0.8)
    assert again.viewer.look.look.view is View.MASK


def test_cancelling_leads_to_the_start_page(open_stage: OpenStage, qtbot: QtBot) -> None:
    may_open = threading.Event()

    def slow_source(_: Request) -> MemorySource:
        may_open.wait(10)
        raise SourceError("too late")

    stage = open_stage(slow_source, until_shown=False)
    qtbot.waitUntil(lambda: stage.player.phase is Phase.OPENING)
    stage.window.message.cancelled.emit()
    assert stage.window.start.isVisible()
    assert not stage.window.message.isVisible()
    assert stage.player.phase is Phase.EMPTY
    may_open.set()
    stage.open_source = lambda _: MemorySource(count=1)
    stage.window.start.source_chosen.emit("memory.mp4")
    qtbot.waitUntil(lambda: stage.window.view.has_picture)
    assert not stage.window.start.isVisible()


def test_a_class_is_looked_for_in_the_timeline(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    press(stage, qtbot, Key.Key_N)
    assert "Choose a class" in stage.viewer.saving.outputs.toasts.shown[-1].label.text()
    press(stage, qtbot, Key.Key_Space)
    timeline = stage.window.transport.timeline
    timeline.choose(2)
    # A person drags the line to a half of the picture.
    timeline.canvas.threshold_changed.emit(0.5)
    timeline.choose(2)
    press(stage, qtbot, Key.Key_N)
    assert "Not seen" in stage.viewer.saving.outputs.toasts.shown[-1].label.text()
    timeline.add(4.2, (0.0, 0.1, 0.9))
    press(stage, qtbot, Key.Key_N)
    qtbot.waitUntil(lambda: stage.player.position_s == pytest.approx(4.2, abs=0.05))


def test_the_theme_is_chosen_and_kept(open_stage: OpenStage) -> None:
    stage = open_stage(lambda _: MemorySource(count=1))
    light = stage.window.menu.themes[ThemeChoice.LIGHT]
    before = stage.window.panel.grab().toImage().pixelColor(3, 3).lightness()
    light.trigger()
    assert stage.window.panel.grab().toImage().pixelColor(3, 3).lightness() > before + 100
    assert stage.viewer.settings.theme == "light"


def test_another_theme_leaves_every_font_as_it_was(open_stage: OpenStage) -> None:
    stage = open_stage(lambda _: MemorySource(count=1), request=Request("", "test-model"), until_shown=False)
    title = stage.window.start.parts.title
    before = title.font().pointSizeF()
    stage.window.menu.themes[ThemeChoice.LIGHT].trigger()
    assert title.font().pointSizeF() == before > 12
