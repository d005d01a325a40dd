"""A model, from its name to a checked file for another program."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bisenet.errors import ConfigError, EngineError
from bisenet.export.files import files_of, refuse_existing, write_graph, written_aside
from bisenet.export.graphs import default_imgsz, onnx_graph, openvino_graph, torchscript_graph
from bisenet.export.packages import require, required
from bisenet.export.parity import BARS, Parity, parity
from bisenet.export.pictures import Batches, Pictures, drawn_pictures, open_pictures
from bisenet.export.quantising import CALIBRATION_PICTURES, quantise
from bisenet.export.report import exported_markdown
from bisenet.exported import SUFFIXES, ExportedModel, Kind, Precision, read_exported
from bisenet.segmenter import Segmenter, load
from bisenet.weights import find_model

PARITY_PICTURES = 20

_PRECISIONS: dict[Kind, tuple[Precision, ...]] = {
    "openvino": ("f32", "bf16", "int8"),
    "onnx": ("f32", "int8"),
    "torchscript": ("f32",),
}
_PACKAGES: dict[Kind, tuple[str, ...]] = {
    "openvino": ("openvino",),
    "onnx": ("onnx", "onnxruntime"),
    "torchscript": (),
}
_UNPOOLING = ("segnet", "enet")
_INSTEAD = {
    "onnx": "onnxruntime has no bfloat16 convolutions on CPUs; take f32 or int8, or --to openvino",
    "torchscript": "take f32, or --to openvino",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted. Raises ConfigError for what cannot be."""

    path: Path
    kind: Kind
    precision: Precision = "f32"
    imgsz: tuple[int, int] | None = None
    """Width and height; None: 16:9 at the short side that the model was made for, unless dynamic."""
    dynamic: bool = False
    """Whether the graph takes any multiples of 8."""

    def __post_init__(self) -> None:
        if self.path.suffix != SUFFIXES[self.kind]:
            raise ConfigError(f"--output {self.path}: a model for {self.kind} ends in {SUFFIXES[self.kind]}")
        if self.precision not in _PRECISIONS[self.kind]:
            raise ConfigError(f"{self.kind} is not exported in {self.precision}: {_INSTEAD[self.kind]}")
        if self.imgsz and self.dynamic:
            raise ConfigError("--imgsz fixes the size, --dynamic leaves it open: give one of them")
        if self.imgsz and not all(32 <= side <= 8192 and side % 8 == 0 for side in self.imgsz):
            width, height = self.imgsz
            raise ConfigError(f"--imgsz {width}x{height}: each side is a multiple of 8, from 32 to 8192")


def export(
    model: str,
    target: Target,
    *,
    calibrate: str | None = None,
    pictures: str | None = None,
    overwrite: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> ExportedModel:
    """Write a bundled, published or `.safetensors` model as the target says; its card lies beside, as NAME.md.

    calibrate: pictures for int8, a folder or LAYOUT:PATH (its train split). pictures: those to compare on (its val
    split); without them, those of calibrate, or else drawn ones. say: takes a line on what is done.
    Nothing is left under the target's name when a step fails. Raises ConfigError, CheckpointError, DataError,
    FileExistsError, OSError, and EngineError: without a package, or when the graph differs from the network too much.
    """
    packages = _check_wishes(target, calibrate)
    if not overwrite:
        refuse_existing(target.path)
    file = find_model(model)
    segmenter = load(str(file))
    used = open_pictures(calibrate, ("train", "val")).spread(CALIBRATION_PICTURES) if calibrate else None
    compared = _compared(segmenter, pictures or calibrate)
    imgsz = None if target.dynamic else target.imgsz or default_imgsz(segmenter.card.short_side)
    origin: dict[str, Any] = {
        "weights": {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
        "versions": {name: version(name) for name in ("torch", *packages)},
    }
    if used:
        origin["calibration"] = {"pictures": len(used), "source": used.source}
    size = "{}x{}".format(*imgsz) if imgsz else "any size"
    say(f"{segmenter.card.name} for {target.kind}, {target.precision}, {size}")
    graph = _graph(segmenter, target.kind, imgsz)
    if used:
        say(f"quantising with {len(used)} pictures of {used.source}")
        graph = quantise(graph, Batches(used, imgsz, segmenter.card.short_side))
    with written_aside(target.path) as aside:
        exported = ExportedModel(
            segmenter.card, aside, target.kind, target.precision, imgsz, segmenter.network.logits_upsampling, origin
        )
        write_graph(graph, exported)
        # Of the file itself, so that writing and reading are compared too.
        found = parity(segmenter, exported, compared)
        say(found.text())
        _check_parity(found, target)
        exported = replace(exported, origin=origin | {"parity": found.to_dict()})
        write_graph(graph, exported)
        files_of(aside)[-2].write_text(exported_markdown(exported), encoding="utf-8")
    return read_exported(target.path)


def _check_wishes(target: Target, calibrate: str | None) -> tuple[str, ...]:
    """The packages that it takes. Raises ConfigError, and EngineError where one is missing."""
    if (target.precision == "int8") != (calibrate is not None):
        raise ConfigError(
            "--calibrate is for --precision int8: to compare on pictures, give --pictures"
            if calibrate
            else "--precision int8 needs pictures such as the model will see: --calibrate DIR or LAYOUT:PATH"
        )
    packages = (*_PACKAGES[target.kind], *(("nncf",) if calibrate else ()))
    require(*packages)
    return packages


def _graph(model: Segmenter, kind: Kind, imgsz: tuple[int, int] | None) -> Any:
    """What `write_graph` and `quantise` take."""
    if model.card.architecture in _UNPOOLING:
        raise ConfigError(f"{model.card.architecture} cannot be exported: other programs have no max-unpooling")
    if kind == "openvino":
        return openvino_graph(model, imgsz)
    if kind == "onnx":
        return required("onnx").load_from_string(onnx_graph(model, imgsz))
    return torchscript_graph(model, imgsz)


def _compared(model: Segmenter, spec: str | None) -> Pictures:
    if spec:
        return open_pictures(spec, ("val", "train")).spread(PARITY_PICTURES)
    return drawn_pictures(PARITY_PICTURES, default_imgsz(model.card.short_side))


def _check_parity(found: Parity, target: Target) -> None:
    bar = BARS[target.precision]
    if found.agreement < bar:
        hint = ": give --calibrate pictures that are more like those it will see" if target.precision == "int8" else ""
        raise EngineError(
            f"the graph gives {found.agreement:.2%} of the pixels the class that the network gives, on "
            f"{found.pictures} pictures of {found.source}, and {bar:.1%} are asked for: nothing was written{hint}"
        )
