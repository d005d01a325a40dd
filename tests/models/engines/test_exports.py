"""Exported models on the engines that read them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from bisenet.engines import exports, open_engine
from bisenet.errors import BisenetError, EngineError
from bisenet.export import onnx_graph, openvino_graph
from bisenet.export.graphs import torchscript_graph
from bisenet.exported import ExportedModel, Kind
from bisenet.segmenter import Segmenter

from .conftest import need, smooth

SUFFIXES = {"openvino": ".xml", "onnx": ".onnx", "torchscript": ".torchscript"}
Exporter = Callable[[Kind, tuple[int, int] | None], ExportedModel]


@pytest.fixture(scope="module")
def exported(x39: Segmenter, tmp_path_factory: pytest.TempPathFactory) -> Exporter:
    """The model in a file, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("exported")

    @cache
    def export(kind: Kind, imgsz: tuple[int, int] | None) -> ExportedModel:
        path = folder / f"{kind}-{imgsz}{SUFFIXES[kind]}"
        if kind == "openvino":
            openvino = pytest.importorskip("openvino")
            openvino.save_model(openvino_graph(x39, imgsz), path, compress_to_fp16=False)
        elif kind == "onnx":
            need("onnx")
            path.write_bytes(onnx_graph(x39, imgsz))
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                torch.jit.save(torchscript_graph(x39, imgsz), str(path))  # type: ignore[no-untyped-call]
        return ExportedModel(x39.card, path, kind, "f32", imgsz, x39.network.logits_upsampling)

    return export


READERS = [("openvino", "openvino"), ("onnx", "onnxruntime"), ("onnx", "openvino"), ("torchscript", "torch")]


@pytest.mark.parametrize(("kind", "engine"), READERS)
@pytest.mark.parametrize("imgsz", [None, (96, 64)])
def test_exported_models_agree_with_what_they_were_made_of(
    exported: Exporter, x39: Segmenter, kind: Kind, engine: str, imgsz: tuple[int, int] | None
) -> None:
    need(engine)
    model = exported(kind, imgsz)
    rgb = smooth(70, 130)
    with open_engine(engine, model, device="cpu", threads=1) as opened:
        assert (opened.info.engine, opened.info.precision) == (engine, "f32")
        assert float(np.mean(opened.infer(rgb) != x39.segment(rgb, imgsz=imgsz))) <= 0.005


def test_an_export_of_one_size_takes_no_other(exported: Exporter) -> None:
    model = exported("openvino", (96, 64))
    with pytest.raises(EngineError, match="tiny was exported for 96x64 and takes nothing else: leave --imgsz away"):
        open_engine("auto", model, imgsz=(64, 64))
    with open_engine("auto", model, imgsz=(96, 64), threads=1) as engine:
        assert engine.infer(smooth(30, 40)).shape == (30, 40)


def test_an_int8_export_is_run_as_that(exported: Exporter) -> None:
    model = replace(exported("openvino", (96, 64)), precision="int8")
    for precision in ("auto", "int8"):
        with open_engine("auto", model, precision=precision, threads=1) as engine:
            assert engine.info.precision == "int8"
    with pytest.raises(EngineError, match="tiny is quantised to int8: f32 needs the model that it was made of"):
        open_engine("auto", model, precision="f32")


@pytest.mark.parametrize(("has_bf16", "precision"), [(True, "bf16"), (False, "f32")])
def test_a_bf16_export_is_a_wish(
    exported: Exporter, has_bf16: bool, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "has_bf16", lambda: has_bf16)
    model = replace(exported("openvino", (96, 64)), precision="bf16")
    with open_engine("auto", model, threads=1) as engine:
        assert engine.info.precision == precision


def test_an_exported_model_has_its_engine(exported: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    model = exported("openvino", (96, 64))
    with pytest.raises(EngineError, match="torch does not run tiny: this exported model is for openvino"):
        open_engine("torch", model)
    monkeypatch.setattr("bisenet.engines.opening.is_cpu", lambda _: False)
    with pytest.raises(EngineError, match="tiny is for openvino, which runs on the processor, not on cuda: use --dev"):
        open_engine("auto", model, device="cuda")
    with pytest.raises(EngineError, match="openvino runs on the processor, not on cuda: use --device cpu"):
        open_engine("openvino", model, device="cuda")


def test_an_exported_model_names_all_that_read_it(exported: Exporter) -> None:
    need("onnx")
    with pytest.raises(EngineError, match="this exported model is for openvino or onnxruntime or tensorrt"):
        open_engine("torch-compile", exported("onnx", (96, 64)), device="cpu")


@pytest.mark.parametrize(("kind", "engine"), READERS)
def test_a_damaged_export_is_told_of_in_one_line(tmp_path: Path, x39: Segmenter, kind: Kind, engine: str) -> None:
    need(engine)
    path = tmp_path / f"tiny{SUFFIXES[kind]}"
    path.write_bytes(b"\0damaged" * 50)
    path.with_suffix(".bin").write_bytes(b"")
    model = ExportedModel(x39.card, path, kind, "f32", None, "bilinear")
    with pytest.raises(BisenetError) as raised:
        open_engine(engine, model)
    assert len(str(raised.value)) < 400
    assert "\n" not in str(raised.value)
