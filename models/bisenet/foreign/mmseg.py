"""Keys of mmsegmentation."""

from __future__ import annotations

from collections.abc import Iterator

from bisenet.foreign.rows import Row, pair, resnet
from bisenet.foreign.v2_layout import DETAIL_DEPTHS, STAGES


def v1(depths: tuple[int, ...]) -> Iterator[Row]:
    """BiSeNetV1 with the ResNet of so many blocks per stage."""
    context = "backbone.context_path"
    yield from resnet("context_path.backbone", f"{context}.backbone", depths)
    for i in range(4):
        yield from pair(f"spatial_path.convs.{i}", f"backbone.spatial_path.layer{i + 1}")
    yield from pair("context_path.global_context", f"{context}.gap_conv.1")
    for stride in (32, 16):
        arm = f"context_path.arm{stride}"
        yield from pair(f"{arm}.conv", f"{context}.arm{stride}.conv_layer")
        yield from pair(f"{arm}.attention", f"{context}.arm{stride}.atten_conv_layer.1")
        yield from pair(f"context_path.refine{stride}", f"{context}.conv_head{stride}")
    yield from pair("ffm.conv", "backbone.ffm.conv1")
    yield from pair("ffm.attention", "backbone.ffm.conv_atten.0")
    yield from _heads(1)


def v2() -> Iterator[Row]:
    """BiSeNetV2."""
    for stage, depth in enumerate(DETAIL_DEPTHS):
        for i in range(depth):
            yield from pair(f"detail.{stage}.{i}", f"backbone.detail.detail_branch.{stage}.{i}")
    stem = "backbone.semantic.stage1"
    names = (("conv", "conv_first"), ("left.0", "convs.0"), ("left.1", "convs.1"), ("fuse", "fuse_last"))
    for ours, theirs in names:
        yield from pair(f"semantic.stem.{ours}", f"{stem}.{theirs}")
    for number, (name, count) in enumerate(STAGES, start=2):
        for i in range(count):
            ours, theirs = f"semantic.{name}.{i}", f"backbone.semantic.stage{number}.{i}"
            yield from pair(f"{ours}.conv1", f"{theirs}.conv1")
            yield from pair(f"{ours}.depthwise.0", f"{theirs}.dwconv.0")
            if i == 0:
                yield from pair(f"{ours}.depthwise.1", f"{theirs}.dwconv.1")
                yield from pair(f"{ours}.shortcut.0", f"{theirs}.shortcut.0.depthwise_conv")
                yield from pair(f"{ours}.shortcut.1", f"{theirs}.shortcut.0.pointwise_conv")
            yield from pair(f"{ours}.conv2", f"{theirs}.conv2.0")
    context = "backbone.semantic.stage4_CEBlock"
    yield "semantic.context.bn", f"{context}.gap.1"
    yield from pair("semantic.context.conv_average", f"{context}.conv_gap")
    yield from pair("semantic.context.conv_last", f"{context}.conv_last")
    for ours, theirs in (("detail_keep", "detail_dwconv"), ("semantic_keep", "semantic_dwconv")):
        yield from pair(f"aggregation.{ours}.depthwise", f"backbone.bga.{theirs}.0.depthwise_conv")
        yield f"aggregation.{ours}.pointwise", f"backbone.bga.{theirs}.0.pointwise_conv.conv"
    for ours, theirs in (("detail_down", "detail_down.0"), ("semantic_up", "semantic_conv.0"), ("conv", "conv")):
        yield from pair(f"aggregation.{ours}", f"backbone.bga.{theirs}")
    yield from _heads(2)


def _heads(aux_depth: int) -> Iterator[Row]:
    yield from pair("head.conv", "decode_head.convs.0")
    yield "head.classifier", "decode_head.conv_seg"
    for i in range(2 if aux_depth == 1 else 4):
        ours, theirs = f"aux_heads.{i}", f"auxiliary_head.{i}"
        yield from pair(f"{ours}.conv", f"{theirs}.convs.0")
        last = ours
        if aux_depth == 2:
            last = f"{ours}.head"
            yield from pair(f"{last}.conv", f"{theirs}.convs.1")
        yield f"{last}.classifier", f"{theirs}.conv_seg"
