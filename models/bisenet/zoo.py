"""What there is by name: architectures and their variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bisenet.backbones import Xception39, resnet18, resnet50, resnet101
from bisenet.baselines import ENet, Fcn32s, SegNet
from bisenet.errors import ConfigError
from bisenet.layers import initialise
from bisenet.network import SegmentationNetwork
from bisenet.v1 import BiSeNetV1, V1Variant
from bisenet.v2 import BiSeNetV2, V2Variant

_TORCHSEG_X39 = V1Variant("two-conv", "bilinear-corners", "bilinear-corners", head_channels=64, aux_channels=128)
_TORCHSEG_R18 = replace(_TORCHSEG_X39, aux_channels=256)
_TORCHSEG_R101 = replace(_TORCHSEG_X39, head_channels=256, aux_channels=256)
_COINCHEUNG = V1Variant("conv-bn", "nearest", "bilinear", head_channels=256, aux_channels=64, dropout=0.1)
_COINCHEUNG_2020 = replace(_COINCHEUNG, ffm_attention="two-conv", ffm_reduction=4)
_MMSEG = V1Variant("conv-bn-relu", "nearest", "bilinear", head_channels=256, aux_channels=64, dropout=0.1)
_MMSEG_WIDE = replace(
    _MMSEG, head_channels=1024, aux_channels=256, spatial_channels=(256, 256, 256, 512), context_channels=512
)
_V2_COINCHEUNG = V2Variant("nearest", bga_bias=False, booster="enlarging")
_V2_MMSEG = V2Variant("bilinear", bga_bias=True, booster="two-conv")


def _ablations(whole: V1Variant) -> dict[str, V1Variant]:
    """The rows of the V1 paper's tables 2 and 3 but the last one; `u-shape-8s` is "CP" too."""
    fused = replace(whole, attention_refinement=False, global_context=False)
    return {
        "u-shape-8s": replace(fused, fusion="none"),
        "u-shape-4s": replace(fused, fusion="none", context_stride=4),
        "cp-sp-sum": replace(fused, fusion="sum"),
        "cp-sp-ffm": fused,
        "cp-sp-ffm-gp": replace(fused, global_context=True),
        "cp-sp-ffm-arm": replace(fused, attention_refinement=True),
    }


Build = Callable[[int], SegmentationNetwork]

ARCHITECTURES: dict[str, dict[str, Build]] = {
    "bisenetv1-x39": {
        name: partial(BiSeNetV1, Xception39, variant=variant)
        for name, variant in {"torchseg": _TORCHSEG_X39, **_ablations(_TORCHSEG_X39)}.items()
    },
    "bisenetv1-r18": {
        name: partial(BiSeNetV1, resnet18, variant=variant)
        for name, variant in {
            "torchseg": _TORCHSEG_R18,
            "torchseg-speed": replace(_TORCHSEG_R18, aux_channels=128),
            "coincheung": _COINCHEUNG,
            "coincheung-2020": _COINCHEUNG_2020,
            "mmseg": _MMSEG,
            **_ablations(_TORCHSEG_R18),
        }.items()
    },
    "bisenetv1-r50": {
        "mmseg": partial(BiSeNetV1, resnet50, variant=_MMSEG_WIDE),
    },
    "bisenetv1-r101": {
        "torchseg": partial(BiSeNetV1, partial(resnet101, deep_stem=True), variant=_TORCHSEG_R101),
        "mmseg": partial(BiSeNetV1, resnet101, variant=_MMSEG_WIDE),
    },
    "bisenetv2": {
        "coincheung": partial(BiSeNetV2, variant=_V2_COINCHEUNG),
        "mmseg": partial(BiSeNetV2, variant=_V2_MMSEG),
    },
    "bisenetv2-large": {
        "coincheung": partial(BiSeNetV2, variant=replace(_V2_COINCHEUNG, width=2, depth=3)),
        "mmseg": partial(BiSeNetV2, variant=replace(_V2_MMSEG, width=2, depth=3)),
    },
    "fcn32s-x39": {"paper": partial(Fcn32s, Xception39)},
    "fcn32s-r18": {"paper": partial(Fcn32s, resnet18)},
    "segnet": {"paper": SegNet},
    "enet": {"paper": ENet},
}
"""Architecture -> variant -> function of the number of classes. The first variant is the default.

torchseg, coincheung and mmseg name whose implementation it agrees with; `paper` is a baseline as its paper has it, and
the others are ablations of the V1 paper.
"""


def build(architecture: str, num_classes: int, variant: str | None = None) -> SegmentationNetwork:
    """A network with fresh weights, in train mode.

    variant: one of the architecture's, see ARCHITECTURES; None is its first.
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
