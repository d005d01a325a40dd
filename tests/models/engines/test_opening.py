"""What can be asked for, what cannot, and what is said then; models by name and path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.checkpoint import save_checkpoint
from bisenet.engines import Engine, candidates, exports, networks, open_engine, processor
from bisenet.errors import CheckpointError, EngineError
from bisenet.segmenter import Segmenter

from .conftest import need, smooth, tiny

EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx", "onnx": "onnx"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "warp"}, "unknown engine 'warp': choose auto, openvino, onnxruntime, torch, torch-compile, tensorrt"),
        ({"precision": "f8"}, "unknown precision 'f8': choose auto, f32, bf16, f16, int8"),
        ({"device": "abacus"}, "unknown device 'abacus'"),
        ({"device": "meta"}, "device 'meta' is not supported"),
        ({"imgsz": (8, 64)}, "imgsz 8x64 is out of range"),
        ({"imgsz": (64, 8200)}, "imgsz 64x8200 is out of range"),
        ({"threads": 0}, "threads 0 is out of range: 1 or more"),
        ({"precision": "f16"}, "f16 is for CUDA devices: on the processor choose f32, bf16 or int8"),
        ({"precision": "int8"}, "tiny is not quantised: .* `bisenet export tiny .*--precision int8 --calibrate DIR`"),
        ({"name": "openvino", "precision": "int8"}, "tiny is not quantised"),
        ({"name": "openvino", "device": "cuda"}, "openvino runs on the processor, not on cuda: use --device cpu"),
        ({"name": "tensorrt"}, "tensorrt is for CUDA devices: on the processor choose openvino, onnxruntime, torch"),
        ({"name": "torch-compile"}, "torch-compile is for CUDA devices: on the processor choose"),
        ({"name": "openvino", "imgsz": (100, 64)}, "imgsz 100x64: openvino can be given multiples of 8 only: .* 96x64"),
    ],
)
def test_what_cannot_be_opened(
    x39: Segmenter, options: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if options.get("device") == "cuda":
        monkeypatch.setattr("bisenet.engines.opening.is_cpu", lambda _: False)
    with pytest.raises(EngineError, match=message):
        open_engine(**{"name": "torch", "model": x39, "device": "cpu", **options})  # type: ignore[arg-type]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("name", ["auto", "torch", "openvino"])
def test_cuda_asked_for_and_absent(x39: Segmenter, name: str) -> None:
    with pytest.raises(EngineError, match=r"cuda asked for, but"):
        open_engine(name, x39, device="cuda")


def test_a_model_that_is_none() -> None:
    with pytest.raises(CheckpointError, match="unknown model 'street-x93'; did you mean 'street-x39'"):
        open_engine("auto", "street-x93", device="cpu")


@pytest.mark.parametrize("name", ["openvino", "torch"])
def test_bf16_is_for_processors_that_have_it(x39: Segmenter, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (candidates, networks, exports):
        monkeypatch.setattr(module, "has_bf16", lambda: False)
    with pytest.raises(EngineError, match="has no arithmetic for bf16: choose f32"):
        open_engine(name, x39, device="cpu", precision="bf16")


def test_onnxruntime_has_no_bf16(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (candidates, networks, exports):
        monkeypatch.setattr(module, "has_bf16", lambda: True)
    with pytest.raises(EngineError, match="onnxruntime cannot run tiny in bf16: choose f32"):
        open_engine("onnxruntime", x39, device="cpu", precision="bf16")


def test_bf16_is_tried_where_the_processor_has_it(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    def names(precision: str) -> list[str]:
        found = candidates.candidates(networks.GivenNetwork(x39), "auto", precision, None, 1)
        return [candidate.name for candidate in found]

    monkeypatch.setattr(candidates, "is_installed", lambda _: True)
    monkeypatch.setattr(networks, "has_bf16", lambda: True)
    assert names("auto") == ["openvino f32", "openvino bf16", "onnxruntime f32", "torch f32", "torch bf16"]
    assert names("bf16") == ["openvino bf16", "torch bf16"]
    monkeypatch.setattr(networks, "has_bf16", lambda: False)
    assert names("auto") == ["openvino f32", "onnxruntime f32", "torch f32"]


@pytest.mark.parametrize(("engine", "package"), [("openvino", "openvino"), ("onnxruntime", "onnxruntime")])
def test_a_missing_package_is_named_with_its_extra(
    x39: Segmenter, engine: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EngineError, match=rf'is not installed: pip install "bisenet-viewer\[{EXTRAS[package]}\]"$'):
        open_engine(engine, x39, device="cpu")


def test_onnxruntime_alone_cannot_make_graphs(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    need("onnxruntime")
    monkeypatch.setattr(networks, "graph_kind", lambda: "openvino")
    with pytest.raises(EngineError, match=r'onnx, .* is not installed: pip install "bisenet-viewer\[onnx\]"$'):
        open_engine("onnxruntime", x39, device="cpu")


def test_auto_without_other_packages_is_torch_and_says_what_may_be_faster(
    x39: Segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "is_installed", lambda engine: engine == "torch")
    monkeypatch.setattr("bisenet.engines.picking.is_installed", lambda engine: engine == "torch")
    monkeypatch.setattr(networks, "has_bf16", lambda: False)
    said: list[str] = []
    with open_engine("auto", x39, device="cpu", threads=1, say=said.append) as engine:
        assert engine.info.engine == "torch"
    (line,) = said
    assert line == (
        'engine: torch f32: the only one here for this model; faster ones may come with pip install "bisenet-viewer'
        '[openvino]" or "bisenet-viewer[onnx]"'
    )


def test_a_size_that_only_torch_takes_is_torchs(x39: Segmenter) -> None:
    rgb = smooth(60, 100)
    with open_engine("auto", x39, imgsz=(100, 60), device="cpu", threads=1) as engine:
        assert engine.info.engine == "torch"
        assert np.array_equal(engine.infer(rgb), x39.segment(rgb, imgsz=(100, 60)))


def test_what_was_asked_for_needs_no_words(x39: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "has_bf16", lambda: False)
    said: list[str] = []
    with open_engine("torch", x39, device="cpu", threads=1, say=said.append) as engine:
        assert engine.info.reason == "asked for"
    assert said == []


def test_a_network_that_cannot_be_traced_names_torch() -> None:
    need("openvino")
    segnet = tiny("segnet", "paper")
    with pytest.raises(EngineError, match="segnet cannot be made a graph for other engines than torch"):
        open_engine("openvino", segnet, device="cpu")


def opened_by_path(path: Path, name: str) -> tuple[Engine, NDArray[np.uint8]]:
    with open_engine(name, str(path), device="cpu", threads=1) as engine:
        return engine, engine.infer(smooth(64, 96))


@pytest.mark.parametrize("name", ["torch", "openvino", "onnxruntime"])
def test_a_checkpoint_by_its_path(tmp_path: Path, x39: Segmenter, name: str) -> None:
    need(name)
    save_checkpoint(tmp_path / "mine.safetensors", x39.network, x39.card, half=False)
    engine, labels = opened_by_path(tmp_path / "mine.safetensors", name)
    assert engine.info.model == "tiny"
    assert float(np.mean(labels != x39.segment(smooth(64, 96)))) <= 0.005


HEAVY = ("torch", "openvino", "onnx", "onnxruntime", "numba", "cv2")


@pytest.mark.parametrize("module", ["bisenet", "bisenet.engines"])
def test_importing_is_cheap(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_second_start_needs_no_torch(tmp_path: Path, x39: Segmenter) -> None:
    need("openvino")
    path = tmp_path / "mine.safetensors"
    save_checkpoint(path, x39.network, x39.card, half=False)
    _, labels = opened_by_path(path, "openvino")
    np.save(tmp_path / "picture.npy", smooth(64, 96))
    code = (
        "import sys, numpy; from bisenet.engines import open_engine\n"
        "with open_engine('openvino', 'mine.safetensors', threads=1) as engine:\n"
        "    numpy.save('labels.npy', engine.infer(numpy.load('picture.npy')))\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
    assert np.array_equal(np.load(tmp_path / "labels.npy"), labels)


def test_threads_are_counted_by_default(x39: Segmenter) -> None:
    with open_engine("torch", x39, device="cpu") as engine:
        assert engine.info.threads == processor.default_threads("torch")
