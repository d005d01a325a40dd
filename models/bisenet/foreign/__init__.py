"""Key maps from three public implementations to ours: TorchSeg (the V1 authors), CoinCheung, mmsegmentation.

Each lists, for every module of ours, the module of theirs that holds the same weights. Nothing is guessed from shapes
alone: CoinCheung's V1 and mmsegmentation's V1 with ResNet-18 have the same shapes and compute different functions.
"""

from __future__ import annotations

from bisenet.foreign import coincheung, mmseg, torchseg
from bisenet.foreign.rows import RESNET18, RESNET50, RESNET101, Row

KEY_MAPS: dict[tuple[str, str], tuple[Row, ...]] = {
    ("bisenetv1-x39", "torchseg"): tuple(torchseg.v1("x39")),
    ("bisenetv1-r18", "torchseg"): tuple(torchseg.v1("r18")),
    ("bisenetv1-r18", "torchseg-speed"): tuple(torchseg.v1("r18")),
    ("bisenetv1-r101", "torchseg"): tuple(torchseg.v1("r101")),
    ("bisenetv1-r18", "coincheung"): tuple(coincheung.v1()),
    ("bisenetv1-r18", "coincheung-2020"): tuple(coincheung.v1(two_conv_fusion=True)),
    ("bisenetv2", "coincheung"): tuple(coincheung.v2()),
    ("bisenetv1-r18", "mmseg"): tuple(mmseg.v1(RESNET18)),
    ("bisenetv1-r50", "mmseg"): tuple(mmseg.v1(RESNET50)),
    ("bisenetv1-r101", "mmseg"): tuple(mmseg.v1(RESNET101)),
    ("bisenetv2", "mmseg"): tuple(mmseg.v2()),
}
"""(architecture, variant) -> rows of (our module, their module). A variant's name begins with its family's."""

FAMILIES = ("torchseg", "coincheung", "mmseg")
