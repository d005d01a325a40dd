"""Exported models as models: known by their card, opened by path, evaluated; and what is no such file, in one line."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bisenet.card import ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.classes import ClassSet, load_classes
from bisenet.cli import main
from bisenet.data import open_dataset
from bisenet.embedded import onnx_text
from bisenet.engines import open_engine
from bisenet.errors import CheckpointError, EngineError
from bisenet.evaluate import evaluate_model
from bisenet.evaluation.protocol import PROTOCOLS
from bisenet.export import Target, export
from bisenet.export.files import write_graph
from bisenet.export.graphs import quietly
from bisenet.exported import SUFFIXES, ExportedModel, Kind, read_exported
from bisenet.segmenter import Segmenter, load, open_model
from bisenet.zoo import build

TWO = ClassSet("two", ("dark", "bright"), ((0, 0, 0), (255, 255, 255)))
CARD = ModelCard("small", "bisenetv1-x39", "torchseg", TWO, 64, licence="none: 'quoted' \"twice\" <&> é\n")


class Inverted(torch.nn.Module):
    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return 255.0 - pictures.float()


def _onnx() -> Any:
    from onnx import TensorProto, helper

    pictures = helper.make_tensor_value_info("pictures", TensorProto.UINT8, [1, 4, 4, 3])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4, 4, 3])
    node = helper.make_node("Cast", ["pictures"], ["logits"], to=TensorProto.FLOAT)
    return helper.make_model(helper.make_graph([node], "small", [pictures], [logits]))


def _openvino() -> Any:
    import openvino

    pictures = openvino.opset13.parameter([1, 4, 4, 3], openvino.Type.f32)
    return openvino.Model([openvino.opset13.add(pictures, np.ones((1, 4, 4, 3), np.float32))], [pictures])


def _torchscript() -> Any:
    with quietly():
        return torch.jit.trace(Inverted(), torch.zeros(1, 4, 4, 3, dtype=torch.uint8))  # type: ignore[no-untyped-call]


GRAPHS: dict[Kind, Callable[[], Any]] = {"onnx": _onnx, "openvino": _openvino, "torchscript": _torchscript}


@pytest.fixture(params=GRAPHS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> ExportedModel:
    """A tiny graph on disk, as an export leaves it."""
    kind: Kind = request.param
    parity = {"agreement": 1.0}
    model = ExportedModel(
        CARD, tmp_path / f"m{SUFFIXES[kind]}", kind, "f32", (640, 360), "bilinear", {"parity": parity, "weights": {}}
    )
    write_graph(GRAPHS[kind](), model)
    return model


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint, and `fixed.onnx`, `any.onnx` and `fixed.xml` made of it, beside each other."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models")
    path = folder / "small.safetensors"
    card = replace(CARD, classes=load_classes("camvid11"))
    save_checkpoint(path, build("bisenetv1-x39", len(card.classes)).eval(), card, half=False)
    export(str(path), Target(folder / "fixed.onnx", "onnx", imgsz=(96, 64)))
    export(str(path), Target(folder / "any.onnx", "onnx", dynamic=True))
    export(str(path), Target(folder / "fixed.xml", "openvino", imgsz=(96, 64)))
    return path


def test_what_is_written_is_read(written: ExportedModel) -> None:
    assert read_exported(written.path) == written
    assert open_model(str(written.path)) == written


def test_it_is_read_without_the_packages_that_run_it(written: ExportedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("onnx", "onnxruntime", "openvino"):
        monkeypatch.setitem(sys.modules, name, None)
    assert read_exported(written.path) == written


def test_a_dynamic_one_has_no_size(written: ExportedModel) -> None:
    dynamic = replace(written, imgsz=None, precision="int8")
    write_graph(GRAPHS[written.kind](), dynamic)
    assert read_exported(written.path) == dynamic


def test_it_can_be_run_but_not_trained_or_exported(
    written: ExportedModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CheckpointError, match=r"is an exported model: it can be run and evaluated, but not trained"):
        load(str(written.path))
    assert main(["export", str(written.path), "--to", "onnx", "-o", str(tmp_path / "again.onnx")]) == 5
    assert "exported again; take the .safetensors" in capsys.readouterr().err


def test_its_card_is_printed(written: ExportedModel, capsys: pytest.CaptureFixture[str]) -> None:
    write_graph(GRAPHS[written.kind](), replace(written, origin={}))
    assert main(["card", str(written.path)]) == 0
    output = capsys.readouterr().out
    assert "640x360" in output
    assert "2 of two: dark, bright" in output


def test_one_that_is_cut_off_is_refused(written: ExportedModel) -> None:
    whole = written.path.read_bytes()
    end = len(whole.rstrip())  # without the end of an XML's last line
    for length in {*range(0, end, end // 50), *range(end - 20, end)}:
        written.path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError) as caught:
            read_exported(written.path)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"{written.path}: ")


def test_garbage_is_refused(written: ExportedModel) -> None:
    rng = np.random.default_rng(0)
    for length in (1, 7, 100, 5000):
        written.path.write_bytes(rng.bytes(length))
        with pytest.raises(CheckpointError) as caught:
            read_exported(written.path)
        assert "\n" not in str(caught.value)


def test_a_changed_byte_is_refused_or_harmless(written: ExportedModel) -> None:
    whole = written.path.read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(200):
        content = bytearray(whole)
        content[int(rng.integers(len(content)))] ^= int(rng.integers(1, 256))
        written.path.write_bytes(content)
        with suppress(CheckpointError):  # and nothing else
            read_exported(written.path)


def test_one_of_others_is_refused(tmp_path: Path) -> None:
    import onnx
    import openvino

    onnx.save(_onnx(), tmp_path / "m.onnx")
    openvino.save_model(_openvino(), tmp_path / "m.xml")
    with quietly():
        torch.jit.save(_torchscript(), str(tmp_path / "m.torchscript"))
    for name in ("m.onnx", "m.xml", "m.torchscript"):
        with pytest.raises(CheckpointError, match=f"{name}: has no model card: it was not exported by bisenet"):
            open_model(str(tmp_path / name))
    (tmp_path / "page.xml").write_text("<html/>")
    with pytest.raises(CheckpointError, match=r"page\.xml: is not an OpenVINO model: its XML is a <html>"):
        open_model(str(tmp_path / "page.xml"))
    with zipfile.ZipFile(tmp_path / "z.torchscript", "w") as archive:
        archive.writestr("readme", "hello")
    with pytest.raises(CheckpointError, match=r"z\.torchscript: is not a TorchScript model"):
        open_model(str(tmp_path / "z.torchscript"))


def test_openvino_needs_both_files(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    write_graph(_openvino(), ExportedModel(CARD, path, "openvino", "f32", None, "bilinear"))
    with pytest.raises(CheckpointError, match=r"m\.bin is not an exported model, but the weights of one: give m\.xml"):
        open_model(str(path.with_suffix(".bin")))
    path.with_suffix(".bin").write_bytes(path.with_suffix(".bin").read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=r"weights that are cut off: m\.bin is shorter than 192 bytes"):
        open_model(str(path))
    path.with_suffix(".bin").unlink()
    with pytest.raises(CheckpointError, match=r"lacks its weights: m\.bin must lie beside it"):
        open_model(str(path))


@pytest.mark.parametrize("name", ["m.onnx", "m.xml", "m.torchscript"])
def test_a_missing_one_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=f"no model file .*{name}"):
        open_model(str(tmp_path / name))
    with pytest.raises(CheckpointError, match="unknown model"):
        load(str(tmp_path / name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"precision": "int4"}, "'int4' is none of f32, bf16, int8"),
        ({"kind": "coreml"}, "'coreml' is none of"),
        ({"upsampling": 3}, "3 is none of"),
        ({"imgsz": [640]}, "the card is damaged"),
        ({"imgsz": "wide"}, "the card is damaged"),
    ],
)
def test_a_card_of_another_version_is_refused(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    model = ExportedModel(CARD, tmp_path / "m.onnx", "onnx", "f32", None, "bilinear")
    data = model.to_dict()
    assert ExportedModel.from_dict(data, model.path) == model
    data["export"] |= change
    with pytest.raises(CheckpointError, match=message):
        ExportedModel.from_dict(data, model.path)


def test_a_card_under_another_suffix_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    write_graph(_onnx(), ExportedModel(CARD, path, "onnx", "f32", None, "bilinear"))
    assert onnx_text(path)
    text = path.read_bytes().replace(b'"kind": "onnx"', b'"kind": "onnx1')
    path.write_bytes(text)
    with pytest.raises(CheckpointError, match=r"m\.onnx: "):
        read_exported(path)


def test_names_and_checkpoints_open_as_before(small: Path) -> None:
    assert isinstance(open_model(str(small)), Segmenter)
    assert isinstance(open_model("street-x39"), Segmenter)
    with pytest.raises(CheckpointError, match="did you mean 'street-x39'"):
        open_model("street-x93")


@pytest.mark.parametrize("name", ["fixed.onnx", "any.onnx", "fixed.xml"])
def test_engines_run_it_as_the_network_runs(name: str, small: Path) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    model = open_model(str(small.with_name(name)))
    with open_engine("auto", model, device="cpu") as engine:
        labels = engine.infer(rgb)
        assert engine.info.precision == "f32"
        assert engine.classes.name == "camvid11"
    assert np.mean(labels == load(str(small)).segment(rgb, (96, 64))) >= 0.995


def test_it_is_evaluated_like_its_network(stripes: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = open_dataset(f"camvid:{stripes}", "val", load_classes("camvid11"))
    expected = evaluate_model(load(str(small)), data, engine="torch", device="cpu").evaluation
    found = evaluate_model(str(small.with_name("fixed.onnx")), data, device="cpu").evaluation
    assert np.abs(found.confusion - expected.confusion).sum() <= 0.01 * expected.confusion.sum()
    assert main(["evaluate", str(small.with_name("any.onnx")), "--data", f"camvid:{stripes}"]) == 0
    assert "mIoU" in capsys.readouterr().out


def test_a_protocol_that_chooses_the_size_needs_a_dynamic_one(stripes: Path, small: Path) -> None:
    data = open_dataset(f"camvid:{stripes}", "val", load_classes("camvid11"))
    with pytest.raises(EngineError, match="protocol v2 chooses the input size, and this model takes 96x64 alone"):
        evaluate_model(str(small.with_name("fixed.onnx")), data, PROTOCOLS["v2"])
    assert evaluate_model(str(small.with_name("any.onnx")), data, PROTOCOLS["v2"]).evaluation.pictures == 2
    with pytest.raises(EngineError, match=r"fixed\.onnx gives class ids alone"):
        evaluate_model(open_model(str(small.with_name("fixed.onnx"))), data, PROTOCOLS["ms"])
    with pytest.raises(EngineError, match="protocol ms is computed in f32, not in bf16"):
        evaluate_model(load(str(small)), data, PROTOCOLS["ms"], precision="bf16", device="cpu")
