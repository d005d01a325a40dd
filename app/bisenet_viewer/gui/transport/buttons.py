"""The bar's buttons: one with an icon, and one that opens a menu above itself."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QGuiApplication, QIcon, QPaintEvent, QPalette
from PyQt6.QtWidgets import QMenu, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, colors, sized
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.transport import tips

ICON_SIZE = QSize(20, 20)


class BarButton(QToolButton):
    """Reached with Tab only, so that Space goes on playing and pausing for who clicks."""

    def __init__(self, picture: QIcon | None, text: str, *actions: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit = False
        if picture is not None:
            self.setIcon(picture)
        self.setIconSize(ICON_SIZE)
        self.setFont(sized(self.font(), SMALL_PT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.say(text, *actions)

    def say(self, text: str, *actions: Action) -> None:
        """What it does, and the keys that do the same."""
        self.setToolTip(tips.with_keys(text, *actions) if actions else text)
        self.setAccessibleName(text)

    @property
    def lit(self) -> bool:
        return self._lit

    def set_lit(self, lit: bool) -> None:
        """Its text in the accent colour: something is not as it usually is."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not self._lit:
            super().paintEvent(event)
            return
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.palette.setColor(QPalette.ColorRole.ButtonText, colors().accent)
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)


class MenuButton(BarButton):
    """A click opens its menu above it and returns at once; Qt's own way would wait until the menu is closed."""

    def __init__(self, picture: QIcon | None, text: str, *actions: Action, parent: QWidget | None = None) -> None:
        super().__init__(picture, text, *actions, parent=parent)
        self._menu: QMenu | None = None
        self.clicked.connect(self.open_menu)

    @property
    def opened_menu(self) -> QMenu | None:
        """The menu that a click opens."""
        return self._menu

    def set_menu(self, menu: QMenu) -> None:
        self._menu = menu
        # Otherwise a click on the button, which closes the menu, would open it again.
        menu.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)

    def open_menu(self) -> None:
        """Above the button, or below it where there is no room above."""
        if self._menu is None:
            return
        size = self._menu.sizeHint()
        place = self.mapToGlobal(QPoint(0, -size.height() - 2))
        screen = self.screen() or QGuiApplication.primaryScreen()
        if screen is not None and place.y() < screen.availableGeometry().top():
            place = self.mapToGlobal(QPoint(0, self.height() + 2))
        self._menu.popup(place)
