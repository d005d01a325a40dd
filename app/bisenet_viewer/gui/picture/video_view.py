"""`VideoView`: the picture in the window, and what the pointer does there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QNativeGestureEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.picture.geometry import Box, Point
from bisenet_viewer.gui.picture.gestures import Gestures
from bisenet_viewer.gui.picture.hovering import Hovering
from bisenet_viewer.gui.picture.screen import Screen
from bisenet_viewer.gui.picture.viewport import ZOOM_STEP
from bisenet_viewer.gui.picture.wipe_handle import WipeHandle
from bisenet_viewer.gui.state import Look, View
from bisenet_viewer.gui.texts import picture as texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bisenet_viewer.gui.picture.hover_card import HoverCard
    from bisenet_viewer.gui.picture.shown import Shown
    from bisenet_viewer.overlay import OverlayStyle

_NOTCH = 120
"""What one notch of a wheel counts."""


class VideoView(QWidget):
    """Paints a result as the look says, on whole pixels of the screen; zooms and moves it.

    A toggle finds everything at the size of the screen already: it takes as long for 4K as for 720p.
    """

    painted = pyqtSignal()
    """A new picture is on its way to the screen; once per picture."""
    double_clicked = pyqtSignal()
    hovered = pyqtSignal(object)
    """The (x, y) of the picture's pixel under the pointer, or None; only when that is another one."""
    picked = pyqtSignal(int, int)
    """The pixel (x, y) that was clicked, after the time in which a double click could follow."""
    wipe_moved = pyqtSignal(float)
    """A person wants the divider there, 0 (left) to 1; `set_look` puts it there."""
    zoomed = pyqtSignal(float)
    """The picture is enlarged by so much from now on, 1 to 16."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screen = Screen()
        self._pending = False
        self.painting_ms = 0.0
        """What the last painting took, with the images that were made for it."""
        self._told_zoom = 1.0
        self._drag_center: Point | None = None
        self._gestures = Gestures(self)
        self._hovering = Hovering(self, self._screen, self.pixel_at)
        self.wipe_handle = WipeHandle(self)
        self._connect()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(texts.VIEW_NAME)
        self.setAccessibleDescription(texts.VIEW_STORY)

    def _connect(self) -> None:
        gestures = self._gestures
        gestures.double_clicked.connect(self.double_clicked)
        gestures.clicked.connect(self._pick)
        gestures.drag_began.connect(self._begin_drag)
        gestures.dragged.connect(self._drag)
        gestures.drag_ended.connect(self._end_drag)
        self._hovering.hovered.connect(self.hovered)
        self.wipe_handle.moved.connect(self.wipe_moved)
        self.wipe_handle.entered.connect(lambda: self._hovering.move(None))

    def show_result(self, shown: Shown) -> None:
        """Show this from now on."""
        self._screen.show(shown)
        self._pending = True
        self._rearranged()

    def show_frame(self, rgb: NDArray[np.uint8]) -> None:
        """Another frame under the same labels: (H, W, 3) uint8 of their size, C-contiguous, never written again.

        Raises ValueError for another size, or before there are labels.
        """
        self._screen.show_frame(rgb)
        self._pending = True
        self.update()

    def set_look(self, look: Look, compared_style: OverlayStyle | None = None) -> None:
        """Draw like this from now on; the picture that is there changes at once.

        compared_style: for the classes of a second model. None: the look's own where both have as many classes, else
        all of that model's classes in its own colours.
        """
        self._screen.set_look(look, compared_style)
        self._rearranged()

    def set_mask_age(self, age_s: float | None) -> None:
        """Write over the picture how much older than the frame the mask is; None: nothing."""
        self._screen.mask_age_s = age_s
        self.update()

    def clear(self) -> None:
        """Show no picture, and the next one without zoom."""
        self._screen.clear()
        self._pending = False
        self._gestures.cancel()
        self._rearranged()

    @property
    def has_picture(self) -> bool:
        return self._screen.shown is not None

    @property
    def is_busy(self) -> bool:
        """Whether the last picture still waits to be painted on a window that can be seen."""
        handle = self.window().windowHandle()  # type: ignore[union-attr]  # a widget always has a window
        return self._pending and handle is not None and handle.isExposed()

    @property
    def hover_card(self) -> HoverCard:
        return self._hovering.card

    @property
    def zoom(self) -> float:
        return self._screen.zoom

    def picture_rect(self) -> QRectF:
        """Where what is seen of the picture is, in the widget's coordinates; empty without a picture."""
        rect = QRectF()
        for spot in self._spots:
            rect = rect.united(self._logical(spot))
        return rect

    def pixel_at(self, at: QPointF) -> tuple[int, int] | None:
        """The pixel of the picture that is seen at a point of the widget."""
        placement = self._screen.placement
        return None if placement is None else placement.to_picture(*self._physical(at))

    def point_of(self, x: int, y: int) -> QPointF:
        """Where the middle of a pixel of the picture is in the widget; side by side, in the left picture."""
        placement = self._screen.placement
        if placement is None:
            return QPointF()
        return QPointF(*placement.to_screen(x, y)) / self.devicePixelRatioF()

    def zoom_in(self) -> None:
        self._zoom_by(ZOOM_STEP, QRectF(self.rect()).center())

    def zoom_out(self) -> None:
        self._zoom_by(1 / ZOOM_STEP, QRectF(self.rect()).center())

    def zoom_reset(self) -> None:
        self._screen.zoom_reset()
        self._rearranged()

    def _zoom_by(self, factor: float, at: QPointF) -> None:
        self._screen.zoom_by(factor, *self._physical(at))
        self._rearranged()

    @property
    def _spots(self) -> tuple[Box, ...]:
        placement = self._screen.placement
        return () if placement is None else placement.spots

    def _physical(self, at: QPointF) -> Point:
        density = self.devicePixelRatioF()
        return at.x() * density, at.y() * density

    def _logical(self, box: Box) -> QRectF:
        density = self.devicePixelRatioF()
        return QRectF(box.left / density, box.top / density, box.width / density, box.height / density)

    def _rearranged(self) -> None:
        """Bring along what depends on where the picture is."""
        density = self.devicePixelRatioF()
        self._screen.set_room((round(self.width() * density), round(self.height() * density)), density)
        wiping = self._screen.look.view is View.WIPE and self.has_picture
        if wiping:
            self.wipe_handle.place(self._logical(self._spots[0]), self._screen.look.wipe)
        self.wipe_handle.setVisible(wiping)
        if self._drag_center is None:
            self._show_whether_movable()
        self._hovering.refresh()
        if self._told_zoom != self.zoom:
            self._told_zoom = self.zoom
            self.zoomed.emit(self.zoom)
        self.update()

    def _show_whether_movable(self) -> None:
        placement = self._screen.placement
        if placement is not None and placement.is_movable:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        begun = time.perf_counter()
        painter = QPainter(self)
        density = self.devicePixelRatioF()
        painter.fillRect(self.rect(), colors().backdrop)
        # Everything on whole pixels of the screen: an image between them is a blurred one.
        painter.scale(1 / density, 1 / density)
        self._screen.paint(painter)
        painter.end()
        self.painting_ms = (time.perf_counter() - begun) * 1000
        if self._pending:
            self._pending = False
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._rearranged()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.DevicePixelRatioChange:
            self._rearranged()
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        placement = self._screen.placement
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(ZOOM_STEP ** (event.angleDelta().y() / _NOTCH), event.position())
        elif placement is not None and placement.is_movable:
            way = event.angleDelta() if event.pixelDelta().isNull() else event.pixelDelta()
            self._screen.move(*self._physical(QPointF(way)))
            self._rearranged()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._hovering.hide()
            self._gestures.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._gestures.move(event.position())
            if self._drag_center is None:
                self._hovering.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._gestures.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._gestures.double_click()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._hovering.move(None)

    def _pick(self, at: QPointF) -> None:
        pixel = self.pixel_at(at)
        if pixel is not None:
            self.picked.emit(*pixel)

    def _begin_drag(self) -> None:
        placement = self._screen.placement
        if placement is not None and placement.is_movable:
            self._drag_center = self._screen.center
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _drag(self, way: QPointF) -> None:
        if self._drag_center is not None:
            self._screen.move(*self._physical(way), self._drag_center)
            self._rearranged()

    def _end_drag(self) -> None:
        self._drag_center = None
        self._show_whether_movable()
