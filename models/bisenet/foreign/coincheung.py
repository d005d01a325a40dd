"""Keys of CoinCheung/BiSeNet."""

from __future__ import annotations

from collections.abc import Iterator

from bisenet.foreign.rows import RESNET18, Row, apart, pair, resnet
from bisenet.foreign.v2_layout import DETAIL_DEPTHS, STAGES


def v1(*, two_conv_fusion: bool = False) -> Iterator[Row]:
    """BiSeNetV1 with ResNet-18; with the fusion of before July 2021, or the present one."""
    yield from resnet("context_path.backbone", "cp.resnet", RESNET18)
    for i, name in enumerate(("conv1", "conv2", "conv3", "conv_out")):
        yield from pair(f"spatial_path.convs.{i}", f"sp.{name}")
    yield from pair("context_path.global_context", "cp.conv_avg")
    for stride in (32, 16):
        arm = f"context_path.arm{stride}"
        yield from pair(f"{arm}.conv", f"cp.arm{stride}.conv")
        yield from apart(f"{arm}.attention", f"cp.arm{stride}.conv_atten", f"cp.arm{stride}.bn_atten")
        yield from pair(f"context_path.refine{stride}", f"cp.conv_head{stride}")
    yield from pair("ffm.conv", "ffm.convblk")
    if two_conv_fusion:
        yield "ffm.attention.0", "ffm.conv1"
        yield "ffm.attention.2", "ffm.conv2"
    else:
        yield from pair("ffm.attention", "ffm")
    # conv_out16 reads the 1/8 map and conv_out32 the 1/16 map, whatever their names say.
    for ours, theirs in (("head", "conv_out"), ("aux_heads.0", "conv_out16"), ("aux_heads.1", "conv_out32")):
        yield from pair(f"{ours}.conv", f"{theirs}.conv")
        yield f"{ours}.classifier", f"{theirs}.conv_out"


def v2() -> Iterator[Row]:
    """BiSeNetV2."""
    for stage, depth in enumerate(DETAIL_DEPTHS):
        for i in range(depth):
            yield from pair(f"detail.{stage}.{i}", f"detail.S{stage + 1}.{i}")
    for part in ("conv", "left.0", "left.1", "fuse"):
        yield from pair(f"semantic.stem.{part}", f"segment.S1S2.{part}")
    for (name, count), theirs_name in zip(STAGES, ("S3", "S4", "S5_4"), strict=True):
        for i in range(count):
            ours, theirs = f"semantic.{name}.{i}", f"segment.{theirs_name}.{i}"
            yield from pair(f"{ours}.conv1", f"{theirs}.conv1")
            if i == 0:
                for j in range(2):
                    yield from apart(f"{ours}.depthwise.{j}", f"{theirs}.dwconv{j + 1}.0", f"{theirs}.dwconv{j + 1}.1")
                    short = f"{theirs}.shortcut"
                    yield from apart(f"{ours}.shortcut.{j}", f"{short}.{2 * j}", f"{short}.{2 * j + 1}")
            else:
                yield from apart(f"{ours}.depthwise.0", f"{theirs}.dwconv.0", f"{theirs}.dwconv.1")
            yield from apart(f"{ours}.conv2", f"{theirs}.conv2.0", f"{theirs}.conv2.1")
    yield "semantic.context.bn", "segment.S5_5.bn"
    yield from pair("semantic.context.conv_average", "segment.S5_5.conv_gap")
    yield from pair("semantic.context.conv_last", "segment.S5_5.conv_last")
    for ours, theirs in (("detail_keep", "left1"), ("semantic_keep", "right2")):
        yield from apart(f"aggregation.{ours}.depthwise", f"bga.{theirs}.0", f"bga.{theirs}.1")
        yield f"aggregation.{ours}.pointwise", f"bga.{theirs}.2"
    for ours, theirs in (("detail_down", "left2"), ("semantic_up", "right1"), ("conv", "conv")):
        yield from apart(f"aggregation.{ours}", f"bga.{theirs}.0", f"bga.{theirs}.1")
    yield from pair("head.conv", "head.conv")
    yield "head.classifier", "head.conv_out.1"
    for i, head in enumerate(("aux2", "aux3", "aux4", "aux5_4")):
        yield from pair(f"aux_heads.{i}.conv", f"{head}.conv")
        yield from pair(f"aux_heads.{i}.head.conv", f"{head}.conv_out.0.1")
        yield f"aux_heads.{i}.head.classifier", f"{head}.conv_out.1"
