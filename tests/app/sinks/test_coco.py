"""CocoSink: connected regions as run lengths that give the labels back, pixel by pixel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet
from bisenet_viewer.errors import SinkError
from bisenet_viewer.frame import Result
from bisenet_viewer.sinks.coco import CocoSink
from bisenet_viewer.sinks.rle import regions
from bisenet_viewer.sinks.target import partial_path

SIX = ClassSet("six", tuple("abcdef"), tuple((i * 40, 10, 10) for i in range(6)))


def blocks(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Patches of the classes 0 to 5, with dots of the ignored 255."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 6, (-(-height // 4), -(-width // 4)), dtype=np.uint8)
    labels = np.kron(small, np.ones((4, 4), np.uint8))[:height, :width].copy()
    labels[rng.random((height, width)) < 0.05] = 255
    return labels


def decoded(counts: str, height: int, width: int) -> NDArray[np.uint8]:
    """A reader of COCO's compressed run lengths, written after maskApi.c's rleFrString."""
    runs: list[int] = []
    at = 0
    while at < len(counts):
        value, shift, more = 0, 0, True
        while more:
            character = ord(counts[at]) - 48
            value |= (character & 0x1F) << 5 * shift
            more = bool(character & 0x20)
            at, shift = at + 1, shift + 1
            if not more and character & 0x10:
                value |= -1 << 5 * shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
    assert sum(runs) == height * width
    ones = np.arange(len(runs)) % 2
    return np.repeat(ones, runs).reshape(width, height).T.astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (48, 64), (33, 21), (130, 90)])
def test_regions_give_the_labels_back(shape):
    labels = blocks(*shape)
    read = np.full(shape, 255, np.uint8)
    found = list(regions(labels, range(6)))
    assert [region.class_id for region in found] == sorted(region.class_id for region in found)
    for region in found:
        mask = decoded(region.counts, *shape)
        ys, xs = np.nonzero(mask)
        box = (xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1)
        assert (region.area, region.box) == (mask.sum(), box)
        assert (read[mask > 0] == 255).all(), "no pixel is in two regions"
        read[mask > 0] = region.class_id
    assert np.array_equal(read, labels)


def test_a_region_is_what_touches_at_edges_or_corners():
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0]], np.uint8)
    found = list(regions(labels, (1,)))
    assert [(region.area, region.box) for region in found] == [(2, (0, 0, 2, 2)), (2, (3, 0, 1, 2))]


def test_a_picture_without_a_wanted_class_has_no_region():
    assert list(regions(np.full((4, 4), 255, np.uint8), range(6))) == []
    assert list(regions(np.zeros((4, 4), np.uint8), (3,))) == []


@pytest.fixture
def write(tmp_path, make_result):
    """Writes frames 0, 5 and 9 and returns the file; frame 5 has no class at all."""

    def run(chosen=None) -> Path:
        path = tmp_path / "clip_coco.json"
        with CocoSink(path, SIX, chosen=chosen) as sink:
            for index, labels in pictures().items():
                sink.write(Result(make_result(index, width=64, height=48).frame, labels, {}))
                assert set(sink.stage_ms) == {"coco"}
        assert [path.name for path in tmp_path.iterdir()] == ["clip_coco.json"]
        return path

    return run


def pictures() -> dict[int, NDArray[np.uint8]]:
    return {0: blocks(48, 64), 5: np.full((48, 64), 255, np.uint8), 9: blocks(48, 64, seed=1)}


def check(data: dict[str, Any], chosen: tuple[int, ...]) -> None:
    assert data["categories"] == [{"id": i + 1, "name": SIX.names[i], "supercategory": ""} for i in chosen]
    assert [image["file_name"] for image in data["images"]] == [f"frame_{i:06d}.png" for i in (0, 5, 9)]
    assert [annotation["id"] for annotation in data["annotations"]] == list(range(1, len(data["annotations"]) + 1))
    for image, labels in zip(data["images"], pictures().values(), strict=True):
        read = np.full(labels.shape, 255, np.uint8)
        for annotation in data["annotations"]:
            if annotation["image_id"] == image["id"]:
                assert annotation["iscrowd"] == 0
                mask = decoded(annotation["segmentation"]["counts"], *annotation["segmentation"]["size"])
                read[mask > 0] = annotation["category_id"] - 1
        assert np.array_equal(read, np.where(np.isin(labels, chosen), labels, 255))


@pytest.mark.parametrize("chosen", [None, (1, 4)])
def test_annotations_give_the_labels_back(write, chosen):
    check(json.loads(write(chosen).read_text()), chosen or tuple(range(6)))


def test_pycocotools_reads_the_same_labels(write, capsys):
    coco_api = pytest.importorskip("pycocotools.coco", reason="needs pycocotools")
    data = coco_api.COCO(str(write()))
    capsys.readouterr()
    for image_id, labels in zip(sorted(data.imgs), pictures().values(), strict=True):
        read = np.full(labels.shape, 255, np.uint8)
        for annotation in data.loadAnns(data.getAnnIds(imgIds=image_id)):
            mask = data.annToMask(annotation)
            assert mask.sum() == annotation["area"]
            read[mask > 0] = annotation["category_id"] - 1
        assert np.array_equal(read, labels)


def test_datumaro_reads_the_same_labels(tmp_path, write):
    dm = pytest.importorskip("datumaro", reason="needs datumaro")
    path = write()
    (tmp_path / "set/annotations").mkdir(parents=True)
    (tmp_path / "set/images").mkdir()  # it looks for the pictures, and takes none
    path.rename(tmp_path / "set/annotations/instances_default.json")
    dataset = dm.Dataset.import_from(str(tmp_path / "set"), "coco_instances")
    names = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
    items = {item.id: item for item in dataset}
    for index, labels in pictures().items():
        read = np.full(labels.shape, 255, np.uint8)
        for mask in items[f"frame_{index:06d}"].annotations:
            if mask.type == dm.AnnotationType.bbox:  # it makes one of each annotation's box
                continue
            read[np.asarray(mask.image) > 0] = SIX.names.index(names[mask.label])
        assert np.array_equal(read, labels)


def test_an_interruption_leaves_a_file_that_can_be_read(tmp_path, make_result):
    told: list[str] = []
    sink = CocoSink(tmp_path / "a.json", SIX, say=told.append)
    sink.write(make_result(0))
    sink.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    partial = partial_path(tmp_path / "a.json")
    assert told == [f"what was written is kept in {partial}"]
    assert len(json.loads(partial.read_text())["images"]) == 1
    with pytest.raises(SinkError, match="interrupted run"):
        CocoSink(tmp_path / "a.json", SIX)


def test_an_interruption_before_the_first_frame_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), CocoSink(tmp_path / "a.json", SIX):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.txt", "no/a.json"])
def test_bad_targets_are_found_before_the_work(tmp_path, name):
    with pytest.raises(SinkError, match=r"use \.json|no such folder"):
        CocoSink(tmp_path / name, SIX)
