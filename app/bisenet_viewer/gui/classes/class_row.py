"""One class of the panel: swatch, name, share of the picture; a click shows or hides it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PyQt6.QtWidgets import QAbstractButton, QToolTip, QWidget

from bisenet_viewer.gui.classes import row_painting
from bisenet_viewer.gui.classes.row_painting import Zone
from bisenet_viewer.gui.common.own_keys import claims
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.texts import classes as texts

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}
_ALONE = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ClassRow(QAbstractButton):
    """A check box that looks like a line of a table."""

    solo_wanted = pyqtSignal()
    color_wanted = pyqtSignal(QPoint)
    """The swatch was clicked; the place below it, on the screen."""
    menu_wanted = pyqtSignal(QPoint)
    stepped = pyqtSignal(int)
    """A key goes to a row so many lines on."""

    def __init__(self, class_id: int, name: str, color: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.class_id = class_id
        self.key = str(class_id + 1) if class_id < 9 else None
        self.color = color
        self.share = 0.0
        self.share_text = figures.share(0.0)
        self.is_dimmed = False
        """Another class is shown alone."""
        self.is_solo = False
        self.is_hatched = False
        self.is_compact = False
        self.hovered: Zone | None = None
        self._pressed: Zone | None = None
        self._share_region = QRegion()
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        # Nothing below the row has to be painted when the row is.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)

    def set_color(self, color: QColor) -> None:
        if color != self.color:
            self.color = color
            self.update()

    def set_share(self, share: float) -> None:
        """Part of the picture, 0 to 1."""
        text = figures.share(share)
        self.share = share
        if text != self.share_text:
            self.share_text = text
            self.setAccessibleDescription(texts.share_of_picture(text))
            self.update(self._share_region)

    def set_solo(self, *, solo: bool, dimmed: bool) -> None:
        """Whether this class is shown alone, or another one is."""
        if (solo, dimmed) != (self.is_solo, self.is_dimmed):
            self.is_solo, self.is_dimmed = solo, dimmed
            self.update()

    def set_hatched(self, hatched: bool) -> None:
        if hatched != self.is_hatched:
            self.is_hatched = hatched
            self.update()

    @property
    def is_shown(self) -> bool:
        """Whether the class is drawn in the picture."""
        return self.is_solo or (self.isChecked() and not self.is_dimmed)

    def zone_at(self, place: QPointF) -> Zone:
        """What a click there is for."""
        if row_painting.swatch_rect(self).adjusted(-5, -5, 5, 5).contains(place):
            return Zone.SWATCH
        if row_painting.solo_rect(self).adjusted(-3, -3, 3, 3).contains(place):
            return Zone.SOLO
        return Zone.TOGGLE

    def sizeHint(self) -> QSize:
        return QSize(220, row_painting.height(compact=self.is_compact))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if event is not None:
            row_painting.paint(self, event.region())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._share_region = row_painting.share_region(self)

    def enterEvent(self, event: QEvent | None) -> None:
        super().enterEvent(event)  # type: ignore[arg-type]  # a QEnterEvent, which is one
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self.hovered = None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None and (zone := self.zone_at(event.position())) is not self.hovered:
            self.hovered = zone
            self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        self._pressed = self.zone_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._pressed = Zone.SOLO
        if self._pressed is Zone.TOGGLE or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        pressed, self._pressed = self._pressed, None
        if pressed in (Zone.TOGGLE, None) or event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
        elif pressed is Zone.SWATCH and self.zone_at(event.position()) is Zone.SWATCH:
            self.color_wanted.emit(self.swatch_place())
        elif pressed is Zone.SOLO and self.rect().contains(event.position().toPoint()):
            self.solo_wanted.emit()

    def swatch_place(self) -> QPoint:
        """On the screen, where what belongs to the swatch opens."""
        return self.mapToGlobal(row_painting.swatch_rect(self).bottomLeft().toPoint() + QPoint(-6, 8))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is not None:
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in _ALONE:
            self.solo_wanted.emit()
        elif event.key() in _STEPS:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        # Here the arrows go from row to row.
        if claims(event, lambda key: key.key() in _STEPS and not key.modifiers()):
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(self.zone_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _tip(self, zone: Zone) -> str:
        if zone is Zone.SWATCH:
            return texts.swatch_tip(self.text())
        if zone is Zone.SOLO:
            return texts.solo_tip(self.text(), self.key)
        return texts.row_tip(self.text(), self.key)
