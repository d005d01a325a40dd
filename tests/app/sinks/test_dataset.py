"""DatasetSink: what it writes is what the library reads, and half a pair is never there."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bisenet.classes import load_classes
from bisenet.data import open_dataset
from bisenet.data.check import check
from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.dataset import DatasetSink

CLASSES = load_classes("camvid11")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def sure_result(make_result):
    """Results with a confidence that grows from left to right, 0 to 252."""

    def make(index: int = 0):
        confidence = np.broadcast_to(np.arange(64, dtype=np.uint8) * 4, (48, 64)).copy()
        return replace(make_result(index), confidence=confidence)

    return make


def test_the_library_reads_pictures_and_classes_of_what_is_certain(tmp_path, sure_result):
    result = sure_result(4)
    with DatasetSink(tmp_path / "d", "clip [1]", CLASSES, certain=0.5) as sink:
        sink.write(result)
        assert set(sink.stage_ms) == {"dataset"}
    assert files(tmp_path / "d") == ["classes.yaml", "images/clip [1]_00000005.jpg", "masks/clip [1]_00000005.png"]
    data = open_dataset(f"folder:{tmp_path / 'd'}", "train", CLASSES)
    assert len(data) == 1
    picture, labels = data.read(0)
    certain = np.broadcast_to(np.arange(64) * 4 >= 128, (48, 64))
    assert np.array_equal(labels, np.where(certain, result.labels, CLASSES.ignore_id))
    assert np.abs(picture.astype(int) - result.frame.rgb).max() <= 3  # JPEG
    assert not check(f"folder:{tmp_path / 'd'}").faults


def test_at_zero_every_pixel_has_its_class(tmp_path, sure_result):
    with DatasetSink(tmp_path / "d", "clip", CLASSES) as sink:
        sink.write(sure_result(0))
    _, labels = open_dataset(f"folder:{tmp_path / 'd'}", "train", CLASSES).read(0)
    assert np.array_equal(labels, sure_result(0).labels)


def test_a_result_without_confidence_is_a_bug(tmp_path, make_result):
    with DatasetSink(tmp_path / "d", "clip", CLASSES) as sink, pytest.raises(ValueError, match="with confidence"):
        sink.write(make_result(0))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(SinkError, match="not empty"):
        DatasetSink(tmp_path, "clip", CLASSES)
    assert files(tmp_path) == ["note.txt"]


def test_overwrite_replaces_the_pictures_of_that_name_alone(tmp_path, sure_result):
    with DatasetSink(tmp_path / "d", "clip", CLASSES) as sink:
        sink.write(sure_result(0))
        sink.write(sure_result(9))
    (tmp_path / "d/images/other_00000001.jpg").write_bytes(b"mine")
    (tmp_path / "d/images/clip_notes.jpg").write_bytes(b"mine")
    with DatasetSink(tmp_path / "d", "clip", CLASSES, overwrite=True) as sink:
        sink.write(sure_result(1))
    assert files(tmp_path / "d") == [
        "classes.yaml",
        "images/clip_00000002.jpg",
        "images/clip_notes.jpg",
        "images/other_00000001.jpg",
        "masks/clip_00000002.png",
    ]


def test_full_disk_leaves_no_mask_without_its_picture(tmp_path, sure_result, monkeypatch):
    real = Path.write_bytes

    def full_for_pictures(self, data):
        if ".jpg" in self.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, data)

    with DatasetSink(tmp_path / "d", "clip", CLASSES) as sink:
        sink.write(sure_result(0))
        monkeypatch.setattr(Path, "write_bytes", full_for_pictures)
        with pytest.raises(SinkError, match=r"clip_00000002\.jpg: No space left on device"):
            sink.write(sure_result(1))
    assert files(tmp_path / "d") == ["classes.yaml", "images/clip_00000001.jpg", "masks/clip_00000001.png"]
