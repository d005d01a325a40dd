"""Every test of this folder fails when a thread of the widgets is left after it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bisenet_viewer.gui.common.theme import apply_theme

THREADS = {"cameras", "recent files", "address", "file lengths", "folder", "test lookup"}
END_S = 3.0

Show = Callable[[QWidget], None]


def threads_left() -> list[str]:
    """The names of the widgets' threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name in THREADS]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    end = time.monotonic() + END_S
    for thread in threading.enumerate():
        if thread.name in THREADS:
            thread.join(max(0.0, end - time.monotonic()))
    assert threads_left() == []


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Show:
    """Put a widget on the screen until the test ends."""
    apply_theme(qapp)

    def put(widget: QWidget) -> None:
        qtbot.addWidget(widget)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)

    return put
