"""Reports and pictures of an evaluation: what stands in them, and that files appear whole."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.classes import ClassSet, load_classes
from bisenet.engines import EngineInfo
from bisenet.evaluation.boundary import BoundaryScores
from bisenet.evaluation.confusion_picture import confusion_picture
from bisenet.evaluation.drawing import draw_text, png, shortened, text_width, write_whole
from bisenet.evaluation.metrics import Evaluation
from bisenet.evaluation.protocol import PROTOCOLS
from bisenet.evaluation.report import Conditions, Report
from bisenet.evaluation.worst import WorstPictures, worst_sheet

CLASSES = ClassSet("two", ("road", "car"), ((10, 20, 30), (200, 0, 0)))
CONFUSION = np.array([[30, 10], [0, 60]])


def conditions(seconds: float = 2.5) -> Conditions:
    engine = EngineInfo("torch", "street", "cpu", "a processor", "f32")
    return Conditions("camvid/val", PROTOCOLS["v1"], engine, seconds)


@pytest.fixture
def report() -> Report:
    boundary = BoundaryScores(np.array([0.5, np.nan]), 0.0075)
    evaluation = Evaluation(CLASSES, CONFUSION, 2, boundary=boundary)
    return Report(evaluation, conditions(), (("a.png", 0.5), ("b.png", float("nan"))), ())


def test_json_holds_all_of_it(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.json"
    report.write_json(path)
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert plain["model"] == "street"
    assert plain["data"] == "camvid/val"
    assert plain["protocol"] == {"name": "v1", "share": 0.75}
    assert plain["engine"] == {"name": "torch", "device": "cpu", "device_name": "a processor", "precision": "f32"}
    assert plain["seconds"] == 2.5
    assert plain["pictures"] == 2
    assert plain["miou"] == pytest.approx((30 / 40 + 60 / 70) / 2, abs=1e-6)
    assert plain["precision"] == {"road": 1.0, "car": pytest.approx(60 / 70, abs=1e-6)}
    assert plain["boundary_f1"] == {"mean": 0.5, "tolerance": 0.0075, "classes": {"road": 0.5, "car": None}}
    assert plain["scores"] == {"a.png": 0.5, "b.png": None}
    assert plain["classes"] == ["road", "car"]
    assert plain["confusion"] == CONFUSION.tolist()
    assert list(path.parent.iterdir()) == [path]


def test_markdown_has_a_row_per_class(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    report.write_markdown(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# street on camvid/val"
    assert "| class | IoU | recall | precision | boundary F1 |" in lines
    assert "| road | 0.7500 | 0.7500 | 1.0000 | 0.5000 |" in lines
    assert "| car | 0.8571 | 1.0000 | 0.8571 | - |" in lines
    assert "| mIoU | 0.8036 |" in lines
    assert "| boundary F1 | 0.5000 |" in lines
    assert any("v1 (at 0.75 of the picture's size). 2 pictures in 2.5 s" in line for line in lines)


def test_markdown_names_the_classes_of_the_means() -> None:
    some = Report(Evaluation(CLASSES, CONFUSION, 1, only=("car",)), conditions(), ())
    assert "Means are over car." in some.markdown()
    assert "| mIoU of 1 classes | 0.8571 |" in some.markdown()


def test_text_begins_with_the_conditions(report: Report) -> None:
    first, *rest = report.text().splitlines()
    assert first == "street on camvid/val, v1 (at 0.75 of the picture's size), torch cpu f32, 2 pictures"
    assert "\n".join(rest) == report.evaluation.table()


def test_time_alone_makes_no_difference() -> None:
    assert conditions(1.0) == conditions(2.0)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(file: Path, content: bytes) -> int:
        with file.open("wb") as stream:
            stream.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_pictures_are_png_files_in_rgb(report: Report, tmp_path: Path) -> None:
    worst = WorstPictures(CLASSES, 1)
    worst.add("a.png", 0.5, np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8), np.ones((8, 8), np.uint8))
    with_worst = Report(report.evaluation, report.conditions, report.scores, worst.pictures())
    assert report.write_pictures(tmp_path / "one") == [tmp_path / "one" / "confusion.png"]
    paths = with_worst.write_pictures(tmp_path / "two")
    assert [path.name for path in paths] == ["confusion.png", "worst.png"]
    sheet = cv2.imread(str(paths[1]))
    assert sheet is not None
    # The prediction is all car, (200, 0, 0), which OpenCV reads as blue, green, red.
    assert (sheet == (0, 0, 200)).all(axis=2).sum() >= 360 * 360


@pytest.mark.parametrize("name", ["camvid11", "ade20k150", "cocostuff171"])
def test_a_confusion_picture_for_any_number_of_classes(name: str) -> None:
    classes = load_classes(name)
    count = len(classes)
    confusion = np.diag(np.full(count, 100))
    confusion[3] = 0
    confusion[0, 1] = 300
    confusion[2, 0] = 1
    picture = confusion_picture(Evaluation(classes, confusion, 1), "a title")
    assert picture.dtype == np.uint8
    cell = 26 if count > 30 else 46
    left, top = _grid_of(picture, count * cell)
    cells = picture[top : top + count * cell, left : left + count * cell].reshape(count, cell, count, cell, 3)
    colors = cells[:, 3, :, 3]  # beside the letters and the lines
    assert (colors[3] == 225).all()
    red, green, blue = colors[0, 1].astype(int)
    assert red > green + 50
    assert red > blue + 50
    red, green, blue = colors[4, 4].astype(int)
    assert green > red + 50
    assert (colors[5, 6] == 255).all()
    # Only what has a figure has letters in it.
    dark = (cells.min(axis=(1, 3, 4)) < 100).astype(int)
    assert dark[0, 1] == 1
    assert dark[5].sum() == 1


def test_names_of_columns_begin_at_their_column() -> None:
    classes = ClassSet("two", ("i", "long name"), ((0, 0, 0),) * 2)
    picture = confusion_picture(Evaluation(classes, CONFUSION, 1))
    left, top = _grid_of(picture, 92)
    ink = picture[:top, left : left + 92].min(axis=2) < 128
    highest = [int(np.flatnonzero(ink[:, begin : begin + 46].any(axis=1))[0]) for begin in (0, 46)]
    assert top - 20 < highest[0] < top
    assert highest[1] < top - 40


def test_a_matrix_without_a_pixel_is_all_grey() -> None:
    picture = confusion_picture(Evaluation(CLASSES, np.zeros((2, 2), np.int64), 0), "nothing, with a long title")
    left, top = _grid_of(picture, 92)
    assert (picture[top + 3, left + 3 : left + 92 : 46] == 225).all()


def test_the_worst_are_kept_in_order() -> None:
    worst = WorstPictures(CLASSES, 3)
    for number, miou in enumerate([0.9, 0.2, float("nan"), 0.5, 0.2, 0.1, 0.95]):
        worst.add(f"{number}.png", miou, *_picture())
    assert [picture.name for picture in worst.pictures()] == ["5.png", "1.png", "4.png"]
    none = WorstPictures(CLASSES, 0)
    none.add("0.png", 0.1, *_picture())
    assert none.pictures() == ()


def test_a_row_shows_picture_truth_prediction_and_errors() -> None:
    worst = WorstPictures(CLASSES, 1)
    worst.add("0.png", 0.5, *_picture())
    [row] = worst.pictures()
    tiles = row.tiles.reshape(180, -1, 3)
    assert tiles.shape[1] == 4 * 360 + 3 * 6
    rgb, truth, predicted, errors = (tiles[:, begin : begin + 360] for begin in range(0, 4 * 366, 366))
    assert (rgb == 100).all()
    # Truth: road on the left, car in the middle, no label on the right; prediction: car all over.
    assert (truth[90, [60, 180, 300]] == [(10, 20, 30), (200, 0, 0), (0, 0, 0)]).all()
    assert (predicted == (200, 0, 0)).all()
    red, right, unlabelled = errors[90, [60, 180, 300]].tolist()
    assert red == [230, 30, 30]
    assert right == [114, 114, 114]
    assert unlabelled == [0, 0, 0]
    assert row.classes == {0, 1}


def test_rows_of_a_sheet_may_differ_in_height() -> None:
    worst = WorstPictures(CLASSES, 2)
    for number, size in enumerate([(20, 40), (40, 20)]):
        ids = np.zeros(size, np.uint8)
        worst.add(f"{number}.png", 0.1 * number, np.zeros((*size, 3), np.uint8), ids, ids)
    rows = worst.pictures()
    sheet = worst_sheet(rows, CLASSES, "title")
    assert sheet.shape[1] == rows[0].tiles.shape[1]
    assert sheet.shape[0] > 180 + 720
    with pytest.raises(ValueError, match="no pictures to draw"):
        worst_sheet((), CLASSES)


def test_long_names_keep_their_end() -> None:
    name = "frankfurt/frankfurt_000000_000294_leftImg8bit.png"
    short = shortened(name, 10, 200)
    assert text_width(short, 10) <= 200
    assert short.startswith("..")
    assert name.endswith(short[2:])
    assert shortened("a.png", 10, 200) == "a.png"


def test_letters_that_opencv_has_not_are_replaced() -> None:
    canvases = []
    for text in ("Strasse e", "Strasse é", "Strasse ?", "Strasse 道"):
        canvas = np.full((30, 160, 3), 255, np.uint8)
        draw_text(canvas, text, 4, 15, 10)
        canvases.append(canvas)
    assert (canvases[0] == canvases[1]).all()
    assert (canvases[2] == canvases[3]).all()
    assert (canvases[0] != canvases[2]).any()


def test_png_keeps_every_pixel() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    again = cv2.imdecode(np.frombuffer(png(rgb), np.uint8), cv2.IMREAD_COLOR)
    assert again is not None
    assert (cv2.cvtColor(again, cv2.COLOR_BGR2RGB) == rgb).all()


def _picture() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey, 60x30; in thirds road, car, and unlabelled; called car all over."""
    truth = np.repeat(np.array([0, 1, 255], np.uint8), 20)[None].repeat(30, axis=0)
    return np.full((30, 60, 3), 100, np.uint8), truth, np.ones((30, 60), np.uint8)


def _grid_of(picture: NDArray[np.uint8], size: int) -> tuple[int, int]:
    """Where the cells begin: the first row and column with a line of their length."""
    line = (picture == 215).all(axis=2)
    return int(np.argmax(line.sum(axis=0) >= size * 0.95)), int(np.argmax(line.sum(axis=1) >= size * 0.95))
