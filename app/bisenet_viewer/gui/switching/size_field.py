"""One's own input size: two numbers and a button."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from bisenet_viewer.gui.texts import switching as texts

_STEP = 8
_LEAST, _MOST = 32, 4096


class SizeField(QWidget):
    """Tells a size only when it is asked to: half a number typed is no wish."""

    chosen = pyqtSignal(object)
    """Width and height, multiples of 8."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.width_box = _side(texts.WIDTH)
        self.height_box = _side(texts.HEIGHT)
        self.use_button = QPushButton(texts.USE_SIZE)
        self.use_button.setToolTip(texts.USE_SIZE_TIP)
        self.use_button.setAccessibleName(texts.USE_SIZE_TIP.split("  ")[0])
        self.use_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.use_button.clicked.connect(self._tell)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.width_box, 1)
        layout.addWidget(QLabel("×"))
        layout.addWidget(self.height_box, 1)
        layout.addWidget(self.use_button)
        self.set_size((640, 360))

    def set_size(self, size: tuple[int, int]) -> None:
        """Show this size; silent."""
        self.width_box.setValue(size[0])
        self.height_box.setValue(size[1])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
            return
        super().keyPressEvent(event)

    def _tell(self) -> None:
        for box in (self.width_box, self.height_box):
            box.interpretText()
            box.setValue(max(_LEAST, round(box.value() / _STEP) * _STEP))
        self.chosen.emit((self.width_box.value(), self.height_box.value()))


def _side(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(_LEAST, _MOST)
    box.setSingleStep(_STEP)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.setToolTip(f"{name}: {texts.SIDE_TIP[0].lower()}{texts.SIDE_TIP[1:]}")
    box.setFocusPolicy(Qt.FocusPolicy.ClickFocus | Qt.FocusPolicy.TabFocus)
    return box
