"""The dialogs for files and folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.app.gui.opening.conftest import Show

from bisenet_viewer.gui.opening.dialogs import FileDialogs, file_filters


@pytest.fixture(autouse=True)
def _qt_dialogs(qapp: QApplication) -> Iterator[None]:
    """Qt's own, which a test can operate."""
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    yield
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


def dialog_of(window: QWidget) -> QFileDialog:
    return next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())


def accept(qtbot: QtBot, dialog: QFileDialog, name: str) -> None:
    """Type a name and press the button, as a person does."""
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(name)
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    button = box.buttons()[0]
    qtbot.waitUntil(button.isEnabled)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_file_is_chosen_and_the_folder_remembered(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"x")
    window = QWidget()
    show(window)
    dialogs = FileDialogs(window)
    dialogs.set_folder(str(tmp_path))
    dialogs.ask_for_file()
    dialog = dialog_of(window)
    assert not dialog.isModal()
    assert Path(dialog.directory().absolutePath()) == tmp_path
    with qtbot.waitSignal(dialogs.chosen) as told, qtbot.assertNotEmitted(dialogs.folder_changed):
        accept(qtbot, dialog, "clip.mp4")
    assert told.args == [str(tmp_path / "clip.mp4")]
    assert dialogs.folder == str(tmp_path)


def test_several_files(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(b"x")
    window = QWidget()
    show(window)
    dialogs = FileDialogs(window)
    dialogs.set_folder(str(tmp_path / "gone"))
    dialogs.ask_for_file()
    dialog = dialog_of(window)
    dialog.setDirectory(str(tmp_path))
    with qtbot.waitSignals([dialogs.several_chosen, dialogs.folder_changed]) as told:
        accept(qtbot, dialog, '"a.mp4" "b.mp4"')
    several = next(each.args[0] for each in told.all_signals_and_args if "several" in each.signal_name)
    assert several == (str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4"))
    assert dialogs.folder == str(tmp_path)


def test_a_folder(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    window = QWidget()
    show(window)
    dialogs = FileDialogs(window)
    dialogs.set_folder(str(tmp_path))
    dialogs.ask_for_folder()
    with qtbot.waitSignal(dialogs.chosen) as told:
        accept(qtbot, dialog_of(window), "clips")
    assert told.args == [str(tmp_path / "clips")]
    assert dialogs.folder == str(tmp_path)


def test_filters_narrow_to_what_can_be_played() -> None:
    filters = file_filters()
    assert [text.partition(" (")[0] for text in filters] == [
        "Videos, pictures and lists",
        "Videos",
        "Pictures",
        "Lists of files",
        "All files",
    ]
    assert "*.mkv" in filters[1]
    assert "*.png" in filters[2]
    assert "*.png" not in filters[1]
    assert all(f"*.{suffix}" in filters[0] for suffix in ("mkv", "png", "txt"))
