"""Which theme is on: the system's, followed while the window is open, or the one that a person chose."""

from __future__ import annotations

from enum import Enum

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QStyleHints
from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.theme import DARK, LIGHT, Colors, apply_theme, colors


class ThemeChoice(Enum):
    """What can be chosen. The values are what settings call them."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class ThemeFollower(QObject):
    """Keeps the application in the theme that was chosen."""

    changed = pyqtSignal()
    """Another theme is on. Widgets are painted anew by themselves; this is for pictures that were made of colours."""

    def __init__(
        self, app: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM, *, hints: QStyleHints | None = None
    ) -> None:
        """hints: what knows the desktop's theme; None: the application's own."""
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._hints = hints or app.styleHints()
        if self._hints is not None:
            self._hints.colorSchemeChanged.connect(self._follow)
        apply_theme(app, self._wanted())

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """At once, in every window."""
        self._choice = choice
        self._follow()

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not colors():
            apply_theme(self._app, wanted)
            self.changed.emit()

    def _wanted(self) -> Colors:
        if self._choice is ThemeChoice.SYSTEM:
            return system_theme(self._hints)
        return DARK if self._choice is ThemeChoice.DARK else LIGHT


def system_theme(hints: QStyleHints | None) -> Colors:
    """The one that the desktop is in; dark where it does not say."""
    is_light = hints is not None and hints.colorScheme() is Qt.ColorScheme.Light
    return LIGHT if is_light else DARK
