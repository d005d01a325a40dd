"""The loop over a data set: what it counts, which engine it opens for which protocol, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.classes import ClassSet
from bisenet.data.camvid import camvid
from bisenet.data.files import SegmentationFiles
from bisenet.engines import EngineInfo
from bisenet.errors import ConfigError, DataError, EngineError
from bisenet.evaluate import Scored, evaluate, evaluate_model
from bisenet.evaluation import running
from bisenet.evaluation.protocol import PROTOCOLS, parse_protocol
from bisenet.segmenter import Segmenter
from bisenet.zoo import build

TWO = ClassSet("two", ("dark", "bright"), ((0, 0, 0), (255, 255, 255)))


def threshold(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(rgb.mean(axis=2) > 128, np.uint8)


@pytest.fixture
def small() -> Segmenter:
    return Segmenter(build("bisenetv1-x39", 2).eval(), ModelCard("small", "bisenetv1-x39", "torchseg", TWO, 64))


class Recorded:
    """An engine that finds the bright pixels and tells what became of it."""

    info = EngineInfo("recorded", "none", "cpu", "a processor", "f32")
    classes = TWO

    def __init__(self, log: list[Any], imgsz: tuple[int, int] | None) -> None:
        self.log, self.imgsz = log, imgsz
        log.append(("open", imgsz))

    def infer(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return threshold(rgb)

    def close(self) -> None:
        self.log.append(("close", self.imgsz))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(running, "open_engine", lambda *_, imgsz, **__: Recorded(events, imgsz))
    return events


def test_the_whole_split_is_one_matrix(stripes: Path) -> None:
    seen: list[int] = []

    def progress(numbers: Iterable[int]) -> Iterable[int]:
        for number in numbers:
            seen.append(number)
            yield number

    report = evaluate(threshold, TWO, camvid(stripes, "val"), progress)
    assert seen == [0, 1]
    assert report.miou == 1.0
    assert report.confusion.sum() == 2 * 60 * 96
    assert report.boundary is None


def test_every_picture_is_handed_on_with_its_own_figures(stripes: Path) -> None:
    shown: list[Scored] = []
    whole = evaluate(threshold, TWO, camvid(stripes, "val"), boundary=0.01, on_picture=shown.append)
    assert [scored.index for scored in shown] == [0, 1]
    assert sum(scored.evaluation.confusion for scored in shown).tolist() == whole.confusion.tolist()  # type: ignore[union-attr]
    assert (shown[1].predicted == threshold(shown[1].rgb)).all()
    assert whole.boundary is not None
    assert whole.boundary.f1.tolist() == [1.0, 1.0]


def test_whole_is_what_the_segmenter_gives(stripes: Path, small: Segmenter) -> None:
    data = camvid(stripes, "val")
    report = evaluate_model(small, data, device="cpu")
    expected = evaluate(small.segment, TWO, data)
    assert report.evaluation.confusion.tolist() == expected.confusion.tolist()
    assert report.evaluation.miou == expected.miou
    assert report.conditions.engine.precision == "f32"
    assert report.conditions.data == data.name
    assert [name for name, _ in report.scores] == ["0.png", "1.png"]


@pytest.mark.parametrize(("name", "imgsz"), [("v1", (72, 48)), ("v2", (48, 32))])
def test_scaled_protocols_are_scored_at_the_labels_size(
    stripes: Path, small: Segmenter, name: str, imgsz: tuple[int, int]
) -> None:
    data = camvid(stripes, "val")
    report = evaluate_model(small, data, PROTOCOLS[name], device="cpu")
    expected = evaluate(lambda rgb: small.segment(rgb, imgsz), TWO, data)
    assert report.evaluation.confusion.sum() == 2 * 60 * 96
    assert report.evaluation.confusion.tolist() == expected.confusion.tolist()


def test_one_view_averaged_is_the_whole_picture(stripes: Path, small: Segmenter) -> None:
    data = camvid(stripes, "val")
    averaged = evaluate_model(small, data, parse_protocol("sliding", window="96x64"), device="cpu")
    whole = evaluate_model(small, data, device="cpu")
    # Rounding may turn a tie.
    assert np.abs(averaged.evaluation.confusion - whole.evaluation.confusion).sum() <= 4
    assert averaged.conditions.protocol.averages


def test_the_given_model_is_left_as_it_was(stripes: Path, small: Segmenter) -> None:
    small.network.train()
    evaluate_model(small, camvid(stripes, "val"), parse_protocol("ms", scales="1"), device="cpu")
    assert small.network.training


def test_an_engine_is_opened_once_per_size_and_closed(tmp_path: Path, log: list[Any]) -> None:
    data = _pictures(tmp_path, [(128, 64), (64, 128), (128, 64), (64, 128)])
    evaluate_model("any", data, PROTOCOLS["v1"])
    assert log == [("open", (96, 48)), ("open", (48, 96)), ("close", (96, 48)), ("close", (48, 96))]


def test_few_engines_are_open_at_a_time(tmp_path: Path, log: list[Any]) -> None:
    data = _pictures(tmp_path, [(128 + 64 * step, 64) for step in range(6)])
    evaluate_model("any", data, PROTOCOLS["v2"])
    still_open = most = 0
    for event, _ in log:
        still_open += 1 if event == "open" else -1
        most = max(most, still_open)
    assert most == 4
    assert still_open == 0


def test_whole_needs_one_engine_for_all_sizes(tmp_path: Path, log: list[Any]) -> None:
    evaluate_model("any", _pictures(tmp_path, [(128, 64), (64, 128)]))
    assert log == [("open", None), ("close", None)]


def test_engines_are_closed_when_a_picture_cannot_be_read(tmp_path: Path, log: list[Any]) -> None:
    data = _pictures(tmp_path, [(64, 64), (64, 64)])
    data.pairs[1][0].write_bytes(b"")
    with pytest.raises(DataError):
        evaluate_model("any", data)
    assert log[-1] == ("close", None)


@pytest.mark.parametrize("name", ["sliding", "ms"])
def test_averaging_needs_logits(stripes: Path, tmp_path: Path, name: str) -> None:
    data = camvid(stripes, "val")
    with pytest.raises(EngineError, match=f"protocol {name} averages class probabilities, and engine openvino gives"):
        evaluate_model("street-x39", data, PROTOCOLS[name], engine="openvino")
    exported = tmp_path / "model.onnx"
    exported.touch()
    with pytest.raises(EngineError, match=r"model\.onnx gives class ids alone: take a \.safetensors model"):
        evaluate_model(str(exported), data, PROTOCOLS[name])


def test_the_worst_pictures_are_kept(tmp_path: Path, log: list[Any]) -> None:
    data = _pictures(tmp_path, [(64, 64)] * 3)
    _write(data.pairs[1][1], 1 - data.read(1)[1])
    report = evaluate_model("any", data, worst=1)
    assert [(worst.name, worst.miou) for worst in report.worst] == [("p1.png", 0.0)]
    assert report.scores == (("p0.png", 1.0), ("p1.png", 0.0), ("p2.png", 1.0))
    assert evaluate_model("any", data).worst == ()
    assert log


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, log: list[Any]) -> None:
    one, other = _pictures(tmp_path / "a", [(64, 64)]), _pictures(tmp_path / "b", [(64, 64)])
    report = evaluate_model("any", SegmentationFiles("both", one.pairs + other.pairs))
    assert [name for name, _ in report.scores] == ["a/p0.png", "b/p0.png"]
    assert log


def test_a_picture_without_labels_has_no_figure(tmp_path: Path, log: list[Any]) -> None:
    data = _pictures(tmp_path, [(64, 64)])
    _write(data.pairs[0][1], np.full((64, 64), 255, np.uint8))
    report = evaluate_model("any", data, worst=3)
    assert math.isnan(report.evaluation.miou)
    assert math.isnan(report.scores[0][1])
    assert report.worst == ()
    assert log


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"only": "bright,drak"}, ConfigError, "--only: two has no class 'drak', did you mean 'dark'?"),
        ({"boundary": 1.5}, ConfigError, "boundary tolerance is a share of the diagonal between 0 and 1, got 1.5"),
        ({"boundary": 0.0}, ConfigError, "between 0 and 1, got 0"),
        ({"worst": -1}, ConfigError, "--worst must not be negative, got -1"),
    ],
)
def test_options_that_cannot_be(
    tmp_path: Path, log: list[Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        evaluate_model("any", _pictures(tmp_path, [(64, 64)]), **options)
    assert message in str(caught.value)
    assert [event for event, _ in log].count("open") == [event for event, _ in log].count("close")


def test_no_pictures_are_an_error() -> None:
    with pytest.raises(DataError, match="nothing/val has no pictures to evaluate on"):
        evaluate_model("any", SegmentationFiles("nothing/val", ()))


def _pictures(folder: Path, sizes: list[tuple[int, int]]) -> SegmentationFiles:
    """Pictures of the given widths and heights, the left half dark, with their labels."""
    folder.mkdir(exist_ok=True)
    (folder / "labels").mkdir()
    pairs = []
    for number, (width, height) in enumerate(sizes):
        labels = np.zeros((height, width), np.uint8)
        labels[:, width // 2 :] = 1
        pair = folder / f"p{number}.png", folder / "labels" / f"p{number}.png"
        _write(pair[0], np.repeat(labels[:, :, None] * 255, 3, axis=2))
        _write(pair[1], labels)
        pairs.append(pair)
    return SegmentationFiles("halves", tuple(pairs))


def _write(path: Path, array: NDArray[np.uint8]) -> None:
    assert cv2.imwrite(str(path), array)
