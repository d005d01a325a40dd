"""The application: opens the window and runs it until it is closed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.theme_follower import ThemeChoice, ThemeFollower
from bisenet_viewer.gui.display import drop_foreign_plugins, require_display
from bisenet_viewer.gui.interrupts import interrupts_call
from bisenet_viewer.gui.player import Player, Request
from bisenet_viewer.gui.slot_faults import slot_faults_told
from bisenet_viewer.gui.viewer import Viewer
from bisenet_viewer.gui.window import Window
from bisenet_viewer.gui.wiring import Wiring
from bisenet_viewer.gui.work.settings_store import SettingsStore

MODEL = "street-x39"


def run(
    source: str,
    model: str = MODEL,
    device: str = "auto",
    imgsz: tuple[int, int] | None = None,
    engine: str = "auto",
    precision: str = "auto",
    context_every: int = 1,
    opacity: float | None = None,
    classes: tuple[str, ...] | None = None,
    *,
    remember: bool = True,
    ready: Callable[[Window, Viewer], None] | None = None,
) -> int:
    """Open the window and return the exit code once it is closed.

    What goes wrong with the source or the model is told in the window. source: empty to show what can be opened.
    opacity: None for what is remembered. remember: False for a window that reads and writes no settings. ready: called
    with the window before it is shown. Raises DisplayError when there is no screen.
    """
    drop_foreign_plugins()
    require_display()
    app = QApplication.instance() or QApplication(["bisenet-viewer"])
    assert isinstance(app, QApplication)
    app.setDesktopFileName("bisenet-viewer")
    with ExitStack() as stack:
        if remember:
            store = SettingsStore()
        else:
            folder = stack.enter_context(TemporaryDirectory(prefix="bisenet-viewer-"))
            store = SettingsStore(Path(folder) / "settings.json")
        theme = ThemeFollower(app, ThemeChoice(store.settings.theme))
        wiring = stack.enter_context(Wiring())
        player = stack.enter_context(closing(Player(wiring.build_pipeline, wiring.open_engine)))
        window = Window()
        viewer = stack.enter_context(
            closing(
                Viewer(
                    window,
                    player,
                    Request(source, model, device, imgsz, engine, precision, context_every),
                    store,
                    theme,
                    default_model=MODEL,
                    opacity=opacity,
                    classes=classes,
                    clock=time.monotonic,
                )
            )
        )
        if ready is not None:
            ready(window, viewer)
        with slot_faults_told(viewer.tell_fault), interrupts_call(window.close):
            window.show()
            app.exec()
    return 0
