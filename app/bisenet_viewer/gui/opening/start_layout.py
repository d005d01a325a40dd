"""What is on the start page, and how it is arranged in the room there is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import BODY_PT, sized
from bisenet_viewer.gui.opening.emblem import Emblem
from bisenet_viewer.gui.opening.kinds import Kind
from bisenet_viewer.gui.opening.source_list import SourceList
from bisenet_viewer.gui.opening.tile import Tile
from bisenet_viewer.gui.texts import opening as texts

_TITLE_PT = 19.0
_ORDINARY = (1000, 640)
"""Width and height for which the scale is 1."""
_SCALES = (0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.4)
_LOW = 470
"""Below so many units of height there is no emblem, and the tiles are low."""
_LIST_WIDTH, _LIST_GAP = 380, 28
_MARGIN, _GAP = 20, 10


class StartLayout:
    """The page's widgets. `fit` is called whenever there is more or less room, or a list became empty."""

    def __init__(self, page: QWidget) -> None:
        self.emblem = Emblem()
        self.title, self.detail = QLabel(texts.DROP_HERE), QLabel(texts.DROP_DETAIL)
        self.detail.setObjectName("muted")
        self.open_file = Tile(texts.OPEN_FILE, Kind.FILE.value, texts.OPEN_FILE_TIP, is_first=True)
        self.open_folder = Tile(texts.OPEN_FOLDER, Kind.FOLDER.value, texts.OPEN_FOLDER_TIP)
        self.paste_address = Tile(texts.PASTE_ADDRESS, Kind.STREAM.value, texts.PASTE_ADDRESS_TIP)
        self.screen = Tile(texts.SCREEN, Kind.SCREEN.value, texts.SCREEN_TIP)
        self.demo = Tile(texts.DEMO, Kind.DEMO.value, texts.DEMO_TIP)
        self.tiles = (self.open_file, self.open_folder, self.paste_address, self.screen, self.demo)
        self.recent = SourceList(texts.RECENT, "")
        self.cameras = SourceList(texts.CAMERAS, texts.LOOKING_FOR_CAMERAS)
        self._shape: tuple[object, ...] = ()

        self._tile_grid = QGridLayout()
        self._lists = QWidget()
        self._list_grid = QGridLayout(self._lists)
        self._list_grid.setContentsMargins(0, 0, 0, 0)
        self._gaps = [QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed) for _ in range(4)]
        center = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(page)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(0)
        layout.addStretch(3)
        layout.addWidget(self.emblem, 0, center)
        layout.addSpacerItem(self._gaps[0])
        for label, gap in ((self.title, self._gaps[1]), (self.detail, self._gaps[2])):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
            layout.addSpacerItem(gap)
        layout.addLayout(self._tile_grid)
        layout.addSpacerItem(self._gaps[3])
        layout.addWidget(self._lists, 0, center)
        layout.addStretch(4)

    def fit(self, room: tuple[int, int]) -> None:
        """room: width and height of what can be seen of the page."""
        width, height = room
        wanted = min(width / _ORDINARY[0], height / _ORDINARY[1])
        scale = max((step for step in _SCALES if step <= wanted), default=_SCALES[0])
        is_low = height < _LOW
        if (scale, is_low) != self._shape[:2]:
            self._set_scale(scale, is_low=is_low)
        inner = width - 2 * _MARGIN
        columns = self._tile_columns(inner, scale)
        has_recent = bool(self.recent.rows)
        list_width = _LIST_WIDTH * scale
        is_wide = has_recent and inner >= 1.7 * list_width + _LIST_GAP
        self.cameras.set_centered(not has_recent and not self.cameras.rows)
        shape = (scale, is_low, columns, has_recent, is_wide)
        if shape != self._shape:
            self._shape = shape
            self._arrange(columns, has_recent=has_recent, is_wide=is_wide)
        self._lists.setFixedWidth(round(min(inner, 2 * list_width + _LIST_GAP if is_wide else 1.2 * list_width)))

    def _set_scale(self, scale: float, *, is_low: bool) -> None:
        for part in (self.emblem, self.recent, self.cameras):
            part.set_scale(scale)
        for tile in self.tiles:
            tile.set_size(scale, is_low=is_low)
        widest = max(tile.width() for tile in self.tiles)
        for tile in self.tiles:
            tile.setFixedWidth(widest)
        self.emblem.setVisible(not is_low)
        small = 0.85 if is_low else 1.0
        self.title.setFont(sized(self.title.font(), _TITLE_PT * scale * small, QFont.Weight.DemiBold))
        self.detail.setFont(sized(self.detail.font(), BODY_PT * scale))
        heights = (0, 2, 14, 18) if is_low else (18, 6, 26, 32)
        for gap, units in zip(self._gaps, heights, strict=True):
            gap.changeSize(0, round(units * scale), QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._tile_grid.setSpacing(round(_GAP * scale))
        self._list_grid.setHorizontalSpacing(_LIST_GAP)
        self._list_grid.setVerticalSpacing(round(16 * scale))

    def _tile_columns(self, room: int, scale: float) -> int:
        """As many as fit beside each other, but not four, which would leave one alone."""
        each = self.open_file.width() + _GAP * scale
        return next((columns for columns in (5, 3) if columns * each - _GAP * scale <= room), 2)

    def _arrange(self, columns: int, *, has_recent: bool, is_wide: bool) -> None:
        grid = self._tile_grid
        for column in range(grid.columnCount()):
            grid.setColumnStretch(column, 0)
        for index, tile in enumerate(self.tiles):
            grid.addWidget(tile, index // columns, 1 + index % columns, Qt.AlignmentFlag.AlignCenter)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(columns + 1, 1)
        self.recent.setVisible(has_recent)
        self._list_grid.addWidget(self.recent, 0, 0)
        place = (0, 1) if is_wide else (1, 0)
        self._list_grid.addWidget(self.cameras, *place)
        self._list_grid.setColumnStretch(0, 1)
        self._list_grid.setColumnStretch(1, 1 if is_wide else 0)
