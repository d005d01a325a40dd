"""The part of the model card that looks for the largest input size that is fast enough."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.switching.tuner import Progress
from bisenet_viewer.gui.switching.tuning import Candidate
from bisenet_viewer.gui.texts import switching as texts

DEFAULT_FPS = 30.0


class TuneBox(QWidget):
    """A target, a button, and what came of it."""

    tune_wanted = pyqtSignal(float)
    """Frames per second to reach."""
    cancel_wanted = pyqtSignal()
    use_wanted = pyqtSignal(object)
    """What was found before, a `Candidate`, is to run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remembered: Candidate | None = None
        self._is_running = False
        self.target_box = QDoubleSpinBox()
        self.target_box.setRange(1, 500)
        self.target_box.setDecimals(0)
        self.target_box.setValue(DEFAULT_FPS)
        self.target_box.setSuffix(texts.TARGET_SUFFIX)
        self.target_box.setAccessibleName(texts.TARGET_NAME)
        self.target_box.setToolTip(texts.TARGET_TIP)
        self.target_box.setFocusPolicy(Qt.FocusPolicy.ClickFocus | Qt.FocusPolicy.TabFocus)
        self.tune_button = self._button()
        self.tune_button.clicked.connect(self._tune_or_cancel)
        self.use_button = self._button()
        self.use_button.setText(texts.USE)
        self.use_button.setToolTip(texts.USE_TIP)
        self.use_button.setAccessibleName(texts.USE_TIP)
        self.use_button.clicked.connect(lambda: self.use_wanted.emit(self._remembered))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.told = QLabel()
        self.told.setObjectName("muted")
        self.told.setWordWrap(True)
        self.told.setFont(sized(self.font(), SMALL_PT))
        self.told.setTextFormat(Qt.TextFormat.PlainText)

        self._name = QLabel(texts.TARGET)
        self._name.setObjectName("muted")
        self._name.setBuddy(self.target_box)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._name)
        row.addWidget(self.target_box, 1)
        row.addWidget(self.tune_button)
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self.told, 1)
        said.addWidget(self.use_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.bar)
        layout.addLayout(said)
        self._show_state("")

    def set_names_width(self, width: int) -> None:
        """Of what stands at the left, to be in line with what is above."""
        self._name.setMinimumWidth(width)

    def set_target(self, fps: float) -> None:
        """Show this target; silent."""
        self.target_box.setValue(fps)

    def set_remembered(self, candidate: Candidate | None) -> None:
        """What was found before for what runs, or None."""
        if candidate == self._remembered:
            return
        self._remembered = candidate
        if not self._is_running:
            self._show_state("" if candidate is None else texts.REMEMBERED.format(what=candidate))

    def show_progress(self, progress: Progress) -> None:
        """It goes on."""
        self._is_running = True
        self.bar.setRange(0, progress.most)
        self.bar.setValue(progress.tried)
        self._show_state(progress.text)

    def show_outcome(self, text: str) -> None:
        """It has ended, or could not begin."""
        self._is_running = False
        self._remembered = None
        self._show_state(text)

    def _tune_or_cancel(self) -> None:
        if self._is_running:
            self.cancel_wanted.emit()
        else:
            self.target_box.interpretText()
            self.tune_wanted.emit(self.target_box.value())

    def _show_state(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
        self.bar.setVisible(self._is_running)
        self.target_box.setEnabled(not self._is_running)
        self.use_button.setVisible(self._remembered is not None and not self._is_running)
        self.tune_button.setText(texts.CANCEL if self._is_running else texts.TUNE)
        self.tune_button.setToolTip(texts.CANCEL_TIP if self._is_running else texts.TUNE_TIP)
        self.tune_button.setAccessibleName(self.tune_button.text())

    def _button(self) -> QPushButton:
        button = QPushButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
