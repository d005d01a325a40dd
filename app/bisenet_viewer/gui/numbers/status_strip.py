"""The strip at the bottom: what is shown, what computes it, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from bisenet_viewer.gui.common.elided_label import ElidedLabel
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.numbers import figures
from bisenet_viewer.gui.numbers.model_button import ModelButton
from bisenet_viewer.gui.texts import numbers as texts

_WIDEST = {
    "Capture": "00.0",
    "Inference": "00.0",
    "Display": "00.0 FPS",
    "Latency": "000 ms",
    "Dropped": "000 inference busy",
}
"""Room that a figure always has, so that its neighbours do not move when it changes."""

_DROPPED_PART = 0.2
"""Of the strip's width, at most: the causes may be many words, and the tool tip has them all."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one moment."""

    capture_fps: float = 0.0
    inference_fps: float = 0.0
    display_fps: float = 0.0
    latency_s: float | None = None
    drops: Mapping[str, int] = field(default_factory=dict)


class StatusStrip(QFrame):
    """Input and model at the left, which give way; figures at the right, which do not."""

    model_wanted = pyqtSignal()
    """The model was clicked: the person wants another, or to know more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFont(sized(self.font(), SMALL_PT))
        self.input_label = self._label(ElidedLabel(), texts.INPUT)
        self.input_label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.model_label = ModelButton()
        self.model_label.setFont(self.font())
        self.model_label.clicked.connect(self.model_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(6)
        layout.addWidget(self.input_label, 2)
        layout.addSpacing(4)
        layout.addWidget(self.model_label, 3)
        layout.addStretch(0)
        self._values: dict[str, QLabel] = {}
        for name, tip in texts.FIGURES.items():
            empty = ElidedLabel() if name == "Dropped" else QLabel()
            caption, value = self._label(QLabel(name), name), self._label(empty, name)
            value.setObjectName("figure")
            caption.setToolTip(tip)
            value.setToolTip(tip)
            layout.addSpacing(8)
            layout.addWidget(caption)
            layout.addWidget(value)
            self._values[name] = value
        self._values["Dropped"].setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for name, widest in _WIDEST.items():
            self._values[name].setMinimumWidth(self.fontMetrics().horizontalAdvance(widest) + 2)
        self.set_model("")
        self.set_figures(Figures())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        dropped = self._values["Dropped"]
        dropped.setMaximumWidth(max(dropped.minimumWidth(), round(self.width() * _DROPPED_PART)))

    def set_input(self, text: str) -> None:
        self._set(self.input_label, text)
        self.input_label.setToolTip(text)

    def set_model(self, text: str, story: str = "") -> None:
        """story: what the tool tip says, where that is more than the text."""
        self._set(self.model_label, text)
        told = story or text
        self.model_label.setToolTip(texts.MODEL_TIP.format(story=told) if told else texts.MODEL_TIP_PLAIN)
        self.model_label.setAccessibleName(f"{texts.MODEL}: {text}" if text else texts.MODEL)
        self.model_label.updateGeometry()

    def set_figures(self, now: Figures) -> None:
        """Show these numbers; called at most four times a second."""
        shown = {
            "Capture": figures.fps(now.capture_fps),
            "Inference": figures.fps(now.inference_fps),
            "Display": texts.FPS.format(rate=figures.fps(now.display_fps)),
            "Latency": figures.latency(now.latency_s),
            "Dropped": figures.drops(now.drops),
        }
        for name, text in shown.items():
            self._set(self._values[name], text)
        causes = figures.drops(now.drops)
        self._values["Dropped"].setToolTip(f"{causes}\n\n{texts.FIGURES['Dropped']}")

    def text_of(self, name: str) -> str:
        """The figure as shown: `Capture`, `Inference`, `Display`, `Latency` or `Dropped`."""
        return self._values[name].text()

    def _label(self, label: QLabel, name: str) -> QLabel:
        label.setFont(self.font())
        label.setAccessibleName(name)
        return label

    @staticmethod
    def _set(part: QLabel | ModelButton, text: str) -> None:
        if part.text() != text:
            part.setText(text)
