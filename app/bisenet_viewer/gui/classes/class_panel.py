"""The classes: which are shown, in which colour, and how much of the picture each one covers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.classes.class_row import ClassRow
from bisenet_viewer.gui.common.theme import BODY_PT, SMALL_PT, sized

WIDTH = 252


class ClassPanel(QFrame):
    """A list of `ClassRow`, with All and None above it."""

    toggled = pyqtSignal(int)
    """Class id: the person wants it shown if it is hidden, and the other way round."""
    all_wanted = pyqtSignal()
    none_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.rows: list[ClassRow] = []
        heading = QLabel("Classes")
        heading.setFont(sized(self.font(), BODY_PT, heading.font().Weight.DemiBold))
        self.all_button = _link("All", "Show every class  (T)")
        self.none_button = _link("None", "Hide every class  (T)")
        self.all_button.clicked.connect(self.all_wanted)
        self.none_button.clicked.connect(self.none_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(14, 10, 8, 6)
        top.addWidget(heading)
        top.addStretch()
        top.addWidget(self.all_button)
        top.addWidget(self.none_button)

        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 8)
        self._list.setSpacing(0)
        self._list.addStretch()
        inside = QWidget()
        inside.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self._empty = QLabel("The classes appear here\nonce the model is loaded.")
        self._empty.setObjectName("muted")
        self._empty.setFont(sized(self.font(), SMALL_PT))
        self._empty.setContentsMargins(14, 4, 14, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._empty)
        layout.addWidget(scroll, 1)
        self._enable()

    def set_classes(self, names: Sequence[str], colors: Sequence[QColor]) -> None:
        """Show these classes, all of them on, with no share yet."""
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for class_id, (name, color) in enumerate(zip(names, colors, strict=True)):
            row = ClassRow(name, color, str(class_id + 1) if class_id < 9 else None)
            row.clicked.connect(lambda _checked, class_id=class_id: self.toggled.emit(class_id))
            self._list.insertWidget(class_id, row)
            self.rows.append(row)
        self._enable()

    def set_visible(self, visible: Collection[int], colors: Sequence[QColor]) -> None:
        """Which class ids are shown, and the colour of each class."""
        for class_id, (row, color) in enumerate(zip(self.rows, colors, strict=True)):
            row.setChecked(class_id in visible)
            row.set_color(color)

    def set_shares(self, shares: Sequence[float]) -> None:
        """Part of the picture, 0 to 1, by class id."""
        for row, share in zip(self.rows, shares, strict=True):
            row.set_share(share)

    def _enable(self) -> None:
        self._empty.setVisible(not self.rows)
        self.all_button.setEnabled(bool(self.rows))
        self.none_button.setEnabled(bool(self.rows))


def _link(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("link")
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split("  ")[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
