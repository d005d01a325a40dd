"""CvatSink: an archive that CVAT's reader takes, equal to the labels pixel by pixel."""

from __future__ import annotations

import errno
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.cvat import BACKGROUND, CvatSink, growing_folder, label_colors, voc_colors

FOUR = ClassSet("four", ("road", "night", "sky", "path"), ((128, 64, 128), (0, 0, 0), (70, 130, 180), (128, 64, 128)))
"""One is as black as the background, two have one colour."""
PERSON = ClassSet("person", ("background", "person"), ((0, 0, 0), (220, 20, 60)))


@pytest.fixture
def write(tmp_path, make_result):
    """Writes frames 0 and 7 with these labels, and returns the archive."""

    def run(classes: ClassSet, labels: NDArray[np.uint8], chosen=None) -> Path:
        path = tmp_path / "clip_cvat.zip"
        with CvatSink(path, classes, chosen=chosen) as sink:
            for index in (0, 7):
                height, width = labels.shape
                frame = make_result(index, width=width, height=height).frame
                sink.write(Result(frame, np.roll(labels, index, axis=1), {}))
                assert set(sink.stage_ms) == {"cvat"}
        assert [path.name for path in tmp_path.iterdir()] == ["clip_cvat.zip"]
        return path

    return run


@pytest.fixture
def labels() -> NDArray[np.uint8]:
    """Blocks of the classes 0 to 3 and of the ignored 255; odd sizes."""
    small = np.random.default_rng(3).choice(np.array([0, 1, 2, 3, 255], np.uint8), (9, 11))
    return np.kron(small, np.ones((3, 5), np.uint8))[:-1, :-2].copy()


def read_colors(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    decoded = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)


def read_label_map(archive: zipfile.ZipFile) -> dict[tuple[int, ...], str]:
    lines = archive.read("labelmap.txt").decode().splitlines()
    assert lines[0].startswith("#")
    rows = [line.split(":") for line in lines[1:]]
    assert all(row[2:] == ["", ""] for row in rows)
    named = {tuple(int(part) for part in row[1].split(",")): row[0] for row in rows}
    assert len(named) == len(rows), "each label has a colour of its own"
    return named


def test_the_archive_has_cvats_layout_and_the_labels_colours(write, labels):
    with zipfile.ZipFile(write(FOUR, labels)) as archive:
        assert archive.testzip() is None
        folders = ("SegmentationClass", "SegmentationObject")
        pictures = {f"{folder}/frame_{index:06d}.png" for folder in folders for index in (0, 7)}
        assert set(archive.namelist()) == pictures | {"labelmap.txt", "ImageSets/Segmentation/default.txt"}
        assert archive.read("ImageSets/Segmentation/default.txt") == b"frame_000000\nframe_000007\n"
        named = read_label_map(archive)
        assert list(named.values()) == [BACKGROUND, *FOUR.names]
        for index in (0, 7):
            colors = read_colors(archive, f"SegmentationClass/frame_{index:06d}.png")
            names = np.array([[named[tuple(pixel)] for pixel in row] for row in colors.tolist()])
            expected = np.array([*FOUR.names, BACKGROUND])[np.minimum(np.roll(labels, index, axis=1), 4)]
            assert np.array_equal(names, expected)


def test_only_the_chosen_classes_are_exported(write, labels):
    with zipfile.ZipFile(write(FOUR, labels, chosen=(2,))) as archive:
        colors = read_colors(archive, "SegmentationClass/frame_000000.png")
        objects = read_colors(archive, "SegmentationObject/frame_000000.png")
    assert np.array_equal((colors == (70, 130, 180)).all(axis=2), labels == 2)
    assert np.array_equal(colors.any(axis=2), labels == 2)
    assert np.array_equal(objects.any(axis=2), labels == 2)


def test_a_background_of_the_models_own_is_cvats(write, labels):
    with zipfile.ZipFile(write(PERSON, np.minimum(labels, 1))) as archive:
        assert list(read_label_map(archive).values()) == ["background", "person"]
        colors = read_colors(archive, "SegmentationClass/frame_000000.png")
    assert np.array_equal((colors == (220, 20, 60)).all(axis=2), np.minimum(labels, 1) == 1)


def test_datumaro_reads_the_same_labels(tmp_path, write, labels):
    dm = pytest.importorskip("datumaro", reason="needs datumaro")
    with zipfile.ZipFile(write(FOUR, labels)) as archive:
        archive.extractall(tmp_path / "unpacked")
    dataset = dm.Dataset.import_from(str(tmp_path / "unpacked"), "voc_segmentation")
    names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
    assert set(FOUR.names) <= set(names)
    items = {item.id: item for item in dataset}
    assert set(items) == {"frame_000000", "frame_000007"}
    for index in (0, 7):
        read = np.full(labels.shape, 255, np.uint8)
        for mask in items[f"frame_{index:06d}"].annotations:
            assert names[mask.label] != BACKGROUND, "CVAT knows no label of that name unless the task has one"
            read[np.asarray(mask.image) > 0] = FOUR.names.index(names[mask.label])
        assert np.array_equal(read, np.roll(labels, index, axis=1))


def test_colours_are_those_of_voc():
    assert voc_colors()[:4].tolist() == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]]
    assert len({tuple(color) for color in voc_colors().tolist()}) == 256
    colors = label_colors(FOUR, [BACKGROUND, *FOUR.names])
    assert colors[1] == (128, 64, 128)
    assert colors[3] == (70, 130, 180)
    assert len(set(colors)) == 5


def test_an_interruption_leaves_a_folder_that_can_be_packed(tmp_path, make_result):
    told: list[str] = []
    eleven = ClassSet("eleven", tuple("abcdefghijk"), tuple((i, 9, 9) for i in range(11)))
    sink = CvatSink(tmp_path / "a.zip", eleven, say=told.append)
    sink.write(make_result(0))
    sink.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    folder = growing_folder(tmp_path / "a.zip")
    assert told == [f"what was written is kept in {folder}"]
    assert (folder / "ImageSets/Segmentation/default.txt").read_text() == "frame_000000\n"
    assert (folder / "SegmentationClass/frame_000000.png").exists()
    with pytest.raises(SinkError, match="left from an interrupted run"):
        CvatSink(tmp_path / "a.zip", PERSON)
    with CvatSink(tmp_path / "a.zip", PERSON, overwrite=True) as sink:
        sink.write(make_result(3))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("ImageSets/Segmentation/default.txt") == b"frame_000003\n"


def test_an_interruption_before_the_first_frame_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), CvatSink(tmp_path / "a.zip", PERSON):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_end_keeps_the_pictures(tmp_path, make_result, monkeypatch):
    def full(*_what, **_how):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with (
        pytest.raises(SinkError, match=r"No space left on device; the pictures are in .*a\.partial"),
        CvatSink(tmp_path / "a.zip", PERSON) as sink,
    ):
        sink.write(make_result(0))
    assert [path.name for path in tmp_path.iterdir()] == ["a.partial"]


def test_an_archive_that_exists_stays(tmp_path, make_result):
    (tmp_path / "a.zip").write_bytes(b"precious")
    with pytest.raises(SinkError, match="exists"):
        CvatSink(tmp_path / "a.zip", PERSON)
    sink = CvatSink(tmp_path / "b.zip", PERSON)
    sink.write(make_result(0))
    (tmp_path / "b.zip").write_bytes(b"precious")
    with pytest.raises(SinkError, match="has come to exist"):
        sink.close()
    assert (tmp_path / "b.zip").read_bytes() == b"precious"


def test_a_name_that_a_label_map_cannot_hold_is_told(tmp_path):
    with pytest.raises(SinkError, match="'a:b': rename"):
        CvatSink(tmp_path / "a.zip", ClassSet("x", ("a:b",), ((1, 2, 3),)))
    assert list(tmp_path.iterdir()) == []
