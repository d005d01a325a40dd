"""What is dragged or was copied, and the overlay that tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QRect, QUrl
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.opening.drop_overlay import DropOverlay
from bisenet_viewer.gui.opening.dropping import dropped_text, source_in_clipboard, sources_dropped


def of_urls(*urls: QUrl) -> QMimeData:
    mime = QMimeData()
    mime.setUrls(list(urls))
    return mime


def of_text(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def test_files_and_folders_come_before_addresses() -> None:
    files = [QUrl.fromLocalFile(path) for path in ("/v/clip ä.mp4", "/v/folder", "/v/clip ä.mp4")]
    mime = of_urls(QUrl("https://example.org/x.mp4"), *files)
    assert sources_dropped(mime) == ("/v/clip ä.mp4", "/v/folder")
    assert source_in_clipboard(mime) == "/v/clip ä.mp4"
    assert sources_dropped(of_urls(QUrl("rtsp://host/live"))) == ("rtsp://host/live",)
    assert sources_dropped(QMimeData()) == ()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (" rtsp://anna:s3cret@host/live\n", "rtsp://anna:s3cret@host/live"),
        ("demo://?seed=2", "demo://?seed=2"),
        ("screen://:1", "screen://:1"),
        ("file:///", "/"),
        ("/", "/"),
        ("/no/such/file.mp4", None),
        ("ftp://host/clip.mp4", None),
        ("screen", None),
        ("0", None),
        ("two\nlines", None),
        ("", None),
        ("/" + "x" * 5000, None),
        ("~nobody-here/clip.mp4", None),
    ],
)
def test_copied_text_is_an_address_or_a_path_that_is_there(text: str, source: str | None) -> None:
    assert source_in_clipboard(of_text(text)) == source


def test_what_is_dragged_has_a_name(tmp_path: Path) -> None:
    assert dropped_text(("/v/clip.mp4",)) == "clip.mp4"
    assert dropped_text(("/v/a.mp4", "/v/b.mp4", "/v/c")) == "3 files"
    assert dropped_text((str(tmp_path),)) == f"Folder {tmp_path.name}"
    assert dropped_text(("rtsp://anna:s3cret@host/live",)) == "rtsp://host/live"


def test_the_overlay_covers_its_parent_and_follows_it(qtbot: QtBot, show: Show) -> None:
    window = QWidget()
    window.resize(400, 300)
    overlay = DropOverlay(window)
    show(window)
    assert overlay.isHidden()
    before = window.grab().toImage()
    overlay.show_for(("/v/clip.mp4",))
    assert (overlay.geometry(), overlay.text) == (window.rect(), "clip.mp4")
    assert window.grab().toImage() != before
    window.resize(640, 200)
    qtbot.waitUntil(lambda: overlay.geometry() == QRect(0, 0, 640, 200))
    assert overlay.accessibleDescription() == "clip.mp4"
    overlay.hide()
