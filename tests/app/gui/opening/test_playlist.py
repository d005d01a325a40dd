"""The list of files at the side, and going through it."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.opening.file_queue import FileQueue
from bisenet_viewer.gui.opening.folder import FileList
from bisenet_viewer.gui.opening.length import length_s
from bisenet_viewer.gui.opening.playlist_panel import PlaylistPanel

FILES = FileList("old town", tuple(f"/v/clip{number}.mp4" for number in range(40)), 1, goes_on=True)
LEFT = Qt.MouseButton.LeftButton


def center_of(panel: PlaylistPanel, row: int) -> QPoint:
    return panel.view.visualRect(panel.model.index(row)).center()


def test_a_list_that_was_asked_for_appears_and_a_single_file_hides_it(qtbot: QtBot) -> None:
    panel = PlaylistPanel(measure=lambda _: None)
    qtbot.addWidget(panel)
    panel.set_files(FileList("neighbours", FILES.sources, 0))
    assert panel.isHidden()
    panel.set_files(FILES)
    assert panel.isVisible()
    qtbot.mouseClick(panel.close_button, LEFT)
    panel.set_files(FILES.at(2))
    assert panel.isHidden()
    panel.show()
    panel.set_files(FileList("one", ("/v/clip.mp4",)))
    assert panel.isHidden()
    assert panel.close_threads(1)


def test_a_click_chooses_and_the_current_one_is_marked(qtbot: QtBot, show: Show) -> None:
    panel = PlaylistPanel(measure=lambda _: None)
    panel.resize(240, 300)
    show(panel)
    panel.set_files(FILES)
    accessible = Qt.ItemDataRole.AccessibleTextRole
    assert [panel.model.index(row).data(accessible) for row in (0, 1)] == ["clip0.mp4", "clip1.mp4, open now"]
    with qtbot.waitSignal(panel.chosen) as told:
        qtbot.mouseClick(panel.view.viewport(), LEFT, pos=center_of(panel, 3))
    assert told.args == [3]
    before = panel.view.grab().toImage()
    panel.set_files(FILES.at(3))
    assert panel.model.index(3).data(accessible) == "clip3.mp4, open now"
    assert panel.view.grab().toImage() != before
    panel.set_files(FILES.at(39))
    assert panel.view.viewport().rect().contains(center_of(panel, 39))


def test_arrows_go_and_enter_chooses(qtbot: QtBot, show: Show) -> None:
    panel = PlaylistPanel(measure=lambda _: None)
    panel.resize(240, 300)
    show(panel)
    panel.set_files(FILES)
    stolen: list[str] = []
    for key in ("Up", "Down", "Return", "Space", "PgDown", "C"):
        QShortcut(QKeySequence(key), panel).activated.connect(lambda key=key: stolen.append(key))
    panel.view.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.assertNotEmitted(panel.chosen):
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(panel.chosen) as told:
            qtbot.keyClick(panel.view, key)
        assert told.args == [2]
    assert stolen == []
    qtbot.keyClick(panel.view, Qt.Key.Key_PageDown)
    qtbot.keyClick(panel.view, Qt.Key.Key_C)
    assert stolen == ["PgDown", "C"]


def test_lengths_are_looked_up_for_what_is_seen(qtbot: QtBot, show: Show) -> None:
    asked: list[tuple[str, bool]] = []

    def measure(source: str) -> float | None:
        asked.append((source, threading.current_thread() is threading.main_thread()))
        return None if source.endswith("clip0.mp4") else 73.4

    panel = PlaylistPanel(measure=measure)
    panel.resize(240, 200)
    show(panel)
    panel.set_files(FILES)
    last_seen = panel.view.visible_rows()[-1]
    assert last_seen < 20
    qtbot.waitUntil(lambda: panel.model.length_text(last_seen) == "1:13")
    assert panel.model.length_text(0) == ""
    assert panel.model.length_text(39) == ""
    assert not any(on_main for _, on_main in asked)
    panel.view.scrollToBottom()
    qtbot.waitUntil(lambda: panel.model.length_text(39) == "1:13")
    assert len({source for source, _ in asked}) == len(asked)


def test_the_length_of_a_file(tmp_path: Path) -> None:
    import av

    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert length_s(str(path)) == pytest.approx(2.0, abs=0.15)
    (tmp_path / "broken.mp4").write_bytes(b"x" * 100)
    for other in (tmp_path / "broken.mp4", tmp_path / "gone.mp4", tmp_path, "rtsp://host/live"):
        assert length_s(str(other)) is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_a_file_is_opened_first_and_its_neighbours_are_found(qtbot: QtBot, folder: Path) -> None:
    queue = FileQueue()
    opened: list[str] = []
    queue.source_wanted.connect(opened.append)
    queue.open([str(folder / "b.mp4")])
    qtbot.waitUntil(lambda: queue.files is not None and len(queue.files.sources) == 3)
    assert opened == [str(folder / "b.mp4")]
    assert not queue.play_on()
    assert queue.next()
    assert not queue.next()
    assert queue.previous()
    assert queue.previous()
    assert not queue.previous()
    assert [Path(source).name for source in opened] == ["b.mp4", "c.mp4", "b.mp4", "a.mp4"]
    assert queue.close(1)


def test_a_folder_plays_on_to_its_end(qtbot: QtBot, folder: Path) -> None:
    queue = FileQueue()
    opened: list[str] = []
    queue.source_wanted.connect(opened.append)
    queue.open([str(folder)])
    qtbot.waitUntil(lambda: bool(opened))
    assert [queue.play_on() for _ in range(3)] == [True, True, False]
    assert [Path(source).name for source in opened] == ["a.mp4", "b.mp4", "c.mp4"]
    queue.go(1)
    queue.go(7)
    assert opened[-1].endswith("b.mp4")
    assert len(opened) == 4
    assert queue.close(1)


def test_what_is_no_file_is_opened_at_once_in_place_of_what_is_looked_up(qtbot: QtBot, folder: Path) -> None:
    queue = FileQueue()
    opened: list[str] = []
    queue.source_wanted.connect(opened.append)
    queue.open([str(folder / "a.mp4"), str(folder / "b.mp4")])
    queue.open(["rtsp://host/live"])
    assert opened == ["rtsp://host/live"]
    assert queue.close(1)
    qtbot.wait(1)
    assert opened == ["rtsp://host/live"]
    assert queue.files is not None
    assert queue.files.sources == ("rtsp://host/live",)
    with pytest.raises(ValueError, match="got none"):
        queue.open([])
