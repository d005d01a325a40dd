"""What there is by name: architectures, their variants, and the bundled weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bisenet.backbones import ResNet18, Xception39
from bisenet.errors import ConfigError
from bisenet.layers import initialise
from bisenet.v1 import BiSeNetV1, V1Variant
from bisenet.v2 import BiSeNetV2, V2Variant

Network = BiSeNetV1 | BiSeNetV2

_TORCHSEG = V1Variant("two-conv", "bilinear-corners", "bilinear-corners", head_channels=64, aux_channels=256)
_TORCHSEG_X39 = V1Variant("two-conv", "bilinear-corners", "bilinear-corners", head_channels=64, aux_channels=128)
_COINCHEUNG = V1Variant("conv-bn", "nearest", "bilinear", head_channels=256, aux_channels=64, dropout=0.1)
_MMSEG = V1Variant("conv-bn-relu", "nearest", "bilinear", head_channels=256, aux_channels=64, dropout=0.1)
_V2_COINCHEUNG = V2Variant("nearest", bga_bias=False, booster="enlarging")
_V2_MMSEG = V2Variant("bilinear", bga_bias=True, booster="two-conv")

ARCHITECTURES: dict[str, dict[str, Callable[[int], Network]]] = {
    "bisenetv1-x39": {
        "torchseg": partial(BiSeNetV1, Xception39, variant=_TORCHSEG_X39),
    },
    "bisenetv1-r18": {
        "torchseg": partial(BiSeNetV1, ResNet18, variant=_TORCHSEG),
        "coincheung": partial(BiSeNetV1, ResNet18, variant=_COINCHEUNG),
        "mmseg": partial(BiSeNetV1, ResNet18, variant=_MMSEG),
    },
    "bisenetv2": {
        "coincheung": partial(BiSeNetV2, variant=_V2_COINCHEUNG),
        "mmseg": partial(BiSeNetV2, variant=_V2_MMSEG),
    },
}
"""Architecture -> variant -> function of the number of classes. The first variant is the default."""


def build(architecture: str, num_classes: int, variant: str | None = None) -> Network:
    """A network with fresh weights, in train mode.

    variant: whose implementation it agrees with (`torchseg`, `coincheung`, `mmseg`); None is the architecture's first.
    Raises ConfigError for an unknown architecture or variant, naming the known ones.
    """
    if architecture not in ARCHITECTURES:
        raise ConfigError(f"unknown architecture {architecture!r}: choose one of {', '.join(ARCHITECTURES)}")
    variants = ARCHITECTURES[architecture]
    if variant is None:
        variant = next(iter(variants))
    if variant not in variants:
        raise ConfigError(f"{architecture} has no variant {variant!r}: choose one of {', '.join(variants)}")
    if not 1 <= num_classes <= 255:
        raise ConfigError(f"num_classes must be 1 to 255, got {num_classes}")
    network = variants[variant](num_classes)
    initialise(network)
    return network
