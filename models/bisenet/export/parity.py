"""How far an exported graph agrees with the network it was made of, picture by picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch

from bisenet.export.pictures import Pictures, Rgb, as_batch
from bisenet.export.running import load_graph
from bisenet.exported import ExportedModel, Precision
from bisenet.inference import class_ids, normalise
from bisenet.segmenter import Segmenter

BARS: dict[Precision, float] = {"f32": 0.995, "bf16": 0.995, "int8": 0.97}
"""Share of pixels that must have the same class."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Exported graph and eager float32 network on the same pictures."""

    pictures: int
    source: str
    """Where the pictures are from."""
    agreement: float
    """Share of pixels with the same class, over all pictures at their own sizes."""
    worst: float
    """That of the picture with the lowest."""
    largest_difference: float
    """Between two logits."""
    largest_logit: float
    """Of the network, for comparison."""
    computed_in: str
    """By the processor that this was measured on."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {key: round(value, 7) if isinstance(value, float) else value for key, value in asdict(self).items()}

    def text(self) -> str:
        """One line for people."""
        return (
            f"{self.agreement:.3%} of the pixels as the network itself ({self.worst:.3%} in the worst picture), logits "
            f"differ by at most {self.largest_difference:.2g} of {self.largest_logit:.3g}; "
            f"{self.pictures} pictures of {self.source}, computed in {self.computed_in}"
        )


@torch.inference_mode()
def parity(model: Segmenter, exported: ExportedModel, pictures: Pictures) -> Parity:
    """Run both on every picture. Raises EngineError without the package for it, DataError for a damaged picture."""
    loaded = load_graph(exported)
    shares, difference, largest = [], 0.0, 0.0
    pixels = same = 0
    for read in pictures.readers:
        rgb = read()
        batch = as_batch(rgb, exported.imgsz, model.card.short_side)
        expected = _eager(model, batch)
        got = torch.from_numpy(loaded.logits(batch))
        size = rgb.shape[0], rgb.shape[1]
        equal = class_ids(got, size, exported.upsampling) == class_ids(expected, size, exported.upsampling)
        pixels, same = pixels + equal.numel(), same + int(equal.sum())
        shares.append(float(equal.float().mean()))
        difference = max(difference, float((got - expected).abs().max()))
        largest = max(largest, float(expected.abs().max()))
    return Parity(
        len(shares), pictures.source, same / pixels, min(shares), difference, largest, loaded.computes_in
    )  # fmt: skip


def _eager(model: Segmenter, batch: Rgb) -> torch.Tensor:
    """Neither folded nor traced: what is compared with must not share the conversion's faults."""
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (model.card.mean, model.card.std))
    logits: torch.Tensor = model.network(normalise(torch.from_numpy(batch).permute(0, 3, 1, 2), mean, std))
    return logits
