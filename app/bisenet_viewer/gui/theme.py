"""The one theme: dark and quiet, so that the picture is the brightest thing on the screen."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication

BACKDROP = QColor(13, 14, 17)
"""Behind the video."""
SURFACE = QColor(23, 25, 30)
"""Panel, bars and strip."""
RAISED = QColor(34, 37, 44)
"""Buttons, hovered rows, tracks."""
LINE = QColor(44, 48, 57)
TEXT = QColor(226, 229, 235)
MUTED = QColor(139, 146, 159)
ACCENT = QColor(92, 172, 238)
WARNING = QColor(240, 168, 72)

SMALL_PT = 9.0
BODY_PT = 10.0
HEADLINE_PT = 15.0


def apply_theme(app: QApplication) -> None:
    """Style, palette and sheet for the whole application."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    app.setFont(sized(app.font(), BODY_PT))
    app.setStyleSheet(_sheet())


def sized(font: QFont, points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy of the font at another size; digits all equally wide, so that changing numbers do not jump."""
    copy = QFont(font)
    copy.setPointSizeF(points)
    copy.setWeight(weight)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: SURFACE,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.Base: BACKDROP,
        QPalette.ColorRole.AlternateBase: SURFACE,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.Button: RAISED,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.BrightText: WARNING,
        QPalette.ColorRole.Highlight: ACCENT,
        QPalette.ColorRole.HighlightedText: BACKDROP,
        QPalette.ColorRole.Link: ACCENT,
        QPalette.ColorRole.PlaceholderText: MUTED,
        QPalette.ColorRole.ToolTipBase: RAISED,
        QPalette.ColorRole.ToolTipText: TEXT,
    }
    for role, color in roles.items():
        palette.setColor(role, color)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(88, 93, 104))
    return palette


def _sheet() -> str:
    values = {
        "backdrop": BACKDROP, "surface": SURFACE, "raised": RAISED, "line": LINE,
        "text": TEXT, "muted": MUTED, "accent": ACCENT, "warning": WARNING,
    }  # fmt: skip
    return _SHEET.format_map({name: color.name() for name, color in values.items()})


_SHEET = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 4px 6px; }}

#panel {{ background: {surface}; border-left: 1px solid {line}; }}
#transport {{ background: {surface}; border-top: 1px solid {line}; }}
#strip {{ background: {surface}; border-top: 1px solid {line}; }}
#muted, #strip QLabel {{ color: {muted}; }}
#strip #figure {{ color: {text}; }}

#message {{ background: {backdrop}; }}
#message #detail {{ color: {muted}; }}

#banner {{ background: {raised}; border: 1px solid {line}; border-left: 3px solid {warning}; border-radius: 6px; }}
#card {{ background: {surface}; border: 1px solid {line}; border-radius: 10px; }}
#keycap {{ background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 1px 7px; color: {text}; }}

QPushButton {{ background: {line}; border: 1px solid transparent; border-radius: 5px; padding: 4px 12px; }}
QPushButton:hover {{ background: #3a404c; }}
QPushButton:pressed {{ background: {surface}; }}
QPushButton:focus {{ border-color: {accent}; }}

QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 4px; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed {{ background: {line}; }}
QToolButton:focus {{ border-color: {accent}; }}
#link {{ color: {muted}; padding: 2px 6px; }}
#link:hover {{ color: {text}; }}

QProgressBar {{ border: none; border-radius: 1px; background: {raised}; max-height: 3px; }}
QProgressBar::chunk {{ border-radius: 1px; background: {accent}; }}

QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 8px; background: transparent; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; height: 0;
}}
"""
