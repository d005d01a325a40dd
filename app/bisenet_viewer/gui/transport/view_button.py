"""Which view is on: the button says it, its menu lists them all."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.help.keys import Action
from bisenet_viewer.gui.state import View
from bisenet_viewer.gui.texts import transport as texts
from bisenet_viewer.gui.transport import tips
from bisenet_viewer.gui.transport.buttons import MenuButton

_KEYS = {View.WIPE: Action.WIPE}
"""The views that have a key of their own; the others come in turn."""


class ViewButton(MenuButton):
    """As wide as the longest of the views' names, so that nothing beside it moves; short, it is its icon alone."""

    view_wanted = pyqtSignal(object)
    """A `View`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(icon("view"), texts.VIEW, Action.NEXT_VIEW, parent=parent)
        menu = QMenu(self)
        group = QActionGroup(menu)
        self.actions_by_view: dict[View, QAction] = {}
        for view in View:
            key = f"\t{tips.keys(_KEYS[view])}" if view in _KEYS else ""
            action = QAction(texts.VIEWS[view.value] + key, menu)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, view=view: self._want(view))
            group.addAction(action)
            menu.addAction(action)
            self.actions_by_view[view] = action
        self.set_menu(menu)
        self._view = View.OVERLAY
        widest = max(self.fontMetrics().horizontalAdvance(texts.with_arrow(name)) for name in texts.VIEWS.values())
        self._widths = {False: widest + self.iconSize().width() + 22, True: self.sizeHint().width()}
        self._is_short: bool | None = None
        self.set_short(False)
        self.set_view(View.OVERLAY)

    def width_when(self, *, short: bool) -> int:
        """In pixels."""
        return self._widths[short]

    def set_short(self, short: bool) -> None:
        """Without its text."""
        if short != self._is_short:
            self._is_short = short
            beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
            self.setToolButtonStyle(alone if short else beside)
            self.setFixedWidth(self._widths[short])

    def set_view(self, view: View) -> None:
        self._view = view
        self.setText(texts.with_arrow(texts.VIEWS[view.value]))
        self.setAccessibleDescription(texts.VIEWS[view.value])
        self.actions_by_view[view].setChecked(True)

    def _want(self, view: View) -> None:
        # The tick follows what is shown, which is told by `set_view`.
        self.actions_by_view[self._view].setChecked(True)
        self.view_wanted.emit(view)
