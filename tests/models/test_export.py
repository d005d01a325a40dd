"""Exporting: the graph computes what the network computes, a bad one leaves nothing, and a person is told why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.classes import ClassSet
from bisenet.cli import main
from bisenet.errors import BisenetError, ConfigError, DataError, EngineError
from bisenet.export import Target, export, exporting, onnx_graph, openvino_graph, packages
from bisenet.export.files import written_aside
from bisenet.export.graphs import default_imgsz, torchscript_graph
from bisenet.export.parity import BARS, Parity, parity
from bisenet.export.pictures import Batches, drawn_pictures, open_pictures
from bisenet.export.running import load_graph
from bisenet.exported import read_exported
from bisenet.inference import normalise
from bisenet.segmenter import Segmenter, load
from bisenet.zoo import build

THREE = ClassSet("three", ("sky", "road", "car"), ((9, 9, 9), (80, 0, 80), (0, 0, 200)))
KINDS = {"onnx": ".onnx", "openvino": ".xml", "torchscript": ".torchscript"}
SHAPES = [
    ("bisenetv1-x39", "torchseg"),  # enlarges by corners
    ("bisenetv1-r18", "coincheung"),  # enlarges to the nearest
    ("bisenetv2", "mmseg"),  # enlarges by centres
    ("fcn32s-x39", "paper"),  # stride 32
]


def small(architecture: str = "bisenetv1-x39", variant: str = "torchseg") -> Segmenter:
    """A network that finds all three classes in drawn pictures, as one with fresh weights does not."""
    card = ModelCard("small", architecture, variant, THREE, 64, mean=(0.4, 0.5, 0.6), licence="none")
    network = build(architecture, 3, variant)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the statistics of the one batch to come
    drawn = np.stack([read() for read in drawn_pictures(4, (96, 64)).readers])
    model = Segmenter(network, card)
    eager(model, drawn)
    network.eval()
    logits = eager(model, drawn)
    classifier = [
        conv for name, conv in network.named_modules() if isinstance(conv, torch.nn.Conv2d) and "aux" not in name
    ][-1]
    assert classifier.bias is not None
    classifier.bias.data -= torch.from_numpy(np.median(logits, axis=(0, 2, 3)))
    return model


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    torch.manual_seed(0)
    model, path = small(), tmp_path_factory.mktemp("model") / "small.safetensors"
    save_checkpoint(path, model.network, model.card, half=False)
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of drawn pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, read in enumerate(drawn_pictures(6, (96, 64)).readers):
        assert cv2.imwrite(str(folder / f"{number}.png"), read())
    return folder


def noise(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(width).integers(0, 256, (1, height, width, 3), dtype=np.uint8)


def eager(model: Segmenter, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (model.card.mean, model.card.std))
    with torch.no_grad():
        logits = model.network(normalise(torch.from_numpy(pictures).permute(0, 3, 1, 2), mean, std))
    return np.asarray(logits.numpy())


def run_openvino(graph: Any, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    openvino = pytest.importorskip("openvino")
    compiled = openvino.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled(pictures)[0])


def run_onnx(graph: bytes, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    session = pytest.importorskip("onnxruntime").InferenceSession(graph, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["logits"], {"pictures": pictures})[0])


def assert_close(got: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    assert got.dtype == np.float32
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize(("architecture", "variant"), SHAPES)
def test_graphs_compute_what_the_network_computes(architecture: str, variant: str) -> None:
    model = small(architecture, variant)
    for_onnx, for_openvino, for_torch = (
        onnx_graph(model, None),
        openvino_graph(model, None),
        torchscript_graph(model, None),
    )
    for size in ((96, 64), (72, 40)):
        pictures = noise(*size)
        expected = eager(model, pictures)
        assert_close(run_onnx(for_onnx, pictures), expected)
        assert_close(run_openvino(for_openvino, pictures), expected)
        with torch.no_grad():
            assert_close(for_torch(torch.from_numpy(pictures)).numpy(), expected)


def test_a_graph_of_fixed_size_says_so() -> None:
    model = small("bisenetv1-r18", "mmseg")
    fixed, dynamic = openvino_graph(model, (96, 64)), openvino_graph(model, None)
    assert list(fixed.input("pictures").get_shape()) == [1, 64, 96, 3]
    assert list(fixed.output("logits").get_shape()) == [1, 3, 8, 12]
    assert dynamic.input("pictures").get_partial_shape().is_dynamic


def test_the_default_size_is_as_wide_as_videos_are() -> None:
    assert default_imgsz(360) == (640, 360)
    assert default_imgsz(480) == (856, 480)


@pytest.mark.parametrize(
    ("kind", "dynamic"), [("onnx", False), ("onnx", True), ("openvino", False), ("torchscript", True)]
)
def test_a_model_is_written_whole_with_its_card(kind: Any, dynamic: bool, checkpoint: str, tmp_path: Path) -> None:
    path = tmp_path / f"new/out{KINDS[kind]}"
    said: list[str] = []
    exported = export(checkpoint, Target(path, kind, dynamic=dynamic), say=said.append)
    assert exported == read_exported(path)
    assert (exported.kind, exported.precision, exported.upsampling) == (kind, "f32", "bilinear-corners")
    assert exported.imgsz == (None if dynamic else (112, 64))
    assert exported.card == load(checkpoint).card
    assert exported.origin["weights"]["file"] == "small.safetensors"
    assert len(exported.origin["weights"]["sha256"]) == 64
    assert "torch" in exported.origin["versions"]
    found = exported.origin["parity"]
    assert found["agreement"] >= 0.995
    assert (found["pictures"], found["source"], found["computed_in"]) == (20, "drawn walls and furniture", "f32")
    assert "20 pictures of drawn walls and furniture" in said[-1]
    pictures = noise(*(exported.imgsz or (80, 72)))
    assert_close(load_graph(exported).logits(pictures), eager(load(checkpoint), pictures))
    names = {"out.bin"} if kind == "openvino" else set()
    assert {file.name for file in path.parent.iterdir()} == {path.name, f"{path.name}.md", *names}
    text = (path.parent / f"{path.name}.md").read_text(encoding="utf-8")
    assert "3 of three: sky, road, car" in text
    assert exported.origin["weights"]["sha256"] in text


def test_bf16_is_said_to_be_a_wish(checkpoint: str, tmp_path: Path) -> None:
    exported = export(checkpoint, Target(tmp_path / "b.xml", "openvino", "bf16", imgsz=(64, 32)))
    assert exported.precision == "bf16"
    assert exported.origin["parity"]["computed_in"] in ("bf16", "f32")
    assert "a processor without bfloat16 computes in float32" in (tmp_path / "b.xml.md").read_text()
    weights = sum(value.numel() for value in load(checkpoint).network.parameters())
    assert (tmp_path / "b.bin").stat().st_size < 2.1 * weights


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["openvino", "onnx"])
def test_int8_is_smaller_and_nearly_the_same(
    kind: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nncf")
    # Walls are no streets: most of their pixels have two classes that are nearly as likely.
    monkeypatch.setitem(BARS, "int8", 0.8)
    path = tmp_path / f"street{KINDS[kind]}"
    exported = export("street-x39", Target(path, kind, "int8", imgsz=(160, 96)), calibrate=str(folder))
    assert exported.precision == "int8"
    assert exported.origin["calibration"] == {"pictures": 6, "source": str(folder)}
    assert "nncf" in exported.origin["versions"]
    assert 0.8 <= exported.origin["parity"]["agreement"] < 1
    assert exported.origin["parity"]["computed_in"] == "int8"
    # Four bytes a weight would be 6 MB.
    assert sum(file.stat().st_size for file in tmp_path.glob("street*")) < 4_500_000
    assert f"6 pictures of {folder}" in (tmp_path / f"{path.name}.md").read_text()


@pytest.mark.timeout(300)
def test_int8_holds_its_bar_on_streets(camvid_root: Path, tmp_path: Path) -> None:
    pytest.importorskip("nncf")
    exported = export(
        "street-x39",
        Target(tmp_path / "street.xml", "openvino", "int8", imgsz=(320, 240)),
        calibrate=f"camvid:{camvid_root}[:12]",
    )
    assert exported.origin["calibration"]["pictures"] == 12
    assert exported.origin["parity"]["source"] == "camvid/val[:12]"
    assert exported.origin["parity"]["agreement"] >= 0.97


def test_a_graph_that_differs_leaves_nothing(checkpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    other = small()
    monkeypatch.setattr(exporting, "onnx_graph", lambda _, imgsz: onnx_graph(other, imgsz))
    path = tmp_path / "out/bad.onnx"
    with pytest.raises(EngineError, match=r"of the pixels .* 99\.5% are asked for: nothing was written"):
        export(checkpoint, Target(path, "onnx"))
    assert list(path.parent.iterdir()) == []


def test_parity_sees_a_small_difference(checkpoint: str, tmp_path: Path) -> None:
    exported = export(checkpoint, Target(tmp_path / "m.torchscript", "torchscript", imgsz=(64, 32)))
    model, pictures = load(checkpoint), drawn_pictures(2, (64, 32))
    same = parity(model, exported, pictures)
    assert (same.pictures, same.agreement, same.worst) == (2, 1.0, 1.0)
    assert same.largest_difference < 1e-4 < same.largest_logit
    with torch.no_grad():
        model.network.head.classifier.bias[1] += 0.1  # type: ignore[union-attr, index, operator]
    other = parity(model, exported, pictures)
    assert other.largest_difference == pytest.approx(0.1, abs=1e-3)
    assert other.worst <= other.agreement < 1


def test_nothing_is_overwritten_unasked(checkpoint: str, tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(b"someone's")
    with pytest.raises(FileExistsError, match=r"exists already.*m\.bin"):
        export(checkpoint, Target(tmp_path / "m.xml", "openvino"))
    assert [file.name for file in tmp_path.iterdir()] == ["m.bin"]
    target = Target(tmp_path / "m.torchscript", "torchscript", imgsz=(64, 32))
    target.path.write_bytes(b"old")
    assert export(checkpoint, target, overwrite=True) == read_exported(target.path)


def test_files_change_places_only_when_all_are_there(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    for name in ("m.xml", "m.bin", "m.xml.md"):
        (tmp_path / name).write_text("old")

    def write(names: Sequence[str]) -> None:
        with written_aside(path) as aside:
            for name in names:
                aside.with_name(name).write_text("new")
            if len(names) < 3:
                raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write(["m.xml", "m.bin"])
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == dict.fromkeys(
        ("m.xml", "m.bin", "m.xml.md"), "old"
    )
    write(["m.xml", "m.bin", "m.xml.md"])
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == dict.fromkeys(
        ("m.xml", "m.bin", "m.xml.md"), "new"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "onnx", "-o", "m.xml"], "--output m.xml: a model for onnx ends in .onnx"),
        (["--to", "onnx", "-o", "m.onnx", "--precision", "bf16"], "onnx is not exported in bf16: onnxruntime has no"),
        (["--to", "torchscript", "-o", "m.torchscript", "--precision", "int8"], "torchscript is not exported in int8"),
        (["--to", "openvino", "-o", "m.xml", "--precision", "int8"], "needs pictures such as the model will see"),
        (["--to", "openvino", "-o", "m.xml", "--calibrate", "x"], "--calibrate is for --precision int8"),
        (["--to", "openvino", "-o", "m.xml", "--imgsz", "100x64"], "--imgsz 100x64: each side is a multiple of 8"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "street-x39", *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_both_sizes_are_refused() -> None:
    with pytest.raises(ConfigError, match="give one of them"):
        Target(Path("m.onnx"), "onnx", imgsz=(64, 32), dynamic=True)


def test_networks_without_a_counterpart_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "segnet.safetensors"
    save_checkpoint(path, build("segnet", 3), ModelCard("m", "segnet", "paper", THREE, 64))
    with pytest.raises(ConfigError, match="segnet cannot be exported: other programs have no max-unpooling"):
        export(str(path), Target(tmp_path / "m.onnx", "onnx"))


@pytest.mark.parametrize(
    ("missing", "options", "extra"),
    [
        ("openvino", ["--to", "openvino", "-o", "m.xml"], "openvino"),
        ("onnx", ["--to", "onnx", "-o", "m.onnx"], "export"),
        ("onnxruntime", ["--to", "onnx", "-o", "m.onnx"], "export"),
        ("nncf", ["--to", "openvino", "-o", "m.xml", "--precision", "int8", "--calibrate", "x"], "export"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    missing: str, options: list[str], extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = packages.find_spec
    monkeypatch.setattr(packages, "find_spec", lambda name: None if name == missing else found(name))
    assert main(["export", "street-x39", *options]) == 6
    error = capsys.readouterr().err
    assert error == f'bisenet: error: {missing} is not installed: pip install "bisenet-viewer[{extra}]"\n'


def test_pictures_come_from_a_folder_or_a_data_set(folder: Path, stripes: Path) -> None:
    assert len(open_pictures(str(folder), ("val",))) == 6
    data = open_pictures(f"camvid:{stripes}", ("val", "train"))
    assert (len(data), data.source) == (2, open_pictures(f"camvid:{stripes}", ("val",)).source)
    assert len(open_pictures(f"camvid:{stripes}", ("test", "train"))) == 6
    six = drawn_pictures(6, (96, 64))
    assert six.spread(3).readers == (six.readers[0], six.readers[2], six.readers[5])
    assert six.spread(9) is six
    batches = Batches(six, (64, 32), 64)
    assert [batch.shape for batch in batches] == [(1, 32, 64, 3)] * 6
    assert [batch.shape for batch in batches] == [(1, 32, 64, 3)] * 6
    assert next(iter(Batches(six, None, 64))).shape == (1, 64, 96, 3)


def test_no_pictures_are_an_error_that_helps(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        open_pictures(str(tmp_path / "nowhere"), ("val",))
    with pytest.raises(DataError, match=r"holds no pictures \(of a data set, say which: LAYOUT:"):
        open_pictures(str(tmp_path), ("val",))


def test_a_damaged_picture_ends_it_with_nothing_written(checkpoint: str, folder: Path, tmp_path: Path) -> None:
    (folder / "3.png").write_bytes((folder / "3.png").read_bytes()[:-20])
    with pytest.raises(BisenetError, match=r"3\.png is cut off"):
        export(checkpoint, Target(tmp_path / "m.onnx", "onnx"), pictures=str(folder))
    assert [file.name for file in tmp_path.iterdir()] == ["pictures"]


def test_the_line_about_parity() -> None:
    line = Parity(20, "camvid/val", 0.99423, 0.9811, 0.8, 12.5, "int8").text()
    assert line.startswith("99.423% of the pixels as the network itself (98.110% in the worst picture)")
    assert "20 pictures of camvid/val, computed in int8" in line


@pytest.mark.parametrize(("architecture", "variant"), [("bisenetv1-x39", "torchseg"), ("bisenetv2", "mmseg")])
def test_the_example_of_the_docs_runs(
    architecture: str, variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime")
    text = (Path(__file__).resolve().parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    model = small(architecture, variant)
    save_checkpoint(tmp_path / "m.safetensors", model.network, model.card, half=False)
    export(str(tmp_path / "m.safetensors"), Target(tmp_path / "street.onnx", "onnx", imgsz=(96, 64)))
    rgb = drawn_pictures(1, (150, 100)).readers[0]()
    assert cv2.imwrite(str(tmp_path / "street.png"), rgb[:, :, ::-1])
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(code, names)
    expected = model.segment(rgb, (96, 64))
    assert names["labels"].dtype == np.uint8
    assert np.mean(names["labels"] == expected) >= 0.995
    drawn = cv2.imread(str(tmp_path / "labels.png"))
    assert drawn is not None
    assert (drawn[:, :, ::-1] == np.array(THREE.palette, np.uint8)[names["labels"]]).all()


def test_the_card_can_be_printed(checkpoint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.onnx"
    assert main(["export", checkpoint, "--to", "onnx", "-o", str(path), "--imgsz", "64x32"]) == 0
    assert f"model: {path}\n" in capsys.readouterr().out
    assert main(["card", str(path)]) == 0
    assert capsys.readouterr().out == (tmp_path / "m.onnx.md").read_text(encoding="utf-8")
