"""What a style sheet cannot draw without image files: ticks, arrows, and the frames around combo and spin boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QWidget,
)

from bisenet_viewer.gui.common.icon_drawing import draw_icon

if TYPE_CHECKING:
    from bisenet_viewer.gui.common.theme import Colors

_Element = QStyle.PrimitiveElement
_State = QStyle.StateFlag
_RADIUS = 5.0
_BOX = 16

_ARROWS = {
    _Element.PE_IndicatorArrowDown: 90,
    _Element.PE_IndicatorSpinDown: 90,
    _Element.PE_IndicatorArrowUp: 270,
    _Element.PE_IndicatorSpinUp: 270,
    _Element.PE_IndicatorArrowRight: 0,
    _Element.PE_IndicatorArrowLeft: 180,
}
"""Degrees, clockwise from pointing right."""


class ViewerStyle(QProxyStyle):
    """Fusion, with the controls drawn as the rest of the window is."""

    def __init__(self, colors: Callable[[], Colors]) -> None:
        """colors: asked at each painting."""
        super().__init__("Fusion")
        self._colors = colors

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption | None,
        painter: QPainter | None,
        widget: QWidget | None = None,
    ) -> None:
        if option is None or painter is None:
            return
        if element in _ARROWS:
            self._draw_arrow(painter, option, _ARROWS[element])
        elif element in (_Element.PE_IndicatorCheckBox, _Element.PE_IndicatorItemViewItemCheck):
            self._draw_check_box(painter, option)
        elif element == _Element.PE_IndicatorRadioButton:
            self._draw_radio_button(painter, option)
        elif element == _Element.PE_IndicatorMenuCheckMark:
            if option.state & _State.State_On:
                draw_icon(painter, _square(option.rect, 15), "check", self._ink(option))
        elif element == _Element.PE_FrameFocusRect:
            self._draw_frame(painter, QRectF(option.rect), self._colors().accent)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex | None,
        painter: QPainter | None,
        widget: QWidget | None = None,
    ) -> None:
        if option is None or painter is None:
            return
        if control == QStyle.ComplexControl.CC_ComboBox:
            is_written = isinstance(option, QStyleOptionComboBox) and option.editable
            self._draw_field(painter, option, is_written=is_written)
            self._draw_part(painter, option, control, QStyle.SubControl.SC_ComboBoxArrow, 90, widget)
        elif control == QStyle.ComplexControl.CC_SpinBox:
            self._draw_field(painter, option, is_written=True)
            self._draw_part(painter, option, control, QStyle.SubControl.SC_SpinBoxUp, 270, widget)
            self._draw_part(painter, option, control, QStyle.SubControl.SC_SpinBoxDown, 90, widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption | None, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        wanted = super().sizeFromContents(kind, option, size, widget)
        if kind in (QStyle.ContentsType.CT_ComboBox, QStyle.ContentsType.CT_SpinBox):
            wanted.setHeight(max(wanted.height(), 28))
        return wanted

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric in (QStyle.PixelMetric.PM_IndicatorWidth, QStyle.PixelMetric.PM_IndicatorHeight):
            return _BOX
        if metric in (QStyle.PixelMetric.PM_ExclusiveIndicatorWidth, QStyle.PixelMetric.PM_ExclusiveIndicatorHeight):
            return _BOX
        if metric in (QStyle.PixelMetric.PM_CheckBoxLabelSpacing, QStyle.PixelMetric.PM_RadioButtonLabelSpacing):
            return 8
        return super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        data: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0
        return super().styleHint(hint, option, widget, data)

    def _ink(self, option: QStyleOption) -> QColor:
        colors = self._colors()
        return colors.text if option.state & _State.State_Enabled else colors.faint

    def _draw_field(self, painter: QPainter, option: QStyleOptionComplex, *, is_written: bool) -> None:
        colors = self._colors()
        is_on = bool(option.state & _State.State_Enabled)
        is_hot = bool(option.state & _State.State_MouseOver) and is_on
        border = colors.edge if is_hot else colors.line
        if option.state & _State.State_HasFocus:
            border = colors.accent
        ground = colors.field if is_written else colors.raised
        self._draw_frame(painter, QRectF(option.rect), border, ground if is_on else colors.surface)

    def _draw_frame(self, painter: QPainter, rect: QRectF, border: QColor, ground: QColor | None = None) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.restore()

    def _draw_part(
        self,
        painter: QPainter,
        option: QStyleOptionComplex,
        control: QStyle.ComplexControl,
        part: QStyle.SubControl,
        degrees: int,
        widget: QWidget | None,
    ) -> None:
        if option.subControls & part:
            arrow = QStyleOption(option)
            arrow.rect = self.subControlRect(control, option, part, widget)
            self._draw_arrow(painter, arrow, degrees)

    def _draw_arrow(self, painter: QPainter, option: QStyleOption, degrees: int) -> None:
        side = min(8.0, option.rect.width() - 4.0, option.rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._ink(option), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.translate(QRectF(option.rect).center())
        painter.rotate(degrees)
        painter.scale(side / 8, side / 8)
        painter.drawPolyline(QPolygonF([QPointF(-1.7, -3.4), QPointF(1.7, 0), QPointF(-1.7, 3.4)]))
        painter.restore()

    def _draw_check_box(self, painter: QPainter, option: QStyleOption) -> None:
        rect = _square(option.rect, _BOX)
        if self._draw_box(painter, option, rect, radius=4):
            draw_icon(painter, rect.adjusted(1.5, 1.5, -1.5, -1.5), "check", self._mark(option))
        elif option.state & _State.State_NoChange:
            painter.fillRect(rect.adjusted(4, 7, -4, -7), self._ink(option))

    def _draw_radio_button(self, painter: QPainter, option: QStyleOption) -> None:
        rect = _square(option.rect, _BOX)
        if self._draw_box(painter, option, rect, radius=_BOX / 2):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._mark(option))
            painter.drawEllipse(rect.center(), 3, 3)
            painter.restore()

    def _draw_box(self, painter: QPainter, option: QStyleOption, rect: QRectF, radius: float) -> bool:
        """What a tick or dot stands in; whether it is on."""
        colors = self._colors()
        is_on = bool(option.state & _State.State_On)
        is_enabled = bool(option.state & _State.State_Enabled)
        border = colors.edge if is_enabled else colors.faint
        if is_enabled and (is_on or option.state & (_State.State_HasFocus | _State.State_MouseOver)):
            border = colors.accent
        ground = colors.accent if is_on else colors.field
        if not is_enabled:
            ground = colors.raised
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1.2))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(0.6, 0.6, -0.6, -0.6), radius, radius)
        painter.restore()
        return is_on

    def _mark(self, option: QStyleOption) -> QColor:
        return self._colors().on_accent if option.state & _State.State_Enabled else self._colors().faint


def _square(rect: QRect, side: float) -> QRectF:
    """In the middle of a rectangle, not larger than that."""
    side = min(side, rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(rect).center())
    return square
