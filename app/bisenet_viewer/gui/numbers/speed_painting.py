"""Painting the speed page at any size: on the screen, and as a picture to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from bisenet_viewer.gui.common.theme import colors
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.numbers.paper_figures import Size
from bisenet_viewer.gui.numbers.speed_content import Panel, Row, SpeedContent
from bisenet_viewer.gui.texts import speed as texts

Shown = Mapping[tuple[str, Size], float]
"""Frames per second by model and size, as long as the bars are at this moment."""

_WIDTH, _HEIGHT = 1280, 720
_LEAST_PX = 11
_LABEL_PART = 0.34
_MOST_LINES = 6
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = int(Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value | Qt.AlignmentFlag.AlignTop.value)


@dataclass(frozen=True, slots=True)
class Page:
    """One painting: where, with what, and how large things are."""

    painter: QPainter
    size: QSizeF
    font: QFont
    repeats: int

    @property
    def unit(self) -> float:
        """Pixels for what is one at 1280x720."""
        return min(self.size.width() / _WIDTH, self.size.height() / _HEIGHT)

    def use(self, px: float, *, strong: bool = False, color: QColor | None = None) -> QFontMetricsF:
        """Write in this size from now on; its metrics."""
        font = QFont(self.font)
        font.setPixelSize(max(_LEAST_PX, round(px * self.unit)))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        self.painter.setFont(font)
        self.painter.setPen(color or colors().text)
        return QFontMetricsF(font)


def paint_page(page: Page, content: SpeedContent, shown: Shown) -> None:
    """The whole page, filled to its edges."""
    unit, painter = page.unit, page.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, page.size.width(), page.size.height()), colors().backdrop)
    margin, gap = 32 * unit, 16 * unit
    whole = QRectF(margin, 20 * unit, page.size.width() - 2 * margin, page.size.height() - 40 * unit)
    header, footer = _header_height(page), _footer_height(page, content, whole.width())
    _paint_header(page, QRectF(whole.left(), whole.top(), whole.width(), header))
    room = QRectF(whole.left(), whole.top() + header, whole.width(), whole.height() - header - footer)
    width, height = (room.width() - gap) / 2, (room.height() - gap) / 2
    for place, panel in enumerate(content.panels):
        left, top = room.left() + place % 2 * (width + gap), room.top() + place // 2 * (height + gap)
        _paint_panel(page, QRectF(left, top, width, height), panel, shown)
    _paint_footer(page, QRectF(whole.left(), room.bottom(), whole.width(), footer), content)


def _header_height(page: Page) -> float:
    return max(76 * page.unit, 64)


def _paint_header(page: Page, rect: QRectF) -> None:
    painter = page.painter
    title = page.use(25, strong=True)
    painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), title.height()), _LEFT, texts.TITLE)
    line = page.use(14, color=colors().muted)
    below = QRectF(rect.left(), rect.top() + title.height() + 3 * page.unit, rect.width(), line.height())
    painter.drawText(below, _LEFT, texts.SUBTITLE)
    # Low enough to be clear of the buttons, which are not painted.
    legend = QRectF(rect.left(), rect.bottom() - line.height() - 9 * page.unit, rect.width(), line.height())
    right = legend.right()
    for text, color in ((texts.HERE, colors().accent), (texts.PAPER, _paper_color())):
        right -= line.horizontalAdvance(text)
        painter.setPen(colors().muted)
        painter.drawText(QRectF(right, legend.top(), line.horizontalAdvance(text) + 1, legend.height()), _LEFT, text)
        side = line.ascent() * 0.75
        right -= side + 6 * page.unit
        _bar(page, QRectF(right, legend.center().y() - side / 2, side, side), color)
        right -= 20 * page.unit


def _paint_panel(page: Page, rect: QRectF, panel: Panel, shown: Shown) -> None:
    painter, unit = page.painter, page.unit
    painter.setPen(colors().line)
    painter.setBrush(colors().surface)
    painter.drawRoundedRect(rect, 8 * unit, 8 * unit)
    inside = rect.adjusted(16 * unit, 10 * unit, -16 * unit, -10 * unit)
    heading = page.use(16, strong=True)
    top = QRectF(inside.left(), inside.top(), inside.width(), heading.height())
    painter.drawText(top, _LEFT, texts.PANEL.format(width=panel.size[0], height=panel.size[1]))
    page.use(12.5, color=colors().muted)
    painter.drawText(top, _RIGHT, texts.CARD.format(card=panel.card))
    y = top.bottom() + 5 * unit
    # The same in all panels, so that equal things look alike.
    line_height = (inside.bottom() - y) / (_MOST_LINES + 0.7)
    top_fps = max([row.paper_fps for row in panel.rows] + [_shown_fps(row, panel, shown) for row in panel.rows])
    for row in panel.rows:
        for is_here in (False, True) if row.model is not None else (False,):
            line = QRectF(inside.left(), y, inside.width(), line_height)
            _paint_line(page, line, panel, row, shown, top_fps, is_here=is_here)
            y += line_height
        y += 0.22 * line_height


def _paint_line(
    page: Page, line: QRectF, panel: Panel, row: Row, shown: Shown, top_fps: float, *, is_here: bool
) -> None:
    painter, unit = page.painter, page.unit
    metrics = page.use(13, color=colors().muted if is_here else colors().text)
    label = QRectF(line.left(), line.top(), line.width() * _LABEL_PART, line.height())
    name = row.model if is_here and row.model is not None else row.method
    painter.drawText(label, _LEFT, metrics.elidedText(name, Qt.TextElideMode.ElideRight, label.width() - 8 * unit))
    told = _told(row, is_here=is_here)
    room = line.width() - label.width() - metrics.horizontalAdvance("0000.0 FPS · 000.0 ms") - 8 * unit
    fps = _shown_fps(row, panel, shown) if is_here else row.paper_fps
    length = fps / top_fps * room if top_fps else 0.0
    height = min(15 * unit, 0.58 * line.height())
    if length > 0:
        bar = QRectF(label.right(), line.center().y() - height / 2, max(2.0, length), height)
        _bar(page, bar, colors().accent if is_here else _paper_color())
    page.use(13, color=colors().faint if is_here and row.here is None else colors().text)
    left = label.right() + (length + 8 * unit if length > 0 else 0)
    painter.drawText(QRectF(left, line.top(), line.right() - left, line.height()), _LEFT, told)


def _told(row: Row, *, is_here: bool) -> str:
    if not is_here:
        return texts.FPS_AND_MS.format(fps=f"{row.paper_fps:g}", ms=f"{row.paper_ms:g}")
    if row.here is None:
        return texts.NOT_YET
    return texts.FPS_AND_MS.format(fps=figures.fps(row.here.fps), ms=figures.milliseconds(row.here.ms))


def _shown_fps(row: Row, panel: Panel, shown: Shown) -> float:
    return 0.0 if row.model is None else shown.get((row.model, panel.size), 0.0)


def _footer_lines(page: Page, content: SpeedContent) -> list[tuple[str, QColor]]:
    lines = [(f"{texts.SOURCES} {texts.COUNTED.format(repeats=page.repeats)}", colors().muted)]
    if content.figures:
        engines = sorted({f"{figure.engine} {figure.precision}" for figure in content.figures})
        device = content.figures[0].device
        lines.insert(0, (texts.MEASURED_HERE.format(device=device, engines=", ".join(engines)), colors().text))
    if content.busy_elsewhere is not None and content.busy_elsewhere >= 0.5:
        lines.append((texts.BUSY.format(cores=content.busy_elsewhere), colors().warning))
    lines += [(texts.LEFT_OUT.format(what=what), colors().warning) for what in content.left_out[:2]]
    return lines


def _footer_height(page: Page, content: SpeedContent, width: float) -> float:
    metrics = page.use(12.5)
    heights = (_wrapped_height(metrics, width, text) for text, _ in _footer_lines(page, content))
    return sum(heights) + 12 * page.unit


def _paint_footer(page: Page, rect: QRectF, content: SpeedContent) -> None:
    y = rect.top() + 10 * page.unit
    for text, color in _footer_lines(page, content):
        metrics = page.use(12.5, color=color)
        height = _wrapped_height(metrics, rect.width(), text)
        page.painter.drawText(QRectF(rect.left(), y, rect.width(), height + 2), _WRAPPED, text)
        y += height


def _wrapped_height(metrics: QFontMetricsF, width: float, text: str) -> float:
    return metrics.boundingRect(QRectF(0, 0, width, 1000), _WRAPPED, text).height()


def _bar(page: Page, rect: QRectF, color: QColor) -> None:
    page.painter.setPen(Qt.PenStyle.NoPen)
    page.painter.setBrush(color)
    page.painter.drawRoundedRect(rect, 2.5 * page.unit, 2.5 * page.unit)


def _paper_color() -> QColor:
    return colors().faint
