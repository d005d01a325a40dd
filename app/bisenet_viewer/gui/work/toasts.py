"""`Toasts`: the notes at the lower left of the video, the newest at the bottom."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QWidget

from bisenet_viewer.gui.work.note import Note
from bisenet_viewer.gui.work.toast import Action, Toast

MOST = 2
"""Seen at once; the oldest makes room."""
_MARGIN = 12
_GAP = 8


class Toasts(QObject):
    """Puts notes over a widget and keeps them in its corner while it changes its size."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._shown: list[Toast] = []
        self._pinned: Note | None = None
        over.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        """The oldest first."""
        return tuple(self._shown)

    def tell(self, text: str, action: Action | None = None) -> None:
        """Show a note; one that says the same already makes room for it."""
        for old in [each for each in self._shown if each.label.text() == text]:
            old.dismiss()
        while len(self._shown) >= MOST:
            self._shown[0].dismiss()
        toast = Toast(text, action, self._over)
        toast.gone.connect(lambda: self._forget(toast))
        self._shown.append(toast)
        self.place()
        toast.show()
        toast.raise_()
        # Screen readers are told when the name of something that is seen changes.
        toast.setAccessibleName(text)
        toast.linger()

    def pin(self, note: Note) -> None:
        """Keep a note below the others for as long as it is visible; `place` brings changes of it into order."""
        self._pinned = note
        self.place()

    def clear(self) -> None:
        """Take all notes away but the pinned one."""
        for toast in self.shown:
            toast.dismiss()

    def place(self) -> None:
        """Put all where they belong."""
        notes: list[Note] = [*self._shown]
        if self._pinned is not None and not self._pinned.isHidden():
            notes.append(self._pinned)
        bottom = self._over.height() - _MARGIN
        for note in reversed(notes):
            note.fit_into(self._over.width() - 2 * _MARGIN)
            note.move(_MARGIN, bottom - note.height())
            bottom -= note.height() + _GAP

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is self._over and event is not None and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def _forget(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.deleteLater()
            self.place()
