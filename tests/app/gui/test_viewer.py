"""The window over the real pipeline: what is painted, what the widgets do, what is told when things break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.conftest import (
    CLASSES,
    LEFT,
    LEFT_RGB,
    RATE,
    RIGHT,
    RIGHT_RGB,
    BlueEngine,
    MemorySource,
    OpenStage,
    Stage,
    blend,
)

from bisenet.errors import CheckpointError, EngineError
from bisenet_viewer.errors import SourceError
from bisenet_viewer.frame import Frame, Result
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.player import Phase, Request

SKY, ROAD, _ = CLASSES.palette
NEAR = 2
"""Qt blends in whole numbers, premultiplied: so far from the exact value."""


def expect_pixels(stage: Stage, left: tuple[float, float, float], right: tuple[float, float, float]) -> None:
    assert stage.color_at(LEFT) == pytest.approx(left, abs=NEAR)
    assert stage.color_at(RIGHT) == pytest.approx(right, abs=NEAR)


def one_frame(_: Request) -> MemorySource:
    return MemorySource(count=1)


def test_overlay_is_blended_over_the_frame(open_stage: OpenStage) -> None:
    stage = open_stage(opacity=0.3)
    expect_pixels(stage, blend(LEFT_RGB, SKY, 0.3), blend(RIGHT_RGB, ROAD, 0.3))


def test_toggling_a_class_while_paused_repaints_the_last_result(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    qtbot.keyClick(stage.window.view, Qt.Key.Key_Space)
    assert stage.player.phase is Phase.PAUSED
    row = stage.window.panel.rows[0]
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    expect_pixels(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))
    assert not row.isChecked()
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    expect_pixels(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))
    assert row.isChecked()


def test_all_and_none(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(one_frame)
    qtbot.mouseClick(stage.window.panel.none_button, Qt.MouseButton.LeftButton)
    expect_pixels(stage, LEFT_RGB, RIGHT_RGB)
    qtbot.mouseClick(stage.window.panel.all_button, Qt.MouseButton.LeftButton)
    expect_pixels(stage, blend(LEFT_RGB, SKY, 0.5), blend(RIGHT_RGB, ROAD, 0.5))


def test_dragging_opacity_repaints_the_last_result(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(one_frame)
    slider = stage.window.transport.opacity_slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(50).toPoint())
    for percent in (60, 80, 100):
        qtbot.mouseMove(slider, slider.place_of(percent).toPoint())
        assert stage.viewer.look.style is not None
        assert stage.viewer.look.style.opacity == pytest.approx(percent / 100, abs=0.011)
        opacity = stage.viewer.look.style.opacity
        expect_pixels(stage, blend(LEFT_RGB, SKY, opacity), blend(RIGHT_RGB, ROAD, opacity))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    expect_pixels(stage, SKY, ROAD)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(1, 10))
    expect_pixels(stage, LEFT_RGB, RIGHT_RGB)


def test_a_new_colour_repaints_the_last_result(open_stage: OpenStage) -> None:
    stage = open_stage(one_frame)
    stage.viewer.look.recolor(0, (1, 2, 3))
    expect_pixels(stage, blend(LEFT_RGB, (1, 2, 3), 0.5), blend(RIGHT_RGB, ROAD, 0.5))


class PaintCounter(QObject):
    """Counts how often a widget paints itself, which `grab` would make it do anyway."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802  # Qt's name
        self.count += event is not None and event.type() == QEvent.Type.Paint
        return False


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_Minus, Qt.Key.Key_T])
def test_a_choice_is_painted_without_a_new_result(open_stage: OpenStage, qtbot: QtBot, key: Qt.Key) -> None:
    stage = open_stage(one_frame)
    qtbot.waitUntil(lambda: stage.player.phase is Phase.ENDED and not stage.window.view.is_busy)
    paints = PaintCounter(stage.window.view)
    qtbot.keyClick(stage.window.view, key)
    qtbot.waitUntil(lambda: paints.count > 0)


def test_classes_asked_for_at_the_start(open_stage: OpenStage) -> None:
    stage = open_stage(one_frame, classes=("road",))
    expect_pixels(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))
    assert [row.isChecked() for row in stage.window.panel.rows] == [False, True, False]
    assert stage.window.banner.isHidden()


def test_a_class_that_the_model_lacks_is_told(open_stage: OpenStage) -> None:
    stage = open_stage(one_frame, classes=("raod",))
    assert stage.window.banner.isVisible()
    assert stage.window.banner.text.text() == "The model has no class raod. Did you mean road? It has sky, road, car."


def test_shares_add_up(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(one_frame)
    shares = ["40.7 %", "40.7 %", "18.5 %"]
    qtbot.waitUntil(lambda: [row.share_text for row in stage.window.panel.rows] == shares)


def test_pause_holds_the_picture_and_play_goes_on(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(opacity=0.0)
    stage.player.play_pause()
    assert stage.window.transport.play_button.accessibleName() == "Play"
    stage.player.seek(1.0)
    qtbot.waitUntil(lambda: stage.shown_index() == RATE)
    assert stage.player.phase is Phase.PAUSED
    stage.player.play_pause()
    assert stage.window.transport.play_button.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: stage.shown_index() > RATE)


def test_seeking_by_slider_while_paused_shows_the_frame_from_there(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(opacity=0.0)
    stage.player.play_pause()
    slider = stage.window.transport.seek_slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(4000).toPoint())
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    wanted_s = stage.player.position_s
    assert wanted_s == pytest.approx(4.0, abs=0.05)
    qtbot.waitUntil(lambda: stage.shown_index() == int(wanted_s * RATE + 1e-6))
    assert stage.window.transport.time_label.text() in ("0:03 / 0:05", "0:04 / 0:05")


def test_keys_step_by_frames_both_ways(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(opacity=0.0)
    stage.player.play_pause()
    stage.player.seek(2.0)
    qtbot.waitUntil(lambda: stage.shown_index() == 2 * RATE)
    for action, index in (
        (Action.FORWARD_FRAME, 101), (Action.FORWARD_FRAME, 102), (Action.BACK_FRAME, 101), (Action.BACK_FRAME, 100),
        (Action.BACK_FRAME, 99), (Action.FORWARD_FRAME, 100),
    ):  # fmt: skip
        stage.viewer.act(action)
        qtbot.waitUntil(lambda index=index: stage.shown_index() == index)
    stage.player.play_pause()
    qtbot.waitUntil(lambda: stage.shown_index() > 105)
    stage.viewer.act(Action.BACK_FRAME)
    assert stage.player.phase is Phase.PAUSED


def test_a_loop_is_marked_and_left_by_one_key(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(opacity=0.0)
    stage.window.resize(1280, 700)
    label = stage.window.transport.loop_label
    stage.player.play_pause()
    for second in (1.0, 1.2):
        stage.player.seek(second)
        qtbot.waitUntil(lambda second=second: stage.shown_index() == round(second * RATE))
        stage.viewer.act(Action.LOOP_SPAN)
    assert (label.isVisible(), label.text()) == (True, "↻ 0:01 – 0:01")
    seen: list[int] = []
    stage.player.play_pause()

    def has_come_round() -> bool:
        seen.append(stage.shown_index())
        return any(later < earlier for earlier, later in pairwise(seen[5:]))

    qtbot.waitUntil(has_come_round)
    assert max(seen[5:]) < 60
    stage.viewer.act(Action.LOOP_SPAN)
    assert not label.isVisible()
    qtbot.waitUntil(lambda: stage.shown_index() > 65)


def test_the_end_offers_to_play_again(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(lambda _: MemorySource(count=10), opacity=0.0)
    qtbot.waitUntil(lambda: stage.player.phase is Phase.ENDED)
    assert stage.window.transport.play_button.accessibleName() == "Play again"
    qtbot.waitUntil(lambda: stage.shown_index() == 9)
    stage.player.play_pause()
    assert stage.player.phase is Phase.PLAYING
    qtbot.waitUntil(lambda: stage.player.phase is Phase.ENDED)
    stage.player.seek(0.0)
    qtbot.waitUntil(lambda: stage.shown_index() > 0)


def test_a_live_source_has_no_slider(open_stage: OpenStage) -> None:
    stage = open_stage(lambda _: MemorySource(live=True))
    transport = stage.window.transport
    assert (transport.seek_slider.isVisible(), transport.live_label.isVisible()) == (False, True)
    stage.player.step(5)
    assert stage.player.phase is not Phase.FAILED


def test_names_in_title_and_strip(open_stage: OpenStage) -> None:
    stage = open_stage(one_frame)
    assert stage.window.windowTitle() == "memory · test-model – BiSeNet Viewer"
    assert stage.window.strip.input_label.text() == "memory · 96×54 · 50 fps"
    assert stage.window.strip.model_label.text() == "test-model · memory · cpu (Test Processor) · f32"


def test_messages_while_opening(open_stage: OpenStage, qtbot: QtBot) -> None:
    source_may, engine_may = threading.Event(), threading.Event()

    def slow_source(_: Request) -> MemorySource:
        source_may.wait(10)
        return MemorySource()

    def slow_engine(_: Request) -> BlueEngine:
        engine_may.wait(10)
        return BlueEngine()

    stage = open_stage(slow_source, slow_engine, until_shown=False)
    message = stage.window.message
    assert message.isVisible()
    assert (message.headline.text(), message.detail.text()) == ("Opening memory.mp4", "Loading the model test-model")
    source_may.set()
    qtbot.waitUntil(lambda: message.headline.text() == "Loading the model test-model")
    assert message.detail.text() == "memory · 96×54 · 50 fps"
    engine_may.set()
    qtbot.waitUntil(lambda: not message.isVisible())


@pytest.mark.parametrize(
    ("fault", "text", "ways"),
    [
        (SourceError("no such file: x.mp4"), "No such file: x.mp4", ["Try again", "Open file…", "Try demo"]),
        (CheckpointError("unknown model 'x'"), "Unknown model 'x'", ["Use test-model"]),
        (EngineError("no CUDA here"), "No CUDA here", ["Use any device"]),
        (RuntimeError("boom"), "Unexpected fault: RuntimeError: boom", ["Try again", "Open file…"]),
    ],
)
def test_a_failed_start_is_told_with_ways_out(
    open_stage: OpenStage, qtbot: QtBot, fault: Exception, text: str, ways: list[str]
) -> None:
    def broken(_: Request) -> MemorySource:
        raise fault

    stage = open_stage(broken, request=Request("x.mp4", "other-model", "cuda"), until_shown=False)
    banner = stage.window.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.text.text() == text
    assert [button.text() for button in banner.buttons] == ways
    assert stage.player.phase is Phase.FAILED
    stage.open_source = one_frame
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.window.view.has_picture)
    assert banner.isHidden()


def test_a_lost_camera_leaves_its_last_picture_under_the_banner(open_stage: OpenStage, qtbot: QtBot) -> None:
    unplugged = threading.Event()

    class Camera(MemorySource):
        def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
            while not unplugged.wait(0.01):
                yield next(super().frames(from_s))
            raise SourceError("the camera went away")

    stage = open_stage(lambda _: Camera(live=True), opacity=0.0)
    unplugged.set()
    qtbot.waitUntil(stage.window.banner.isVisible)
    assert stage.window.banner.text.text() == "The camera went away"
    assert stage.window.view.has_picture
    assert stage.color_at(LEFT) == LEFT_RGB
    assert not stage.window.transport.play_button.isEnabled()


def test_try_demo_asks_for_the_demo(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(lambda _: MemorySource(0, error=SourceError("empty")), until_shown=False)
    qtbot.waitUntil(stage.window.banner.isVisible)
    stage.open_source = one_frame
    qtbot.mouseClick(stage.window.banner.buttons[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.window.view.has_picture)
    assert stage.requests[-1].source == "demo://"


def test_opening_another_source_keeps_the_choice(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(one_frame)
    qtbot.mouseClick(stage.window.panel.rows[0], Qt.MouseButton.LeftButton)
    may_open = threading.Event()

    def slow_source(_: Request) -> MemorySource:
        may_open.wait(10)
        return MemorySource(count=1)

    stage.open_source = slow_source
    stage.viewer.open("other.mp4")
    qtbot.waitUntil(lambda: not stage.window.view.has_picture)
    assert stage.window.message.headline.text() == "Opening other.mp4"
    may_open.set()
    qtbot.waitUntil(lambda: stage.viewer.showing.result is not None)
    expect_pixels(stage, LEFT_RGB, blend(RIGHT_RGB, ROAD, 0.5))
    assert [request.source for request in stage.requests] == ["memory.mp4", "other.mp4"]


def test_the_newest_of_several_requests_wins(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(one_frame)
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        stage.viewer.open(name)
    qtbot.waitUntil(lambda: stage.requests[-1].source == "c.mp4")
    qtbot.waitUntil(lambda: stage.window.view.has_picture)
    assert "b.mp4" not in [request.source for request in stage.requests]


def test_dropping_a_file_opens_it(open_stage: OpenStage, qtbot: QtBot, tmp_path: Path) -> None:
    stage = open_stage(one_frame)
    clip = tmp_path / "clip ä.mp4"
    clip.write_bytes(b"")
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/x.mp4"), QUrl.fromLocalFile(str(clip))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    stage.window.dropEvent(drop)
    qtbot.waitUntil(lambda: stage.requests[-1].source == str(clip))
    qtbot.waitUntil(lambda: stage.window.view.has_picture)


def test_figures_are_those_of_the_moment(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    strip = stage.window.strip
    qtbot.waitUntil(lambda: strip.text_of("Latency").endswith(" ms") and strip.text_of("Display") != "– FPS")
    assert 0 < float(strip.text_of("Capture")) <= 1.2 * RATE
    assert 0 < float(strip.text_of("Display").split()[0]) <= 1.2 * RATE


def test_a_result_that_nobody_paints_is_counted(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(opacity=0.0)
    stage.window.view.setUpdatesEnabled(False)
    qtbot.waitUntil(lambda: stage.player.replaced > 3)
    stage.viewer.showing.refresh()
    assert "display busy" in stage.window.strip.text_of("Dropped")
    stage.window.view.setUpdatesEnabled(True)
    stage.window.view.update()
    before = stage.shown_index()
    qtbot.waitUntil(lambda: stage.shown_index() != before)


def test_a_fault_in_a_slot_is_told(open_stage: OpenStage) -> None:
    stage = open_stage(one_frame)
    stage.viewer.tell_fault(ZeroDivisionError("division by zero"))
    assert stage.window.banner.text.text() == "Unexpected fault: ZeroDivisionError: division by zero"


def test_nothing_of_before_a_seek_is_shown_after_it(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    stage.window.view.setUpdatesEnabled(False)
    # From then on a result waits to be taken.
    qtbot.waitUntil(lambda: stage.player.replaced > 0)
    stage.player.seek(4.0)
    result = stage.player.take()
    assert result is None or result.frame.time_s >= 4.0


def test_while_the_slider_is_dragged_places_on_the_way_are_shown(
    open_stage: OpenStage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    gate.set()
    stage = open_stage(open_engine=lambda _: BlueEngine(gate))
    stage.player.play_pause()
    shown: list[float] = []
    take = stage.player.take

    def noted() -> Result | None:
        result = take()
        if result is not None:
            shown.append(result.frame.time_s)
        return result

    gate.clear()
    stage.player.seek(1.0)
    monkeypatch.setattr(stage.player, "take", noted)
    for time_s in (1.5, 2.0, 2.5, 3.0):
        stage.player.seek(time_s)
    assert stage.player.position_s == 3.0
    gate.set()
    qtbot.waitUntil(lambda: shown[-1:] == [3.0])
    assert shown == [1.0, 3.0]
    assert stage.player.position_s == 3.0
