"""The strip at the bottom: what is shown, what computes it, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from bisenet_viewer.gui.common.elided_label import ElidedLabel
from bisenet_viewer.gui.common.theme import SMALL_PT, sized
from bisenet_viewer.gui.numbers import figures


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one moment."""

    capture_fps: float = 0.0
    inference_fps: float = 0.0
    display_fps: float = 0.0
    latency_s: float | None = None
    drops: Mapping[str, int] = field(default_factory=dict)


_TIPS = {
    "Capture": "Frames per second that come from the source",
    "Inference": "Frames per second that the model segments",
    "Display": "Segmented frames per second that are painted",
    "Latency": "From the capture of a frame to its painting, with everything in between; the median of the last frames",
    "Dropped": (
        "Frames left out, by cause. Inference busy: a newer frame came before the model was free. "
        "Display busy: a newer result came before the last was painted. Damaged: it could not be decoded."
    ),
}


class StatusStrip(QFrame):
    """Input and model at the left, figures at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFont(sized(self.font(), SMALL_PT))
        self.input_label = self._label(ElidedLabel(), "Input")
        self.model_label = self._label(ElidedLabel(), "Model")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(6)
        layout.addWidget(self.input_label)
        layout.addSpacing(14)
        layout.addWidget(self.model_label, 1)
        self._values: dict[str, QLabel] = {}
        for name, tip in _TIPS.items():
            caption, value = self._label(QLabel(name), name), self._label(QLabel(), name)
            value.setObjectName("figure")
            caption.setToolTip(tip)
            value.setToolTip(tip)
            layout.addSpacing(10)
            layout.addWidget(caption)
            layout.addWidget(value)
            self._values[name] = value
        for name, widest in {
            "Capture": "00.0",
            "Inference": "00.0",
            "Display": "00.0 FPS",
            "Latency": "000 ms",
        }.items():
            self._values[name].setMinimumWidth(self.fontMetrics().horizontalAdvance(widest) + 2)
        self.set_figures(Figures())

    def set_input(self, text: str) -> None:
        self._set(self.input_label, text)
        self.input_label.setToolTip(text)

    def set_model(self, text: str, story: str = "") -> None:
        """story: what the tool tip says, where that is more than the text."""
        self._set(self.model_label, text)
        self.model_label.setToolTip(story or text)

    def set_figures(self, now: Figures) -> None:
        """Show these numbers; called at most four times a second."""
        texts = {
            "Capture": figures.fps(now.capture_fps),
            "Inference": figures.fps(now.inference_fps),
            "Display": f"{figures.fps(now.display_fps)} FPS",
            "Latency": figures.latency(now.latency_s),
            "Dropped": figures.drops(now.drops),
        }
        for name, text in texts.items():
            self._set(self._values[name], text)

    def text_of(self, name: str) -> str:
        """The figure as shown: `Capture`, `Inference`, `Display`, `Latency` or `Dropped`."""
        return self._values[name].text()

    def _label(self, label: QLabel, name: str) -> QLabel:
        label.setFont(self.font())
        label.setAccessibleName(name)
        return label

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
