"""The speed page, with a measuring process that is played by a few lines of Python."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import apply_theme, colors
from bisenet_viewer.gui.numbers.paper_figures import V2_SIZE, paper_speeds
from bisenet_viewer.gui.numbers.speed_content import Figure, SpeedContent
from bisenet_viewer.gui.numbers.speed_page import SpeedPage
from bisenet_viewer.gui.numbers.speed_run import SpeedRun

FIGURE = {
    "kind": "figure", "model": "street-x39", "size": [640, 360], "ms": 2.5, "repeats": 4,
    "engine": "openvino", "precision": "f32", "device": "A Processor",
}  # fmt: skip
DONE = {"kind": "done", "busy_elsewhere": 1.5}
OpenPage = Callable[..., SpeedPage]


def play(*lines: object, then: str = "") -> list[str]:
    """A program that says these lines, then does something, whatever it is asked to measure."""
    said = "".join(
        f"print({json.dumps(line) if isinstance(line, str) else repr(json.dumps(line))})\n" for line in lines
    )
    return [sys.executable, "-c", f"import sys, time\n{said}sys.stdout.flush()\n{then}"]


@pytest.fixture
def open_page(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenPage]:
    pages: list[SpeedPage] = []
    parents: list[QWidget] = []
    apply_theme(qapp)

    def make(program: list[str] | None = None, width: int = 1280, height: int = 700) -> SpeedPage:
        parent = QWidget()
        parents.append(parent)
        qtbot.addWidget(parent)
        parent.resize(width, height)
        page = SpeedPage(parent, SpeedRun(program or play(DONE)))
        pages.append(page)
        with qtbot.waitExposed(parent):
            parent.show()
        page.show()
        return page

    yield make
    for page in pages:
        page.close_run()
        assert not page.is_measuring


def accent_pixels(image: QImage) -> int:
    """How much of a picture is of this machine's bars; the key's little square is one of them."""
    small = image.scaled(480, 270)
    return sum(small.pixelColor(x, y) == colors().accent for x in range(480) for y in range(270))


def test_the_papers_figures_are_those_of_the_tables() -> None:
    speeds = {(speed.method, speed.size): (speed.ms, speed.fps) for speed in paper_speeds()}
    assert speeds["SegNet", (640, 360)] == (69, 14.6)
    assert speeds["BiSeNet1 (Xception39)", (1280, 720)] == (12, 82.3)
    assert speeds["BiSeNet2 (ResNet-18)", (1920, 1080)] == (43, 23)
    assert speeds["BiSeNetV2", V2_SIZE] == (6.4, 156)
    assert len(speeds) == 4 * 3 + 2


def test_each_figure_goes_to_its_network_and_size() -> None:
    content = SpeedContent.of(paper_speeds(), "X", "Ti")
    figure = Figure("street-r18", (1280, 720), 20.0, 5, "torch", "f32", "A Processor")
    grown = content.with_figure(figure).with_figure(Figure(*_changed(figure, ms=10.0)))
    placed = [(panel.size, row.method) for panel in grown.panels for row in panel.rows if row.here is not None]
    assert placed == [((1280, 720), "BiSeNet2 (ResNet-18)")]
    assert [each.fps for each in grown.figures] == [100]
    assert grown.without_figures() == content


def _changed(figure: Figure, *, ms: float) -> tuple[str, tuple[int, int], float, int, str, str, str]:
    return figure.model, figure.size, ms, figure.repeats, figure.engine, figure.precision, figure.device


def test_what_is_measured_comes_size_by_size() -> None:
    orders = SpeedContent.of(paper_speeds(), "X", "Ti").orders()
    assert orders == [
        "street-x39@640x360", "street-r18@640x360", "street-x39@1280x720", "street-r18@1280x720",
        "street-x39@1920x1080", "street-r18@1920x1080", "street-v2@1024x512",
    ]  # fmt: skip


def test_start_measures_and_the_video_waits_meanwhile(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(play("a library's own words", {"kind": "doing", "text": "opening street-x39"}, FIGURE, DONE))
    before = accent_pixels(page.picture())
    paused: list[bool] = []
    page.pause_wanted.connect(paused.append)
    with qtbot.waitSignal(page._run.ended, timeout=10_000):
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
        assert page.is_measuring
        assert page.start_button.text() == "Stop"
        assert paused == [True]
    assert paused == [True, False]
    assert page.start_button.text() == "Start again"
    assert page.status.text() == "Done."
    assert [figure.fps for figure in page.content.figures] == [400]
    assert page.content.busy_elsewhere == 1.5
    assert accent_pixels(page.picture()) > before + 50


def test_bars_grow_until_they_are_as_long_as_they_are(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(play(FIGURE, DONE))
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    lengths: set[float] = set()
    key = ("street-x39", (640, 360))

    def is_whole() -> bool:
        lengths.add(page._shown.get(key, 0.0))
        return page._shown.get(key) == 400

    qtbot.waitUntil(is_whole, timeout=10_000)
    assert len(lengths) > 3
    qtbot.waitUntil(lambda: not page._growth.isActive())


def test_stop_keeps_what_was_measured(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(play(FIGURE, then="time.sleep(60)"))
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.content.figures), timeout=10_000)
    with qtbot.waitSignal(page._run.ended, timeout=10_000) as ended:
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
        assert not page.start_button.isEnabled()
    assert ended.args == [False, None]
    assert len(page.content.figures) == 1
    assert page.status.text() == "Stopped before all was measured."
    assert page.start_button.isEnabled()


def test_escape_leaves_and_ends_the_measuring(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(play(FIGURE, then="time.sleep(60)"))
    paused: list[bool] = []
    page.pause_wanted.connect(paused.append)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignals([page.closed, page._run.ended], timeout=10_000):
        qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert paused == [True, False]


def test_what_cannot_be_measured_is_told(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(play({"kind": "left_out", "what": "street-r18 at 640x360", "why": "the memory may be full"}, DONE))
    with qtbot.waitSignal(page._run.ended, timeout=10_000):
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert page.content.left_out == ("street-r18 at 640x360: the memory may be full",)


def test_a_program_that_is_not_there_is_told(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(["/no/such/program"])
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.is_measuring)
    assert len(page.content.left_out) == 1
    assert page.start_button.isEnabled()


def test_a_process_that_clings_is_ended_when_the_window_goes(
    open_page: OpenPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bisenet_viewer.gui.numbers.speed_run._GRACE_MS", 200)
    stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('{}', flush=True)\ntime.sleep(60)"
    page = open_page(play(FIGURE, then=stubborn))
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.content.figures), timeout=10_000)
    page.close_run()
    assert not page.is_measuring


def test_the_page_is_saved_as_a_picture_without_buttons(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(width=900, height=600)
    with qtbot.waitSignal(page.save_wanted) as saved:
        qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    image = saved.args[0]
    assert (image.width(), image.height()) == (1920, 1080)
    assert image.pixelColor(2, 2) == colors().backdrop
    assert len({image.pixelColor(x, 200).name() for x in range(1920)}) > 2


def test_tab_stays_on_the_page(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page()
    page.window().activateWindow()  # type: ignore[union-attr]
    focus = page.start_button
    focus.setFocus()
    seen = []
    for _ in range(4):
        seen.append(page.window().focusWidget())  # type: ignore[union-attr]
        qtbot.keyClick(seen[-1], Qt.Key.Key_Tab)
    assert seen == [page.start_button, page.save_button, page.close_button, page.start_button]
    for button in seen:
        assert button.accessibleName()
        assert button.toolTip()


@pytest.mark.parametrize(("width", "height"), [(900, 600), (1280, 700), (640, 400)])
def test_the_page_covers_its_parent_and_its_buttons_are_on_it(open_page: OpenPage, width: int, height: int) -> None:
    page = open_page(width=width, height=height)
    assert page.size() == page.parentWidget().size()  # type: ignore[union-attr]
    assert page.rect().contains(page._buttons.geometry())
    assert page.grab().toImage().pixelColor(1, 1) == QColor(colors().backdrop)
