"""`ProgressNote`: how far an export is, with a way to stop it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.texts import work as texts
from bisenet_viewer.gui.work.link_button import LinkButton
from bisenet_viewer.gui.work.mask_export import Progress
from bisenet_viewer.gui.work.note import Note
from bisenet_viewer.gui.work.thin_bar import ThinBar

_STEPS = 1000


class ProgressNote(Note):
    """Stays until there is no progress any more."""

    cancel_wanted = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.bar = ThinBar()
        self.bar.setRange(0, _STEPS)
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
            self.bar.setValue(round((progress.part or 0.0) * _STEPS))
            self.bar.setVisible(progress.part is not None and progress.done > 0)
        self.setVisible(progress is not None)
