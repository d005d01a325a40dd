"""What stands above the list of classes: all or none, and how they are drawn."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.classes.filter_field import FilterField
from bisenet_viewer.gui.classes.palette_menu import PaletteMenu
from bisenet_viewer.gui.common.icons import icon
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized
from bisenet_viewer.gui.texts import classes as texts

FILTER_FROM = 16
"""From so many classes on one looks for them by name."""


class ClassHeader(QWidget):
    """Buttons, the chip of the class that is alone, and the field to look for a class in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all_button = _link(texts.ALL, texts.ALL_TIP)
        self.none_button = _link(texts.NONE, texts.NONE_TIP)
        self.palette_menu = PaletteMenu(self)
        self.palette_button = _tool("swatch", texts.PALETTE_TIP)
        self.palette_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.palette_button.setMenu(self.palette_menu)
        self.hatch_button = _tool("hatch", texts.HATCH_TIP, checkable=True)
        self.legend_button = _tool("legend", texts.LEGEND_TIP, checkable=True)
        self.smooth_button = _tool("smooth", texts.SMOOTH_TIP, checkable=True)
        self.sort_button = _tool("sort", texts.SORT_TIP, checkable=True)
        self.chip = _chip()
        self.filter_field = FilterField()
        self._lay_out()
        self.set_count(0)

    def _lay_out(self) -> None:
        heading = QLabel(texts.CLASSES)
        heading.setFont(sized(self.font(), BODY_PT, heading.font().Weight.DemiBold))
        top = QHBoxLayout()
        top.setContentsMargins(14, 10, 8, 2)
        top.addWidget(heading)
        top.addStretch()
        top.addWidget(self.all_button)
        top.addWidget(self.none_button)
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 0, 8, 4)
        tools.setSpacing(2)
        for button in (self.palette_button, self.hatch_button, self.legend_button, self.smooth_button):
            tools.addWidget(button)
        tools.addStretch()
        tools.addWidget(self.sort_button)
        below = QVBoxLayout()
        below.setContentsMargins(12, 0, 12, 0)
        below.setSpacing(6)
        below.addWidget(self.filter_field)
        below.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 4)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addLayout(tools)
        whole.addLayout(below)

    def set_count(self, count: int) -> None:
        """How many classes there are."""
        self.filter_field.clear()
        self.filter_field.setVisible(count >= FILTER_FROM)
        for button in self.findChildren(QToolButton):
            if button.parentWidget() is self:
                button.setEnabled(count > 0)

    def set_solo(self, name: str | None) -> None:
        """The class that is shown alone; None: there is none."""
        if name is not None:
            self.chip.setText(texts.only(name))
            self.chip.setAccessibleName(f"{texts.only(name)}. {texts.SOLO_CHIP_TIP}")
        self.chip.setVisible(name is not None)

    def set_toggles(self, *, hatched: bool, legend: bool, smooth: bool) -> None:
        """Which of the ways to draw are on."""
        self.hatch_button.setChecked(hatched)
        self.legend_button.setChecked(legend)
        self.smooth_button.setChecked(smooth)


def _link(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("link")
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split("  ")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def _tool(name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, "muted", on="accent"))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tip)
    button.setAccessibleName(tip.split("  ")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCheckable(checkable)
    return button


def _chip() -> QPushButton:
    chip = QPushButton()
    chip.setObjectName("chip")
    chip.setFont(sized(chip.font(), SMALL_PT))
    chip.setToolTip(texts.SOLO_CHIP_TIP)
    chip.setAccessibleName(texts.SOLO_CHIP_TIP)
    chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    chip.setCursor(Qt.CursorShape.PointingHandCursor)
    chip.hide()
    return chip
