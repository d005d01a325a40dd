"""A thousand random events; `MONKEY_EVENTS=5000 python -m pytest -s tests/app/gui/test_monkey.py` for more."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QApplication
from tests.app.gui.conftest import MemorySource, OpenStage, Stage
from tests.app.gui.monkey import Monkey, resident_mb

from bisenet_viewer.doctor.finding import Check
from bisenet_viewer.gui.help import doctor_page

EVENTS = int(os.environ.get("MONKEY_EVENTS", "1000"))
SEED = 20260731
MOST_MB = 200.0
"""What the process may grow by after the first fifth: pages, canvases and images of what was not seen before."""
MOST_OBJECTS = 600
"""Pages and dialogs that are made when they are first wanted."""
AVOID = frozenset({"Start", "Show in folder"})
"""What leaves the program: the measuring process, the desktop's file manager."""


@pytest.fixture(autouse=True)
def nothing_leaves_the_program(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def no_checks() -> list[Check]:
        return []

    monkeypatch.setattr(doctor_page, "_all_checks", no_checks)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    yield
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()


@pytest.mark.timeout(900)
def test_a_monkey_breaks_nothing(open_stage: OpenStage) -> None:
    # A fault in a slot fails the test by itself: pytest-qt sees it.
    stage = open_stage(lambda _: MemorySource(count=6000))
    monkey = Monkey(stage.window, SEED, AVOID)
    figures = [_figures(stage)]
    for number in range(EVENTS):
        monkey.act()
        if (number + 1) % max(1, EVENTS // 5) == 0:
            figures.append(_figures(stage))
            print(f"{number + 1:6} events, {figures[-1][0]:7.1f} MB, {figures[-1][1]:5} objects")
    print(", ".join(f"{count} {what}" for what, count in monkey.did.most_common()))
    assert sum(monkey.did.values()) == EVENTS
    assert stage.window.isVisible()
    (early_mb, early_objects), (late_mb, late_objects) = figures[1], figures[-1]
    assert late_mb - early_mb < MOST_MB
    assert late_objects - early_objects < MOST_OBJECTS


def _figures(stage: Stage) -> tuple[float, int]:
    gc.collect()
    # Without an event loop of its own, the test has to have deleted what is to be deleted later.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    return resident_mb(), len(stage.window.findChildren(QObject))
