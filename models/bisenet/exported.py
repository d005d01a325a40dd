"""`ExportedModel`: a model as a graph for OpenVINO, onnxruntime or TorchScript, known by the card in its file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from bisenet.card import ModelCard
from bisenet.embedded import onnx_text, openvino_text, torchscript_text
from bisenet.errors import CheckpointError
from bisenet.upsampling import Upsampling

Kind = Literal["openvino", "onnx", "torchscript"]
Precision = Literal["f32", "bf16", "int8"]

SUFFIXES: dict[Kind, str] = {"openvino": ".xml", "onnx": ".onnx", "torchscript": ".torchscript"}
_TEXTS: dict[Kind, Callable[[Path], str | None]] = {
    "openvino": openvino_text,
    "onnx": onnx_text,
    "torchscript": torchscript_text,
}


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A graph on disk: (1, H, W, 3) uint8 RGB -> (1, C, h, w) float32 logits, normalisation inside."""

    card: ModelCard
    path: Path
    """OpenVINO's .xml, beside which its .bin lies; .onnx; .torchscript."""
    kind: Kind
    precision: Precision
    """bf16: weights are kept in half precision, and a processor with bfloat16 is asked to compute in it."""
    imgsz: tuple[int, int] | None
    """Width and height that the graph takes; None is any multiples of 8, from 32 on."""
    upsampling: Upsampling
    """How its logits become picture-sized."""
    origin: Mapping[str, Any] = field(default_factory=dict)
    """Plain values: `weights` (file and sha256), `versions` (of packages), `calibration` (of int8), `parity`."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they are in the file; without its path."""
        return {
            "card": self.card.to_dict(),
            "export": {
                "kind": self.kind,
                "precision": self.precision,
                "imgsz": list(self.imgsz) if self.imgsz else None,
                "upsampling": self.upsampling,
                **self.origin,
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], path: Path) -> ExportedModel:
        """The inverse of `to_dict`. Raises CheckpointError naming what is wrong."""
        try:
            origin = dict(data["export"])
            kind, precision, upsampling = (
                _one_of(options, origin.pop(key))
                for key, options in (("kind", Kind), ("precision", Precision), ("upsampling", Upsampling))
            )
            imgsz = origin.pop("imgsz")
            if imgsz is not None:
                width, height = (int(side) for side in imgsz)
                imgsz = width, height
            card = ModelCard.from_dict(data["card"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the card is damaged: {error!r}") from error
        return cls(card, path, kind, precision, imgsz, upsampling, origin)


def is_exported(path: Path) -> bool:
    """Whether the name is one of an exported model; a `.bin` is, beside its `.xml`."""
    return path.suffix in SUFFIXES.values() or (path.suffix == ".bin" and path.with_suffix(".xml").is_file())


def read_exported(path: Path) -> ExportedModel:
    """What an exported file says of itself; neither its graph nor the package that runs it is loaded.

    Raises CheckpointError, in one line, for a file that is missing, cut off, or was not exported by bisenet.
    """
    kind = next((kind for kind, suffix in SUFFIXES.items() if suffix == path.suffix), None)
    if kind is None:
        hint = f", but the weights of one: give {path.with_suffix('.xml').name}" if path.suffix == ".bin" else ""
        raise CheckpointError(f"{path} is not an exported model{hint}")
    if not path.is_file():
        raise CheckpointError(f"no model file {path}")
    try:
        text = _TEXTS[kind](path)
        if text is None:
            raise CheckpointError("has no model card: it was not exported by bisenet (see `bisenet export`)")
        exported = ExportedModel.from_dict(json.loads(text), path)
        if exported.kind != kind:
            raise CheckpointError(f"the card is that of another file, for {exported.kind}")
    except (CheckpointError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error
    return exported


def _one_of(options: Any, text: object) -> Any:
    if text not in get_args(options):
        raise ValueError(f"{text!r} is none of {', '.join(get_args(options))}")
    return text
