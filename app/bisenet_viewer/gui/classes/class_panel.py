"""The classes: which are shown, in which colour, and how much of the picture each one covers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from bisenet_viewer.gui.classes import palettes
from bisenet_viewer.gui.classes.class_header import ClassHeader
from bisenet_viewer.gui.classes.class_list import ClassList
from bisenet_viewer.gui.classes.class_row import ClassRow
from bisenet_viewer.gui.classes.color_popup import ColorPopup
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.texts import classes as texts

if TYPE_CHECKING:
    from bisenet.classes import Color
    from bisenet_viewer.gui.state import Look

WIDTH = 252


class ClassPanel(QFrame):
    """A list of classes under a row of buttons. It shows what it is told, and tells what a person wants."""

    toggled = pyqtSignal(int)
    """Class id: the person wants it shown if it is hidden, and the other way round."""
    all_wanted = pyqtSignal()
    none_wanted = pyqtSignal()
    solo_wanted = pyqtSignal(int)
    """Class id: shown alone, or no longer if it is."""
    color_wanted = pyqtSignal(int, QColor)
    palette_wanted = pyqtSignal(str)
    """One of `palettes.NAMES`, for all classes."""
    hatched_wanted = pyqtSignal(bool)
    legend_wanted = pyqtSignal(bool)
    smooth_wanted = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.header = ClassHeader()
        self.all_button, self.none_button = self.header.all_button, self.header.none_button
        self.list = ClassList()
        self.color_popup = ColorPopup(self)
        self._own: tuple[Color, ...] = ()
        self._solo: int | None = None
        self._empty = QLabel(texts.EMPTY)
        self._empty.setObjectName("muted")
        self._empty.setFont(sized(self.font(), SMALL_PT))
        self._empty.setContentsMargins(14, 4, 14, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.list)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)  # beside the border
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._empty)
        layout.addWidget(self._scroll, 1)
        self._connect()

    def _connect(self) -> None:
        header, rows = self.header, self.list
        header.all_button.clicked.connect(self.all_wanted)
        header.none_button.clicked.connect(self.none_wanted)
        header.palette_menu.wanted.connect(self.palette_wanted)
        header.hatch_button.clicked.connect(self.hatched_wanted)
        header.legend_button.clicked.connect(self.legend_wanted)
        header.smooth_button.clicked.connect(self.smooth_wanted)
        header.sort_button.clicked.connect(rows.set_sorted)
        header.chip.clicked.connect(self._end_solo)
        header.filter_field.textChanged.connect(self._filter)
        rows.toggled.connect(self.toggled)
        rows.solo_wanted.connect(self.solo_wanted)
        rows.swatch_clicked.connect(self._choose_color)
        rows.menu_wanted.connect(self._open_menu)
        self.color_popup.color_wanted.connect(self.color_wanted)

    @property
    def rows(self) -> list[ClassRow]:
        """By class id."""
        return self.list.rows

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor]) -> None:
        """Show these classes, all of them on, with no share yet. colors: the model's own."""
        self._own = tuple(_rgb(color) for color in colors)
        self._solo = None
        self.header.set_count(len(names))
        self.header.set_solo(None)
        self.list.set_classes(names, colors)
        self._empty.setText(texts.EMPTY)
        self._empty.setVisible(not names)

    def set_look(self, look: Look) -> None:
        """Which classes are shown, in which colours, and how they are drawn."""
        self.header.set_toggles(hatched=look.hatched, legend=look.legend, smooth=look.smooth_edges)
        for row in self.rows:
            row.set_hatched(look.hatched)
        self._set_solo(look.solo)
        if look.style is not None:
            self.set_visible(look.style.visible, [QColor(*color) for color in look.style.colors])

    def set_visible(self, visible: Collection[int], colors: Sequence[QColor]) -> None:
        """Which class ids are shown, and the colour of each class."""
        for class_id, (row, color) in enumerate(zip(self.rows, colors, strict=True)):
            row.setChecked(class_id in visible)
            row.set_color(color)
        self.header.palette_menu.set_palette(palettes.name_of([_rgb(color) for color in colors], self._own))

    def set_shares(self, shares: Sequence[float]) -> None:
        """Part of the picture, 0 to 1, by class id."""
        self.list.set_shares(shares)

    def _set_solo(self, solo: int | None) -> None:
        self._solo = solo if solo is not None and solo < len(self.rows) else None
        self.header.set_solo(None if self._solo is None else self.rows[self._solo].text())
        for class_id, row in enumerate(self.rows):
            row.set_solo(solo=class_id == self._solo, dimmed=self._solo not in (None, class_id))

    def _end_solo(self) -> None:
        if self._solo is not None:
            self.solo_wanted.emit(self._solo)

    def _filter(self, text: str) -> None:
        shown = self.list.set_filter(text)
        self._empty.setText(texts.NO_MATCH if self.rows else texts.EMPTY)
        self._empty.setVisible(shown == 0)

    def _choose_color(self, class_id: int, place: QPoint) -> None:
        row = self.rows[class_id]
        self.color_popup.open_for(class_id, row.text(), row.color, QColor(*self._own[class_id]), place)

    def _open_menu(self, class_id: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        alone = menu.addAction(texts.SOLO_MENU_OFF if self._solo == class_id else texts.SOLO_MENU)
        color = menu.addAction(texts.COLOR_MENU)
        assert alone is not None
        assert color is not None
        alone.triggered.connect(lambda: self.solo_wanted.emit(class_id))
        color.triggered.connect(lambda: self._choose_color(class_id, self.rows[class_id].swatch_place()))
        menu.popup(place)


def _rgb(color: QColor) -> Color:
    return color.red(), color.green(), color.blue()
