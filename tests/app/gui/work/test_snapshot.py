"""Snapshots and the clipboard: the picture as it was, under a new name each, without the window waiting."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QGuiApplication, QImage
from tests.app.gui.work.conftest import names

from bisenet_viewer.gui.work import snapshot
from bisenet_viewer.gui.work.clipboard import copy_picture
from bisenet_viewer.gui.work.snapshot import Snapshots
from bisenet_viewer.gui.work.worker import WAITING


def picture(color: Qt.GlobalColor = Qt.GlobalColor.red) -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    image.setPixelColor(5, 7, QColor(1, 2, 3))
    return image


@pytest.fixture
def snapshots(tmp_path):
    made = Snapshots(tmp_path / "pictures" / "bisenet-viewer")
    yield made
    made.close()


def test_a_picture_is_saved_under_its_source_and_time(qtbot, snapshots):
    with qtbot.waitSignal(snapshots.saved) as told:
        snapshots.save(picture, "/data/clip.mp4", 123.45)
    path = snapshots.folder / "clip_000123.450.png"
    assert told.args == [str(path)]
    back = QImage(str(path))
    assert back.convertToFormat(QImage.Format.Format_RGB32) == picture()
    assert names(snapshots.folder) == [path.name]


def test_no_picture_is_written_over(qtbot, snapshots):
    told: list[str] = []
    snapshots.saved.connect(told.append)
    for color in (Qt.GlobalColor.red, Qt.GlobalColor.green, Qt.GlobalColor.blue):
        snapshots.save(partial(picture, color), "clip.mp4", 1)
    qtbot.waitUntil(lambda: len(told) == 3)
    assert names(snapshots.folder) == ["clip_000001.000.png", "clip_000001.000_2.png", "clip_000001.000_3.png"]
    colors = [QImage(path).pixelColor(0, 0) for path in told]
    assert colors == [QColor(c) for c in (Qt.GlobalColor.red, Qt.GlobalColor.green, Qt.GlobalColor.blue)]


def test_a_picture_is_drawn_and_written_while_nobody_waits(qtbot, snapshots):
    gate, threads = threading.Event(), []

    def drawn() -> QImage:
        gate.wait(10)
        threads.append(threading.current_thread().name)
        return picture()

    with qtbot.waitSignal(snapshots.saved):
        snapshots.save(drawn, "clip.mp4", 1)
        assert not snapshots.folder.exists()
        gate.set()
    assert threads == ["snapshots"]


def test_a_disk_that_hangs_ends_in_one_line_not_in_memory(qtbot, snapshots, monkeypatch):
    gate, begun, encode = threading.Event(), threading.Event(), snapshot.png_bytes
    monkeypatch.setattr(snapshot, "png_bytes", lambda image: (begun.set(), gate.wait(10), encode(image))[2])
    failed: list[str] = []
    saved: list[str] = []
    snapshots.failed.connect(failed.append)
    snapshots.saved.connect(saved.append)
    snapshots.save(picture, "clip.mp4", 0)
    assert begun.wait(10)
    for second in range(1, WAITING + 2):
        snapshots.save(picture, "clip.mp4", second)
    assert failed == ["The picture was not saved: 8 others still wait for the disk"]
    gate.set()
    qtbot.waitUntil(lambda: len(saved) == WAITING + 1)


def test_a_folder_that_cannot_be_made_is_told_in_one_line(qtbot, tmp_path, snapshots):
    (tmp_path / "pictures").write_bytes(b"a file")
    with qtbot.waitSignal(snapshots.failed) as told:
        snapshots.save(picture, "clip.mp4", 1)
    assert told.args == [f"The picture was not saved: {snapshots.folder}: Not a directory"]


def test_closing_writes_what_was_asked_for(tmp_path):
    snapshots = Snapshots(tmp_path)
    for second in range(5):
        snapshots.save(picture, "clip.mp4", second)
    assert snapshots.close()
    assert snapshots.close()
    assert len(names(tmp_path)) == 5


def test_the_clipboard_has_the_picture_as_it_was():
    image = picture()
    assert copy_picture(image)
    image.fill(QColor(0, 0, 0))
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.image().convertToFormat(QImage.Format.Format_RGB32) == picture()
    assert not copy_picture(QImage())
    assert not clipboard.image().isNull()
