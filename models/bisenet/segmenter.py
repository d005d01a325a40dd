"""`Segmenter`: a network with its card, ready to segment pictures; `load` and `open_model` find one by name or path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bisenet.card import ModelCard
from bisenet.checkpoint import read_checkpoint
from bisenet.exported import ExportedModel, is_exported, read_exported
from bisenet.inference import class_ids, normalise, preprocess
from bisenet.network import SegmentationNetwork
from bisenet.pictures import check_rgb, input_size
from bisenet.weights import find_model


@dataclass(frozen=True, slots=True)
class Segmenter:
    """A loaded model."""

    network: SegmentationNetwork
    """(N, 3, H, W) float, normalised -> (N, C, ceil(H/8), ceil(W/8)); in eval mode."""
    card: ModelCard

    @torch.inference_mode()
    def segment(self, rgb: NDArray[np.uint8], imgsz: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB -> (H, W) uint8 class ids, on the device the network is on.

        imgsz: the network's input (width, height); None keeps the aspect at the card's short side.
        """
        check_rgb(rgb)
        height, width = rgb.shape[:2]
        weight = next(self.network.parameters())
        mean, std = (
            torch.tensor(values, device=weight.device, dtype=weight.dtype).view(3, 1, 1)
            for values in (self.card.mean, self.card.std)
        )
        batch = preprocess(rgb, imgsz or input_size(width, height, self.card.short_side)).to(weight.device)
        logits = self.network(normalise(batch, mean, std))
        labels = class_ids(logits, (height, width), self.network.logits_upsampling)[0]
        return np.asarray(labels.cpu().numpy(), np.uint8)


def load(name_or_path: str) -> Segmenter:
    """A bundled model by name (`street-x39`), a published one (`cityscapes-r18-mmseg`), or a `.safetensors` file.

    A published model is fetched and converted the first time; see `bisenet models`. Raises CheckpointError.
    """
    network, card = read_checkpoint(find_model(name_or_path))
    return Segmenter(network, card)


def open_model(name_or_path: str) -> Segmenter | ExportedModel:
    """What `load` finds, or an exported model: an `.onnx`, `.torchscript`, or OpenVINO's `.xml` beside its `.bin`.

    Raises CheckpointError.
    """
    path = Path(name_or_path)
    return read_exported(path) if is_exported(path) else load(name_or_path)
