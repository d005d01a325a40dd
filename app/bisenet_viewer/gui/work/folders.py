"""Where what is saved goes unless the person says otherwise."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QStandardPaths, QUrl
from PyQt6.QtGui import QDesktopServices

_NAME = "bisenet-viewer"


def snapshot_folder(chosen: str = "") -> Path:
    """What was chosen, else a folder of ours among the person's pictures."""
    return _chosen_or(chosen, QStandardPaths.StandardLocation.PicturesLocation)


def recording_folder(chosen: str = "") -> Path:
    """What was chosen, else a folder of ours among the person's videos."""
    return _chosen_or(chosen, QStandardPaths.StandardLocation.MoviesLocation)


def flag_folder(chosen: str = "") -> Path:
    """What was chosen, else `~/bisenet-viewer/flagged`."""
    return Path(chosen).expanduser() if chosen else Path.home() / _NAME / "flagged"


def show_folder(path: Path) -> None:
    """Open the folder of a file, or a folder itself, in the desktop's file manager."""
    folder = path if path.is_dir() else path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _chosen_or(chosen: str, place: QStandardPaths.StandardLocation) -> Path:
    if chosen:
        return Path(chosen).expanduser()
    return Path(QStandardPaths.writableLocation(place) or Path.home()) / _NAME
