"""The two themes, dark and light: quiet, so that the picture is what one sees.

Whoever paints asks `colors()` each time it does: the theme changes with the system's while the window is open.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QPalette
from PyQt6.QtWidgets import QApplication

from bisenet_viewer.gui.common.sheet import SHEET
from bisenet_viewer.gui.common.style import ViewerStyle

SMALL_PT = 9.0
BODY_PT = 10.0
HEADLINE_PT = 15.0

_STYLED = "bisenet-viewer-style"


@dataclass(frozen=True, slots=True)
class Colors:
    """What a theme is made of."""

    backdrop: QColor
    """Behind the video."""
    surface: QColor
    """Panel, bars and strip."""
    raised: QColor
    """Buttons, hovered rows, tracks."""
    field: QColor
    """Where one writes or chooses."""
    line: QColor
    edge: QColor
    """Around what can be operated and is not filled: check boxes, fields."""
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
    field=QColor(15, 17, 20),
    line=QColor(44, 48, 57),
    edge=QColor(103, 110, 124),
    text=QColor(226, 229, 235),
    muted=QColor(146, 153, 166),
    faint=QColor(94, 100, 112),
    accent=QColor(92, 172, 238),
    on_accent=QColor(10, 14, 20),
    warning=QColor(240, 168, 72),
    danger=QColor(244, 110, 104),
    good=QColor(96, 196, 128),
)
LIGHT = Colors(
    backdrop=QColor(228, 231, 236),
    surface=QColor(250, 251, 252),
    raised=QColor(236, 239, 243),
    field=QColor(255, 255, 255),
    line=QColor(214, 218, 225),
    edge=QColor(130, 137, 150),
    text=QColor(27, 30, 36),
    muted=QColor(86, 93, 106),
    faint=QColor(148, 155, 167),
    accent=QColor(14, 98, 178),
    on_accent=QColor(255, 255, 255),
    warning=QColor(140, 78, 0),
    danger=QColor(186, 36, 36),
    good=QColor(18, 108, 56),
)

_HAS_OWN_FONT = Qt.WidgetAttribute.WA_SetFont

_now = DARK


def colors() -> Colors:
    """Those of the theme that is on."""
    return _now


def apply_theme(app: QApplication, theme: Colors = DARK) -> None:
    """Style, palette and sheet for the whole application; what is there already is painted anew."""
    global _now
    _now = theme
    if not app.property(_STYLED):
        app.setStyle(ViewerStyle(colors))
        app.setFont(sized(app.font(), BODY_PT))
        app.setProperty(_STYLED, True)
    app.setPalette(_palette(theme))
    own = [(widget, widget.font()) for widget in app.allWidgets() if widget.testAttribute(_HAS_OWN_FONT)]
    app.setStyleSheet(SHEET.format_map({field.name: getattr(theme, field.name).name() for field in fields(theme)}))
    for widget, font in own:
        # A new sheet takes some fonts away that were set while the widget was hidden.
        if widget.font() != font:
            widget.setFont(font)
    for widget in app.allWidgets():
        # Those that paint themselves ask for the colours then.
        widget.update()


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
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.warning,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        # Fusion draws frames and bevels of these.
        QPalette.ColorRole.Light: theme.line,
        QPalette.ColorRole.Midlight: theme.raised,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line,
        QPalette.ColorRole.Shadow: theme.backdrop,
    }
    for role, color in roles.items():
        palette.setColor(role, color)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.faint)
    return palette
