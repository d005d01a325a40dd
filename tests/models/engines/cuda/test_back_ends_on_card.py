"""What runs a network on a real card beside plain torch, against float32 on the processor. Skipped without one.

The first run on a machine builds and compiles: minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.data.decoding import read_rgb
from bisenet.engines import Engine, OverlappingEngine, open_engine
from bisenet.engines.cuda.onnxruntime_network import has_cuda
from bisenet.errors import EngineError
from bisenet.export import Target, export
from bisenet.segmenter import Segmenter, load

from ..conftest import smooth

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(1200)]

SIZE = (640, 360)


@pytest.fixture(scope="module")
def x39() -> Segmenter:
    return load("street-x39")


@pytest.fixture(scope="module")
def wanted(x39: Segmenter) -> NDArray[np.uint8]:
    return x39.segment(smooth(720, 1280), imgsz=SIZE)


@pytest.fixture(scope="module", params=["torch-compile", "onnxruntime", "tensorrt"])
def engine(request: pytest.FixtureRequest, x39: Segmenter) -> Iterator[OverlappingEngine]:
    name = request.param
    if name == "onnxruntime" and not has_cuda():
        pytest.skip("no ONNX Runtime for cards")
    if name != "onnxruntime" and find_spec(name.replace("torch-compile", "triton")) is None:
        pytest.skip(f"nothing for {name}")
    with open_engine(name, x39, device="cuda", imgsz=SIZE, say=print) as opened:
        assert isinstance(opened, OverlappingEngine)
        yield opened


def test_ids_are_those_of_float32(engine: OverlappingEngine, wanted: NDArray[np.uint8]) -> None:
    assert len(np.unique(wanted)) > 1
    assert np.mean(engine.infer(smooth(720, 1280)) != wanted) <= 0.005
    assert engine.info.precision == "f16"


def test_several_pictures_at_once_are_each_as_alone(engine: OverlappingEngine) -> None:
    pictures = [np.roll(smooth(720, 1280), 100 * index, axis=1) for index in range(8)]
    alone = [engine.infer(rgb) for rgb in pictures]
    for count in (8, 3):
        for inferred, labels in zip(engine.begin(pictures[:count]).wait(), alone, strict=False):
            assert np.mean(inferred.labels != labels) <= 0.002  # other kernels, other rounding


def test_rounds_under_way_do_not_disturb_each_other(engine: OverlappingEngine) -> None:
    pictures = [np.roll(smooth(720, 1280), 100 * index, axis=1) for index in range(4)]
    alone = [engine.infer(rgb) for rgb in pictures]
    for _ in range(10):
        under_way = [engine.begin([rgb]) for rgb in pictures[: engine.depth]]
        for pending, labels in zip(under_way, alone, strict=False):
            assert np.array_equal(pending.wait()[0].labels, labels)


def test_memory_does_not_grow(engine: OverlappingEngine) -> None:
    rgb = smooth(720, 1280)
    for _ in range(20):
        engine.infer(rgb)
    before, _ = torch.cuda.mem_get_info()
    for _ in range(300):
        engine.infer(rgb)
    after, _ = torch.cuda.mem_get_info()
    assert before - after <= 1 << 20


def test_an_engine_is_read_back_and_takes_part_in_auto(x39: Segmenter) -> None:
    pytest.importorskip("tensorrt")
    with open_engine("tensorrt", x39, device="cuda", imgsz=SIZE):
        pass
    said: list[str] = []
    with open_engine("tensorrt", x39, device="cuda", imgsz=SIZE, say=said.append):
        assert said == []  # nothing is built
    with open_engine("auto", x39, device="cuda", imgsz=SIZE) as engine:
        assert "tensorrt f16" in f"{engine.info.engine} {engine.info.precision}; {engine.info.reason}"


def test_exported_models(tmp_path: Path, wanted: NDArray[np.uint8]) -> None:
    def agreement(engine: Engine) -> float:
        with engine:
            return float(np.mean(engine.infer(smooth(720, 1280)) == wanted))

    script = export("street-x39", Target(tmp_path / "m.torchscript", "torchscript", imgsz=SIZE))
    assert agreement(open_engine("torch", script, device="cuda")) >= 0.995
    if find_spec("onnx") is None:
        pytest.skip("onnx is not installed")
    graph = export("street-x39", Target(tmp_path / "m.onnx", "onnx", imgsz=SIZE))
    if has_cuda():
        assert agreement(open_engine("onnxruntime", graph, device="cuda")) >= 0.995
    if find_spec("tensorrt") is not None:
        assert agreement(open_engine("tensorrt", graph, device="cuda")) >= 0.995


def test_int8_by_tensorrt(camvid_root: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorrt")
    pytest.importorskip("nncf")
    target = Target(tmp_path / "m.onnx", "onnx", "int8", imgsz=(640, 480))
    quantised = export("street-x39", target, calibrate=f"camvid:{camvid_root}[:40]")
    rgb = read_rgb(sorted((camvid_root / "val").glob("*.png"))[0])
    with open_engine("tensorrt", quantised, device="cuda", say=print) as engine:
        assert engine.info.precision == "int8"
        assert np.mean(engine.infer(rgb) == load("street-x39").segment(rgb, imgsz=(640, 480))) >= 0.97
    with pytest.raises(EngineError, match="is quantised to int8: f16 needs the model that it was made of"):
        open_engine("tensorrt", quantised, device="cuda", precision="f16")
