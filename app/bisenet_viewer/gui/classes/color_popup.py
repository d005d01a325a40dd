"""Where the colour of one class is chosen. The video goes on, and shows each choice at once."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.classes.color_grid import ColorGrid
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.texts import classes as texts


class ColorPopup(QFrame):
    """A table of colours, the model's own colour, and a way to mix one. A click elsewhere closes it."""

    color_wanted = pyqtSignal(int, QColor)
    """Class id and colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self._class_id = 0
        self._name = ""
        self._color = self._own = QColor()
        self._mixer: QColorDialog | None = None
        self.heading = QLabel()
        self.heading.setObjectName("muted")
        self.heading.setFont(sized(self.font(), SMALL_PT))
        self.grid = ColorGrid()
        self.grid.picked.connect(self._pick)
        self.own_button = _button(texts.OWN_COLOR, texts.OWN_COLOR_TIP)
        self.own_button.clicked.connect(lambda: self._pick(self._own))
        self.other_button = _button(texts.OTHER_COLOR, texts.OTHER_COLOR_TIP)
        self.other_button.clicked.connect(self._mix)
        buttons = QHBoxLayout()
        buttons.addWidget(self.own_button)
        buttons.addStretch()
        buttons.addWidget(self.other_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(9)
        layout.addWidget(self.heading)
        layout.addWidget(self.grid)
        layout.addLayout(buttons)

    def open_for(self, class_id: int, name: str, color: QColor, own: QColor, place: QPoint) -> None:
        """Open at a place on the screen. color: what the class has now; own: what the model brings."""
        self._class_id, self._name, self._color, self._own = class_id, name, color, own
        self.heading.setText(texts.color_of(name))
        self.setAccessibleName(texts.color_of(name))
        self.own_button.setEnabled(color != own)
        self.grid.begin_at(color)
        self.adjustSize()
        self.move(self._on_screen(place))
        self.show()
        self.grid.setFocus()

    def _on_screen(self, place: QPoint) -> QPoint:
        screen = self.screen()
        if screen is None:
            return place
        room, size = screen.availableGeometry(), self.sizeHint()
        return QPoint(
            max(room.left(), min(place.x(), room.right() - size.width())),
            max(room.top(), min(place.y(), room.bottom() - size.height())),
        )

    def _pick(self, color: QColor) -> None:
        self.hide()
        self.color_wanted.emit(self._class_id, color)

    def _mix(self) -> None:
        """Another dialog, which stays beside the video; what is mixed is seen there at once."""
        self.hide()
        if self._mixer is not None:
            self._mixer.close()
        class_id, before = self._class_id, QColor(self._color)
        mixer = QColorDialog(before, self.parentWidget())
        mixer.setWindowTitle(texts.color_of(self._name))
        mixer.setModal(False)
        mixer.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mixer.currentColorChanged.connect(lambda color: self.color_wanted.emit(class_id, color))
        mixer.rejected.connect(lambda: self.color_wanted.emit(class_id, before))
        mixer.destroyed.connect(self._forget_mixer)
        self._mixer = mixer
        mixer.show()

    def _forget_mixer(self) -> None:
        self._mixer = None


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFont(sized(button.font(), SMALL_PT))
    return button
