"""`Hovering`: follows the pointer over the picture, and has the card tell what is under it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPointF, QTimer, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.picture.hover_card import HoverCard
from bisenet_viewer.gui.picture.hover_lines import hover_lines
from bisenet_viewer.gui.picture.screen import Screen

REST_MS = 120
"""The card waits until the pointer does not just pass by."""
TELL_MS = 5000
"""Nor does it stay where nobody moves the pointer any more."""

PixelAt = Callable[[QPointF], tuple[int, int] | None]


class Hovering(QObject):
    """Knows the pixel under the pointer, also while pictures change below it."""

    hovered = pyqtSignal(object)
    """The (x, y) of the picture's pixel, or None; only when that is another one."""

    def __init__(self, view: QWidget, screen: Screen, pixel_at: PixelAt) -> None:
        super().__init__(view)
        self.card = HoverCard(view)
        self._screen, self._pixel_at = screen, pixel_at
        self._pointer: QPointF | None = None
        self._pixel: tuple[int, int] | None = None
        self._rest, self._tell = QTimer(self), QTimer(self)
        for timer, wait_ms, action in ((self._rest, REST_MS, self._show), (self._tell, TELL_MS, self.card.hide)):
            timer.setSingleShot(True)
            timer.setInterval(wait_ms)
            timer.timeout.connect(action)

    def move(self, at: QPointF | None) -> None:
        """The pointer is here now; None: on something else."""
        self._pointer = at
        self.refresh()
        if self._pixel is not None:
            self._tell.start()
            if not self.card.isVisible():
                self._rest.start()

    def refresh(self) -> None:
        """The picture is another one, or lies elsewhere."""
        pixel = None if self._pointer is None else self._pixel_at(self._pointer)
        if pixel != self._pixel:
            self._pixel = pixel
            self.hovered.emit(pixel)
        if pixel is None:
            self.hide()
        elif self.card.isVisible():
            self._show()

    def hide(self) -> None:
        """Until the pointer moves again."""
        self._rest.stop()
        self.card.hide()

    def _show(self) -> None:
        shown, pixel, at = self._screen.shown, self._pixel, self._pointer
        if shown is None or pixel is None or at is None:
            return
        class_id, style = int(shown.labels[pixel[1], pixel[0]]), self._screen.look.style
        swatch = None if style is None or class_id >= len(style.colors) else QColor(*style.colors[class_id])
        self.card.tell(hover_lines(shown, *pixel), at.toPoint(), swatch)
