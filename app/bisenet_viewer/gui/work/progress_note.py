"""`ProgressNote`: how far an export is, with a way to stop it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QProgressBar, QWidget

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.link_button import LinkButton
from bisenet_viewer.gui.work.mask_export import Progress
from bisenet_viewer.gui.work.note import Note

_BAR_WIDTH = 90
_STEPS = 1000


class ProgressNote(Note):
    """Stays until there is no progress any more."""

    cancel_wanted = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setAccessibleName(texts.EXPORTING)
        self.cancel_button = LinkButton(texts.CANCEL)
        self.cancel_button.setToolTip(texts.CANCEL_EXPORT)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.row.addWidget(self.bar)
        self.row.addWidget(self.cancel_button)
        self.hide()

    def set_progress(self, progress: Progress | None) -> None:
        """None hides the note."""
        if progress is not None:
            self.label.setText(texts.exporting(progress.done, progress.expected))
            self.setAccessibleName(texts.EXPORTING)
            is_unknown = progress.part is None or progress.done == 0
            self.bar.setRange(0, 0 if is_unknown else _STEPS)
            if progress.part is not None:
                self.bar.setValue(round(progress.part * _STEPS))
        self.setVisible(progress is not None)
