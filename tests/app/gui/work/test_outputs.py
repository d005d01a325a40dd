"""All parts together: what was saved is told, with a way to it, and closing ends everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QStandardPaths, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget
from tests.app.gui.work.conftest import CLASSES, INFO, make_result, names

from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.work.folders import flag_folder, recording_folder, snapshot_folder
from bisenet_viewer.gui.work.outputs import Outputs
from bisenet_viewer.overlay import OverlayStyle
from bisenet_viewer.settings import Settings


@pytest.fixture
def outputs(qtbot, tmp_path):
    video = QWidget()
    video.resize(640, 360)
    qtbot.addWidget(video)
    with qtbot.waitExposed(video):
        video.show()
    folders = {f"{kind}_folder": str(tmp_path / kind) for kind in ("snapshot", "recording", "flag")}
    made = Outputs(video, Settings(**folders))
    yield made
    made.close()


def told(outputs: Outputs) -> list[str]:
    return [toast.label.text() for toast in outputs.toasts.shown]


def test_each_thing_that_was_saved_is_told(qtbot, outputs):
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    outputs.snapshots.save(lambda: image, "clip.mp4", 1.5)
    qtbot.waitUntil(lambda: told(outputs) == ["Saved clip_000001.500.png"])
    outputs.toggle_recording(INFO, "clip.mp4")
    outputs.recorder.add(make_result(0), OverlayStyle.of(CLASSES))
    with qtbot.waitSignal(outputs.recorder.saved) as saved:
        outputs.toggle_recording(INFO, "clip.mp4")
    assert told(outputs)[-1] == f"Saved {Path(saved.args[0]).name}"
    outputs.flag(make_result(0), CLASSES, "clip.mp4", live=False)
    qtbot.waitUntil(lambda: told(outputs)[-1] == "Flagged; 1 frame in flag")
    outputs.copy(image)
    assert told(outputs)[-1] == "Copied the picture"


def test_where_there_is_no_picture_yet_that_is_told(outputs):
    outputs.toggle_recording(None, "clip.mp4")
    outputs.copy(QImage())
    assert told(outputs) == ["There is no picture to save yet", "There is no picture to copy yet"]
    outputs.flag(None, None, "clip.mp4", live=False)
    assert told(outputs)[-1] == "There is no frame to flag yet"
    assert not outputs.recorder.recording


def test_the_link_leads_to_the_folder(qtbot, outputs, monkeypatch, tmp_path):
    opened: list[str] = []
    monkeypatch.setattr(
        "bisenet_viewer.gui.work.folders.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile())
    )
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    outputs.snapshots.save(lambda: image, "clip.mp4", 1.5)
    qtbot.waitUntil(lambda: bool(told(outputs)))
    link = outputs.toasts.shown[0].link
    assert link is not None
    assert link.text() == "Show in folder"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path / "snapshot")]


def test_a_flag_is_taken_back_from_its_note(qtbot, outputs, tmp_path):
    outputs.flags.flag(make_result(0), CLASSES, "clip.mp4", live=False)
    qtbot.waitUntil(lambda: bool(told(outputs)))
    link = outputs.toasts.shown[0].link
    assert link is not None
    assert link.text() == "Undo"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(told(outputs)))
    assert told(outputs)[0].endswith("is not flagged any more")
    assert names(tmp_path / "flag") == ["classes.yaml"]


def test_faults_are_told_without_a_link(outputs):
    outputs.mask_export.start(Request("clip.mp4", "m"), None, INFO, (None, None))
    assert told(outputs) == ["Mark the span to export first: L where it begins, L where it ends"]
    assert outputs.toasts.shown[0].link is None


def test_an_export_shows_how_far_it_is_until_it_is_cancelled(qtbot, outputs, tmp_path):
    started = tmp_path / "started"
    body = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)"
    outputs.mask_export._command = [sys.executable, "-c", body]
    span = Request("clip.mp4", "m"), None, INFO, (1.0, 2.0)
    outputs.toggle_export(*span)
    assert outputs.progress_note.isVisible()
    assert outputs.progress_note.label.text() == "Exporting masks: loading the model"
    qtbot.waitUntil(started.exists)
    qtbot.mouseClick(outputs.progress_note.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not outputs.progress_note.isVisible())
    assert told(outputs) == ["The export was cancelled before the first mask"]
    outputs.toasts.clear()
    outputs.toggle_export(*span)
    outputs.toggle_export(*span)
    qtbot.waitUntil(lambda: told(outputs) == ["The export was cancelled before the first mask"])


def test_closing_in_the_middle_leaves_whole_files(outputs, tmp_path):
    outputs.recorder.start(INFO, "clip.mp4")
    for k in range(10):
        outputs.recorder.add(make_result(k), OverlayStyle.of(CLASSES))
    outputs.flags.flag(make_result(0), CLASSES, "clip.mp4", live=False)
    outputs.close()
    assert [Path(name).suffix for name in names(tmp_path / "recording")] == [".mp4"]
    assert not names(tmp_path / "recording")[0].endswith(".partial.mp4")
    assert len(names(tmp_path / "flag")) == 3


def test_other_folders_count_from_the_next_file_on(qtbot, outputs, tmp_path):
    outputs.set_folders(Settings(snapshot_folder=str(tmp_path / "other"), flag_folder=str(tmp_path / "flags2")))
    assert outputs.snapshots.folder == outputs.mask_export.folder == tmp_path / "other"
    outputs.flags.flag(make_result(0), CLASSES, "clip.mp4", live=False)
    qtbot.waitUntil(lambda: told(outputs) == ["Flagged; 1 frame in flags2"])


def test_the_usual_folders():
    pictures = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    assert snapshot_folder() == pictures / "bisenet-viewer"
    assert recording_folder().name == "bisenet-viewer"
    assert flag_folder() == Path.home() / "bisenet-viewer" / "flagged"
    assert flag_folder("~/mine") == Path.home() / "mine"


def test_the_window_waits_for_no_heavy_import():
    code = (
        "import sys, bisenet_viewer.gui.work.outputs, bisenet_viewer.gui.work.settings_store, "
        "bisenet_viewer.gui.work.history; "
        "print(sorted({'av', 'cv2', 'numpy', 'torch', 'numba', 'yaml'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
