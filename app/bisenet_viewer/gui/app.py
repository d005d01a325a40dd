"""The application: opens the window and runs it until it is closed."""

from __future__ import annotations

import time
from contextlib import closing

from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.theme import apply_theme
from bisenet_viewer.gui.display import drop_foreign_plugins, require_display
from bisenet_viewer.gui.interrupts import interrupts_call
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.slot_faults import slot_faults_told
from bisenet_viewer.gui.viewer import Viewer
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.wiring import Wiring

MODEL = "street-x39"


def run(
    source: str,
    model: str = MODEL,
    device: str = "auto",
    imgsz: tuple[int, int] | None = None,
    engine: str = "auto",
    precision: str = "auto",
    context_every: int = 1,
    opacity: float = 0.5,
    classes: tuple[str, ...] | None = None,
) -> int:
    """Open the window and return the exit code once it is closed.

    What goes wrong with the source or the model is told in the window. Raises DisplayError when there is no screen.
    """
    drop_foreign_plugins()
    require_display()
    app = QApplication.instance() or QApplication(["bisenet-viewer"])
    assert isinstance(app, QApplication)
    app.setDesktopFileName("bisenet-viewer")
    apply_theme(app)
    with Wiring() as wiring, closing(Player(wiring.build_pipeline, wiring.open_engine)) as player:
        window = Window()
        viewer = Viewer(
            window,
            player,
            Request(source, model, device, imgsz, engine, precision, context_every),
            default_model=MODEL,
            opacity=opacity,
            classes=classes,
            clock=time.monotonic,
        )
        with slot_faults_told(viewer.tell_fault), interrupts_call(window.close):
            window.show()
            app.exec()
    return 0
