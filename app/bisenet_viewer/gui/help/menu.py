"""The main menu: everything that has a key, and what has none."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme_follower import ThemeChoice
from bisenet_viewer.gui.help.groups import Group, bindings_of
from bisenet_viewer.gui.help.keys import BINDINGS, Action, Binding
from bisenet_viewer.gui.texts import help as texts

_TOP = (Action.OPEN_FILE, Action.OPEN_ADDRESS)
_MIDDLE = (Action.MODEL, Action.COMPARE, Action.STATISTICS, Action.SPEED_PAGE, Action.FULL_SCREEN)
_HELP = (Action.HELP, Action.DOCTOR)
_SUBMENUS = (Group.PLAYING, Group.CLASSES, Group.VIEW, Group.WORK)
_LEFT_OUT = {Action.TOGGLE_CLASS, Action.SOLO_CLASS, Action.LEAVE}
"""Which class is said in the panel; and leaving is what closes the menu."""

_ICONS = {
    Action.OPEN_FILE: "folder",
    Action.OPEN_ADDRESS: "link",
    Action.MODEL: "model",
    Action.SPEED_PAGE: "speed",
    Action.HELP: "help",
    Action.DOCTOR: "doctor",
}
"""Of what is never checked: a check mark stands in the same place."""


class MainMenu(QMenu):
    """Says what was chosen; the keys stand beside it and work without it."""

    theme_wanted = pyqtSignal(ThemeChoice)
    reset_wanted = pyqtSignal()
    """All settings as they were at the first start."""
    about_wanted = pyqtSignal()

    def __init__(self, parent: QWidget, asked: Callable[[Action], None]) -> None:
        """asked: called with what was chosen."""
        super().__init__(parent)
        self._asked = asked
        self.setAccessibleName(texts.MENU)
        self._bindings = {binding.action: binding for binding in BINDINGS}
        self.entries: dict[Action, QAction] = {}
        self._add(self, _TOP)
        self.addSeparator()
        for group in _SUBMENUS:
            submenu = QMenu(texts.GROUPS[group.value], self)
            in_menu = [binding.action for binding in bindings_of(group)]
            self._add(submenu, [action for action in in_menu if action not in (*_LEFT_OUT, *_MIDDLE)])
            self.addMenu(submenu)
        self.addSeparator()
        self._add(self, _MIDDLE)
        self.addSeparator()
        self.themes = self._add_themes()
        self.reset = self._add_plain(texts.RESET_SETTINGS)
        self.reset.triggered.connect(self.reset_wanted)
        self.addSeparator()
        self._add(self, _HELP)
        self.about = self._add_plain(texts.ABOUT)
        self.about.setIcon(icon("info", "muted"))
        self.about.triggered.connect(self.about_wanted)
        self.addSeparator()
        self._add(self, (Action.QUIT,))

    def set_state(self, action: Action, *, checked: bool | None = None, enabled: bool | None = None) -> None:
        """Whether what is asked for is on, and whether it can be done now; None: as it was. Raises KeyError."""
        entry = self.entries[action]
        if checked is not None:
            entry.setCheckable(True)
            entry.setChecked(checked)
        if enabled is not None:
            entry.setEnabled(enabled)

    def set_theme(self, choice: ThemeChoice) -> None:
        """Which theme is marked as chosen."""
        self.themes[choice].setChecked(True)

    def _add(self, menu: QMenu, actions: tuple[Action, ...] | list[Action]) -> None:
        for action in actions:
            menu.addAction(self._entry(self._bindings[action]))

    def _entry(self, binding: Binding) -> QAction:
        # After a tab the key is only shown: the window has the shortcut.
        text = texts.MENU_TEXTS.get(binding.action.name, binding.text)
        entry = QAction(f"{text}\t{binding.shown}", self)
        if binding.action in _ICONS:
            entry.setIcon(icon(_ICONS[binding.action], "muted"))
        entry.triggered.connect(lambda: self._choose(binding.action))
        self.entries[binding.action] = entry
        return entry

    def _choose(self, action: Action) -> None:
        # Whoever carries it out says whether it is on now: a click alone does not make it so.
        entry = self.entries[action]
        if entry.isCheckable():
            entry.setChecked(not entry.isChecked())
        self._asked(action)

    def _add_themes(self) -> dict[ThemeChoice, QAction]:
        menu = QMenu(texts.THEME, self)
        self.addMenu(menu)
        group = QActionGroup(self)
        themes = {}
        for choice in ThemeChoice:
            entry = QAction(texts.THEMES[choice.value], group)
            entry.setCheckable(True)
            entry.triggered.connect(lambda _checked, choice=choice: self.theme_wanted.emit(choice))
            menu.addAction(entry)
            themes[choice] = entry
        themes[ThemeChoice.SYSTEM].setChecked(True)
        return themes

    def _add_plain(self, text: str) -> QAction:
        entry = QAction(text, self)
        self.addAction(entry)
        return entry
