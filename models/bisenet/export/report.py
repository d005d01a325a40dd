"""The card of an exported model for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bisenet.card import card_markdown
from bisenet.exported import ExportedModel

_PRECISIONS = {
    "f32": "f32",
    "bf16": "bf16 asked for: weights are kept in float16; a processor without bfloat16 computes in float32",
    "int8": "int8 convolutions, quantised after training; the rest in float32",
}


def exported_markdown(exported: ExportedModel) -> str:
    """How the graph was made and how far it agrees with its network, then the card of the model it was made of."""
    origin = exported.origin
    size = "{}x{}".format(*exported.imgsz) if exported.imgsz else "any, in multiples of 8"
    rows = [
        ("format", ", ".join([exported.kind, *_versions(origin)])),
        ("precision", _PRECISIONS[exported.precision]),
        ("takes", f"`pictures`, uint8 RGB (1, height, width, 3), {size}; normalisation is inside"),
        ("gives", f"`logits`, float32 (1, {len(exported.card.classes)}, rows, columns)"),
        ("logits become picture-sized by", exported.upsampling),
        ("made of", _listed(origin.get("weights"), "{file}, sha256 {sha256}")),
        ("quantised with", _listed(origin.get("calibration"), "{pictures} pictures of {source}")),
    ]
    lines = [f"# {exported.path.name}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows if value]
    if "parity" in origin:
        parity = origin["parity"]
        lines += [
            "",
            "Against the network in PyTorch, on {pictures} pictures of {source}, computed in {computed_in}:".format(
                **parity
            ),
            "",
            "| | |",
            "|---|---|",
            f"| pixels of the same class | {parity['agreement']:.3%} |",
            f"| in the worst picture | {parity['worst']:.3%} |",
            f"| largest difference of logits | {parity['largest_difference']:.2g} |",
            f"| largest logit | {parity['largest_logit']:.3g} |",
        ]
    return "\n".join(lines) + "\n\n#" + card_markdown(exported.card)


def _versions(origin: Mapping[str, Any]) -> list[str]:
    return [f"{name} {version}" for name, version in origin.get("versions", {}).items()]


def _listed(values: Mapping[str, Any] | None, form: str) -> str:
    return form.format(**values) if values else ""
