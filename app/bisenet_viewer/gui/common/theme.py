"""The two themes, dark and light: quiet, so that the picture is what one sees.

Whoever paints asks `colors()` each time it does: the theme changes with the system's while the window is open.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication

SMALL_PT = 9.0
BODY_PT = 10.0
HEADLINE_PT = 15.0


@dataclass(frozen=True, slots=True)
class Colors:
    """What a theme is made of."""

    backdrop: QColor
    """Behind the video."""
    surface: QColor
    """Panel, bars and strip."""
    raised: QColor
    """Buttons, hovered rows, tracks."""
    line: QColor
    text: QColor
    muted: QColor
    faint: QColor
    """Text of what is disabled."""
    accent: QColor
    on_accent: QColor
    """What stands on the accent colour."""
    warning: QColor
    danger: QColor
    """Recording, and what failed."""
    good: QColor


DARK = Colors(
    backdrop=QColor(13, 14, 17),
    surface=QColor(23, 25, 30),
    raised=QColor(34, 37, 44),
    line=QColor(44, 48, 57),
    text=QColor(226, 229, 235),
    muted=QColor(139, 146, 159),
    faint=QColor(88, 93, 104),
    accent=QColor(92, 172, 238),
    on_accent=QColor(10, 14, 20),
    warning=QColor(240, 168, 72),
    danger=QColor(244, 110, 104),
    good=QColor(96, 196, 128),
)
LIGHT = Colors(
    backdrop=QColor(223, 226, 231),
    surface=QColor(247, 248, 250),
    raised=QColor(233, 235, 239),
    line=QColor(209, 213, 220),
    text=QColor(28, 31, 37),
    muted=QColor(97, 104, 117),
    faint=QColor(160, 166, 177),
    accent=QColor(14, 101, 184),
    on_accent=QColor(255, 255, 255),
    warning=QColor(148, 84, 0),
    danger=QColor(192, 40, 40),
    good=QColor(22, 122, 64),
)

_now = DARK


def colors() -> Colors:
    """Those of the theme that is on."""
    return _now


def apply_theme(app: QApplication, theme: Colors = DARK) -> None:
    """Style, palette and sheet for the whole application; what is there already is painted anew."""
    global _now
    _now = theme
    app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setFont(sized(app.font(), BODY_PT))
    app.setStyleSheet(_SHEET.format_map({field.name: getattr(theme, field.name).name() for field in fields(theme)}))


def sized(font: QFont, points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy of the font at another size; digits all equally wide, so that changing numbers do not jump."""
    copy = QFont(font)
    copy.setPointSizeF(points)
    copy.setWeight(weight)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def _palette(theme: Colors) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.surface,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.backdrop,
        QPalette.ColorRole.AlternateBase: theme.surface,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.warning,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.backdrop,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
    }
    for role, color in roles.items():
        palette.setColor(role, color)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.faint)
    return palette


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

QPushButton {{ background: {raised}; border: 1px solid transparent; border-radius: 5px; padding: 4px 12px; }}
QPushButton:hover {{ background: {line}; }}
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
