"""The dialogs that ask for files and folders. What plays goes on behind them."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from bisenet_viewer.gui.texts import opening as texts


class FileDialogs(QObject):
    """One dialog of each kind, which is a child of the window, and not modal."""

    chosen = pyqtSignal(str)
    """One file, or a folder."""
    several_chosen = pyqtSignal(tuple)
    """More than one file."""
    folder_changed = pyqtSignal(str)
    """Something was chosen in another folder than the last time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._folder = ""
        self._files: QFileDialog | None = None
        self._folders: QFileDialog | None = None

    @property
    def folder(self) -> str:
        """Where the dialogs begin; empty for where Qt would."""
        return self._folder

    def set_folder(self, folder: str) -> None:
        """Begin there from now on; a folder that is gone is passed over when a dialog opens."""
        self._folder = folder

    def ask_for_file(self) -> None:
        """Show the dialog for one or several files."""
        if self._files is None:
            self._files = QFileDialog(self._window, texts.OPEN_FILE_TITLE)
            self._files.setFileMode(QFileDialog.FileMode.ExistingFiles)
            self._files.setNameFilters(file_filters())
            self._files.filesSelected.connect(self._take)
        self._show(self._files)

    def ask_for_folder(self) -> None:
        """Show the dialog for a folder."""
        if self._folders is None:
            self._folders = QFileDialog(self._window, texts.OPEN_FOLDER_TITLE)
            self._folders.setFileMode(QFileDialog.FileMode.Directory)
            self._folders.setOption(QFileDialog.Option.ShowDirsOnly)
            self._folders.filesSelected.connect(self._take)
        self._show(self._folders)

    def _show(self, dialog: QFileDialog) -> None:
        if dialog.isVisible():
            dialog.raise_()
            dialog.activateWindow()
            return
        if self._folder and Path(self._folder).is_dir():
            dialog.setDirectory(self._folder)
        dialog.setModal(False)
        dialog.show()

    def _take(self, files: list[str]) -> None:
        if not files:
            return
        folder = str(Path(files[0]).parent)
        if folder != self._folder:
            self._folder = folder
            self.folder_changed.emit(folder)
        if len(files) == 1:
            self.chosen.emit(files[0])
        else:
            self.several_chosen.emit(tuple(files))


def file_filters() -> list[str]:
    """What the dialog can be narrowed to: all that can be played first, everything last."""
    from bisenet_viewer.sources.listing import PICTURES, VIDEOS

    lists = frozenset({".txt"})
    kinds = (
        (texts.FILTER_ALL_KINDS, VIDEOS | PICTURES | lists),
        (texts.FILTER_VIDEOS, VIDEOS),
        (texts.FILTER_PICTURES, PICTURES),
        (texts.FILTER_LISTS, lists),
    )
    filters = [f"{name} ({' '.join(f'*{suffix}' for suffix in sorted(suffixes))})" for name, suffixes in kinds]
    return [*filters, f"{texts.FILTER_ANY} (*)"]
