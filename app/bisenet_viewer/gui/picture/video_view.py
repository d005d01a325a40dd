"""The picture: a frame, and over it the labels in the colours of the style."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.common.theme import colors

TRANSPARENT = [0] * 256
"""The colours of no overlay at all."""


class VideoView(QWidget):
    """Paints one frame and its labels as large as they fit, in their own aspect, on whole pixels of the screen.

    The labels are an indexed image whose colour table carries alpha: a toggle changes 256 numbers, no pixels.
    """

    painted = pyqtSignal()
    """A new picture is on its way to the screen; once per picture."""
    double_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: QImage | None = None
        self._labels: QImage | None = None
        self._colors = TRANSPARENT
        self._pending = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("Video")
        self.setAccessibleDescription("The video with the classes drawn over it")

    def show_picture(self, frame: QImage, labels: QImage) -> None:
        """frame: any opaque format; labels: Format_Indexed8 of the same size."""
        if frame.size() != labels.size() or labels.format() != QImage.Format.Format_Indexed8:
            raise ValueError(f"expected indexed labels of {frame.size()}, got {labels.format()} of {labels.size()}")
        labels.setColorTable(self._colors)
        self._frame, self._labels = frame, labels
        self._pending = True
        self.update()

    def set_colors(self, colors: list[int]) -> None:
        """256 colours 0xAARRGGBB, not premultiplied, by class id. The picture that is there changes at once."""
        self._colors = colors
        if self._labels is not None:
            self._labels.setColorTable(colors)
            self.update()

    def clear(self) -> None:
        """Show no picture."""
        self._frame = self._labels = None
        self._pending = False
        self.update()

    @property
    def colors(self) -> list[int]:
        """The colours of the labels, as last set."""
        return self._colors

    @property
    def has_picture(self) -> bool:
        return self._frame is not None

    @property
    def is_busy(self) -> bool:
        """Whether the last picture still waits to be painted on a window that can be seen."""
        handle = self.window().windowHandle()  # type: ignore[union-attr]  # a widget always has a window
        return self._pending and handle is not None and handle.isExposed()

    def picture_rect(self) -> QRectF:
        """Where the picture is, in the widget's coordinates; empty without a picture."""
        if self._frame is None:
            return QRectF()
        density = self.devicePixelRatioF()
        room_x, room_y = round(self.width() * density), round(self.height() * density)
        scale = min(room_x / self._frame.width(), room_y / self._frame.height())
        width, height = max(1, round(self._frame.width() * scale)), max(1, round(self._frame.height() * scale))
        left, top = (room_x - width) // 2, (room_y - height) // 2
        return QRectF(left / density, top / density, width / density, height / density)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colors().backdrop)
        if self._frame is not None and self._labels is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            target = self.picture_rect()
            painter.drawImage(target, self._frame)
            if self._colors is not TRANSPARENT:
                painter.drawImage(target, self._labels)
        painter.end()
        if self._pending:
            self._pending = False
            self.painted.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()
