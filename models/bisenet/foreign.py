"""Key maps from three public implementations to ours: TorchSeg (the V1 authors), CoinCheung, mmsegmentation.

Each table lists, for every module of ours, the module of theirs that holds the same weights. Nothing is guessed from
shapes: CoinCheung's V1 and mmsegmentation's V1 with ResNet-18 have the same shapes and compute different functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor

from bisenet.errors import CheckpointError

Row = tuple[str, str]
"""Our module's path, theirs; `conv` and `bn` leaves are separate rows."""


def _pair(ours: str, theirs: str) -> Iterator[Row]:
    """A ConvBN of ours against one that calls its parts `conv` and `bn` as we do."""
    yield f"{ours}.conv", f"{theirs}.conv"
    yield f"{ours}.bn", f"{theirs}.bn"


def _apart(ours: str, conv: str, bn: str) -> Iterator[Row]:
    """A ConvBN of ours against a convolution and a normalisation with names of their own."""
    yield f"{ours}.conv", conv
    yield f"{ours}.bn", bn


def _resnet18(ours: str, theirs: str) -> Iterator[Row]:
    """torchvision's names, which all three keep."""
    yield from _apart(f"{ours}.stem", f"{theirs}.conv1", f"{theirs}.bn1")
    for stage in range(4):
        for block in range(2):
            mine, other = f"{ours}.stages.{stage}.{block}", f"{theirs}.layer{stage + 1}.{block}"
            yield from _apart(f"{mine}.conv1", f"{other}.conv1", f"{other}.bn1")
            yield from _apart(f"{mine}.conv2", f"{other}.conv2", f"{other}.bn2")
            if stage > 0 and block == 0:
                yield from _apart(f"{mine}.projection", f"{other}.downsample.0", f"{other}.downsample.1")


def _separable(ours: str, theirs: str) -> Iterator[Row]:
    yield f"{ours}.depthwise", f"{theirs}.conv1"
    yield from _pair(f"{ours}.pointwise", f"{theirs}.point_wise_cbr")


def _xception39(ours: str, theirs: str) -> Iterator[Row]:
    yield from _pair(f"{ours}.stem", f"{theirs}.conv1")
    for stage, depth in enumerate((4, 8, 4)):
        for block in range(depth):
            mine, other = f"{ours}.stages.{stage}.{block}", f"{theirs}.layer{stage + 1}.{block}"
            if block == 0:
                yield from _separable(f"{mine}.projection", f"{other}.proj")
            for i in range(3):
                yield from _separable(f"{mine}.residual.{i}", f"{other}.residual_branch.{i}")


def _torchseg_v1(backbone: str) -> Iterator[Row]:
    rows = _xception39 if backbone == "x39" else _resnet18
    yield from rows("context_path.backbone", "context_path")
    for i, name in enumerate(("conv_7x7", "conv_3x3_1", "conv_3x3_2", "conv_1x1")):
        yield from _pair(f"spatial_path.convs.{i}", f"spatial_path.{name}")
    yield from _pair("context_path.global_context", "global_context.1")
    for i, stride in enumerate((32, 16)):
        yield from _pair(f"context_path.arm{stride}.conv", f"arms.{i}.conv_3x3")
        yield from _pair(f"context_path.arm{stride}.attention", f"arms.{i}.channel_attention.1")
        yield from _pair(f"context_path.refine{stride}", f"refines.{i}")
    yield from _pair("ffm.conv", "ffm.conv_1x1")
    yield "ffm.attention.0", "ffm.channel_attention.1.conv"
    yield "ffm.attention.2", "ffm.channel_attention.2.conv"
    # heads.0 reads the 1/16 map, heads.1 the 1/8 map.
    for ours, theirs in (("head", "heads.2"), ("aux_heads.0", "heads.1"), ("aux_heads.1", "heads.0")):
        yield from _pair(f"{ours}.conv", f"{theirs}.conv_3x3")
        yield f"{ours}.classifier", f"{theirs}.conv_1x1"


def _coincheung_v1() -> Iterator[Row]:
    yield from _resnet18("context_path.backbone", "cp.resnet")
    for i, name in enumerate(("conv1", "conv2", "conv3", "conv_out")):
        yield from _pair(f"spatial_path.convs.{i}", f"sp.{name}")
    yield from _pair("context_path.global_context", "cp.conv_avg")
    for stride in (32, 16):
        arm = f"context_path.arm{stride}"
        yield from _pair(f"{arm}.conv", f"cp.arm{stride}.conv")
        yield from _apart(f"{arm}.attention", f"cp.arm{stride}.conv_atten", f"cp.arm{stride}.bn_atten")
        yield from _pair(f"context_path.refine{stride}", f"cp.conv_head{stride}")
    yield from _pair("ffm.conv", "ffm.convblk")
    yield from _pair("ffm.attention", "ffm")
    # conv_out16 reads the 1/8 map and conv_out32 the 1/16 map, whatever their names say.
    for ours, theirs in (("head", "conv_out"), ("aux_heads.0", "conv_out16"), ("aux_heads.1", "conv_out32")):
        yield from _pair(f"{ours}.conv", f"{theirs}.conv")
        yield f"{ours}.classifier", f"{theirs}.conv_out"


def _mmseg_v1() -> Iterator[Row]:
    context = "backbone.context_path"
    yield from _resnet18("context_path.backbone", f"{context}.backbone")
    for i in range(4):
        yield from _pair(f"spatial_path.convs.{i}", f"backbone.spatial_path.layer{i + 1}")
    yield from _pair("context_path.global_context", f"{context}.gap_conv.1")
    for stride in (32, 16):
        arm = f"context_path.arm{stride}"
        yield from _pair(f"{arm}.conv", f"{context}.arm{stride}.conv_layer")
        yield from _pair(f"{arm}.attention", f"{context}.arm{stride}.atten_conv_layer.1")
        yield from _pair(f"context_path.refine{stride}", f"{context}.conv_head{stride}")
    yield from _pair("ffm.conv", "backbone.ffm.conv1")
    yield from _pair("ffm.attention", "backbone.ffm.conv_atten.0")
    yield from _mmseg_heads(1)


def _mmseg_heads(aux_depth: int) -> Iterator[Row]:
    yield from _pair("head.conv", "decode_head.convs.0")
    yield "head.classifier", "decode_head.conv_seg"
    for i in range(2 if aux_depth == 1 else 4):
        ours, theirs = f"aux_heads.{i}", f"auxiliary_head.{i}"
        yield from _pair(f"{ours}.conv", f"{theirs}.convs.0")
        last = ours
        if aux_depth == 2:
            last = f"{ours}.head"
            yield from _pair(f"{last}.conv", f"{theirs}.convs.1")
        yield f"{last}.classifier", f"{theirs}.conv_seg"


_STAGES = (("stage3", 2), ("stage4", 2), ("stage5", 4))
_DETAIL_DEPTHS = (2, 3, 3)


def _coincheung_v2() -> Iterator[Row]:
    for stage, depth in enumerate(_DETAIL_DEPTHS):
        for i in range(depth):
            yield from _pair(f"detail.{stage}.{i}", f"detail.S{stage + 1}.{i}")
    for part in ("conv", "left.0", "left.1", "fuse"):
        yield from _pair(f"semantic.stem.{part}", f"segment.S1S2.{part}")
    for (name, count), theirs_name in zip(_STAGES, ("S3", "S4", "S5_4"), strict=True):
        for i in range(count):
            ours, theirs = f"semantic.{name}.{i}", f"segment.{theirs_name}.{i}"
            yield from _pair(f"{ours}.conv1", f"{theirs}.conv1")
            if i == 0:
                for j in range(2):
                    yield from _apart(f"{ours}.depthwise.{j}", f"{theirs}.dwconv{j + 1}.0", f"{theirs}.dwconv{j + 1}.1")
                    short = f"{theirs}.shortcut"
                    yield from _apart(f"{ours}.shortcut.{j}", f"{short}.{2 * j}", f"{short}.{2 * j + 1}")
            else:
                yield from _apart(f"{ours}.depthwise.0", f"{theirs}.dwconv.0", f"{theirs}.dwconv.1")
            yield from _apart(f"{ours}.conv2", f"{theirs}.conv2.0", f"{theirs}.conv2.1")
    yield "semantic.context.bn", "segment.S5_5.bn"
    yield from _pair("semantic.context.conv_average", "segment.S5_5.conv_gap")
    yield from _pair("semantic.context.conv_last", "segment.S5_5.conv_last")
    for ours, theirs in (("detail_keep", "left1"), ("semantic_keep", "right2")):
        yield from _apart(f"aggregation.{ours}.depthwise", f"bga.{theirs}.0", f"bga.{theirs}.1")
        yield f"aggregation.{ours}.pointwise", f"bga.{theirs}.2"
    for ours, theirs in (("detail_down", "left2"), ("semantic_up", "right1"), ("conv", "conv")):
        yield from _apart(f"aggregation.{ours}", f"bga.{theirs}.0", f"bga.{theirs}.1")
    yield from _pair("head.conv", "head.conv")
    yield "head.classifier", "head.conv_out.1"
    for i, head in enumerate(("aux2", "aux3", "aux4", "aux5_4")):
        yield from _pair(f"aux_heads.{i}.conv", f"{head}.conv")
        yield from _pair(f"aux_heads.{i}.head.conv", f"{head}.conv_out.0.1")
        yield f"aux_heads.{i}.head.classifier", f"{head}.conv_out.1"


def _mmseg_v2() -> Iterator[Row]:
    for stage, depth in enumerate(_DETAIL_DEPTHS):
        for i in range(depth):
            yield from _pair(f"detail.{stage}.{i}", f"backbone.detail.detail_branch.{stage}.{i}")
    stem = "backbone.semantic.stage1"
    names = (("conv", "conv_first"), ("left.0", "convs.0"), ("left.1", "convs.1"), ("fuse", "fuse_last"))
    for ours, theirs in names:
        yield from _pair(f"semantic.stem.{ours}", f"{stem}.{theirs}")
    for number, (name, count) in enumerate(_STAGES, start=2):
        for i in range(count):
            ours, theirs = f"semantic.{name}.{i}", f"backbone.semantic.stage{number}.{i}"
            yield from _pair(f"{ours}.conv1", f"{theirs}.conv1")
            yield from _pair(f"{ours}.depthwise.0", f"{theirs}.dwconv.0")
            if i == 0:
                yield from _pair(f"{ours}.depthwise.1", f"{theirs}.dwconv.1")
                yield from _pair(f"{ours}.shortcut.0", f"{theirs}.shortcut.0.depthwise_conv")
                yield from _pair(f"{ours}.shortcut.1", f"{theirs}.shortcut.0.pointwise_conv")
            yield from _pair(f"{ours}.conv2", f"{theirs}.conv2.0")
    context = "backbone.semantic.stage4_CEBlock"
    yield "semantic.context.bn", f"{context}.gap.1"
    yield from _pair("semantic.context.conv_average", f"{context}.conv_gap")
    yield from _pair("semantic.context.conv_last", f"{context}.conv_last")
    for ours, theirs in (("detail_keep", "detail_dwconv"), ("semantic_keep", "semantic_dwconv")):
        yield from _pair(f"aggregation.{ours}.depthwise", f"backbone.bga.{theirs}.0.depthwise_conv")
        yield f"aggregation.{ours}.pointwise", f"backbone.bga.{theirs}.0.pointwise_conv.conv"
    for ours, theirs in (("detail_down", "detail_down.0"), ("semantic_up", "semantic_conv.0"), ("conv", "conv")):
        yield from _pair(f"aggregation.{ours}", f"backbone.bga.{theirs}")
    yield from _mmseg_heads(2)


KEY_MAPS: dict[tuple[str, str], tuple[Row, ...]] = {
    ("bisenetv1-x39", "torchseg"): tuple(_torchseg_v1("x39")),
    ("bisenetv1-r18", "torchseg"): tuple(_torchseg_v1("r18")),
    ("bisenetv1-r18", "coincheung"): tuple(_coincheung_v1()),
    ("bisenetv1-r18", "mmseg"): tuple(_mmseg_v1()),
    ("bisenetv2", "coincheung"): tuple(_coincheung_v2()),
    ("bisenetv2", "mmseg"): tuple(_mmseg_v2()),
}
"""(architecture, variant) -> rows of (our module, their module)."""


def convert_state(state: Mapping[str, Tensor], architecture: str, variant: str) -> dict[str, Tensor]:
    """Rename a foreign state_dict to our keys; every key of theirs must have its place.

    Raises CheckpointError naming the first keys that are unknown. Missing ones are found by the strict load after it.
    """
    ours_of = {theirs: ours for ours, theirs in KEY_MAPS[architecture, variant]}
    converted: dict[str, Tensor] = {}
    unknown: list[str] = []
    for key, value in state.items():
        module, _, leaf = key.rpartition(".")
        if module in ours_of:
            converted[f"{ours_of[module]}.{leaf}"] = value
        else:
            unknown.append(key)
    if unknown:
        raise CheckpointError(
            f"not a {variant} checkpoint of {architecture}: {len(unknown)} unknown keys, first {', '.join(unknown[:3])}"
        )
    return converted
