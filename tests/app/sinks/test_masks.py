"""MaskSink: exact ids, names that count from 1, nothing overwritten in silence."""

from __future__ import annotations

import errno
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.sinks.masks import MaskSink
from bisenet_viewer.sinks.png import palette_png


@pytest.fixture
def classes() -> ClassSet:
    names = tuple(f"class {i}" for i in range(11))
    return ClassSet("eleven", names, tuple((i * 20, 255 - i * 20, 7) for i in range(11)))


def read_ids(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
    assert frame.format.name == "pal8"
    ids, _palette = frame.to_ndarray()
    return ids


def test_ids_come_back_exactly_and_in_the_palettes_colours(tmp_path, classes, make_result):
    results = [make_result(0), make_result(7, width=33, height=21)]
    with MaskSink(tmp_path / "masks", classes) as sink:
        for result in results:
            sink.write(result)
        assert set(sink.stage_ms) == {"masks"}
    names = sorted(path.name for path in (tmp_path / "masks").iterdir())
    assert names == ["00000001_pred.png", "00000008_pred.png"]
    for result, name in zip(results, names, strict=True):
        path = tmp_path / "masks" / name
        assert np.array_equal(read_ids(path), result.labels)
        shown = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        assert np.array_equal(shown, classes.palette_array()[result.labels])


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (540, 3)])
def test_every_value_survives(tmp_path, shape):
    labels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / "a.png"
    path.write_bytes(palette_png(labels, np.zeros((256, 3), np.uint8)))
    assert np.array_equal(read_ids(path), labels)


@pytest.mark.parametrize(
    ("labels", "palette"),
    [
        (np.zeros((2, 2), np.int64), np.zeros((256, 3), np.uint8)),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((256, 3), np.uint8)),
        (np.zeros((0, 2), np.uint8), np.zeros((256, 3), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((11, 3), np.uint8)),
    ],
)
def test_png_refuses_other_shapes(labels, palette):
    with pytest.raises(ValueError, match="expected"):
        palette_png(labels, palette)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, classes):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(SinkError, match="not empty"):
        MaskSink(tmp_path, classes)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_overwrite_removes_the_masks_of_an_earlier_run_and_nothing_else(tmp_path, classes, make_result):
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "00000099_pred.png").write_bytes(b"old")
    with MaskSink(tmp_path, classes, overwrite=True) as sink:
        sink.write(make_result(0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000001_pred.png", "note.txt"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path, classes):
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="not a folder"):
        MaskSink(tmp_path / "file", classes)
    with pytest.raises(SinkError, match="no such folder"):
        MaskSink(tmp_path / "a" / "b", classes)


def test_full_disk_leaves_no_half_mask(tmp_path, classes, make_result, monkeypatch):
    real = Path.write_bytes

    def half(self, data):
        real(self, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with MaskSink(tmp_path / "masks", classes) as sink:
        sink.write(make_result(0))
        monkeypatch.setattr(Path, "write_bytes", half)
        with pytest.raises(SinkError, match=r"00000002_pred\.png: No space left on device"):
            sink.write(make_result(1))
    assert [path.name for path in (tmp_path / "masks").iterdir()] == ["00000001_pred.png"]
