"""Keys of ycszen/TorchSeg, the V1 authors' own code."""

from __future__ import annotations

from collections.abc import Iterator

from bisenet.foreign.rows import RESNET18, RESNET101, Row, pair, resnet


def _separable(ours: str, theirs: str) -> Iterator[Row]:
    yield f"{ours}.depthwise", f"{theirs}.conv1"
    yield from pair(f"{ours}.pointwise", f"{theirs}.point_wise_cbr")


def _xception39(ours: str, theirs: str) -> Iterator[Row]:
    yield from pair(f"{ours}.stem", f"{theirs}.conv1")
    for stage, depth in enumerate((4, 8, 4)):
        for block in range(depth):
            mine, other = f"{ours}.stages.{stage}.{block}", f"{theirs}.layer{stage + 1}.{block}"
            if block == 0:
                yield from _separable(f"{mine}.projection", f"{other}.proj")
            for i in range(3):
                yield from _separable(f"{mine}.residual.{i}", f"{other}.residual_branch.{i}")


def v1(backbone: str) -> Iterator[Row]:
    """BiSeNetV1 with `x39`, `r18` or `r101`."""
    match backbone:
        case "x39":
            yield from _xception39("context_path.backbone", "context_path")
        case "r18":
            yield from resnet("context_path.backbone", "context_path", RESNET18)
        case "r101":
            yield from resnet("context_path.backbone", "context_path", RESNET101, deep_stem=True)
    for i, name in enumerate(("conv_7x7", "conv_3x3_1", "conv_3x3_2", "conv_1x1")):
        yield from pair(f"spatial_path.convs.{i}", f"spatial_path.{name}")
    yield from pair("context_path.global_context", "global_context.1")
    for i, stride in enumerate((32, 16)):
        yield from pair(f"context_path.arm{stride}.conv", f"arms.{i}.conv_3x3")
        yield from pair(f"context_path.arm{stride}.attention", f"arms.{i}.channel_attention.1")
        yield from pair(f"context_path.refine{stride}", f"refines.{i}")
    yield from pair("ffm.conv", "ffm.conv_1x1")
    yield "ffm.attention.0", "ffm.channel_attention.1.conv"
    yield "ffm.attention.2", "ffm.channel_attention.2.conv"
    # heads.0 reads the 1/16 map, heads.1 the 1/8 map.
    for ours, theirs in (("head", "heads.2"), ("aux_heads.0", "heads.1"), ("aux_heads.1", "heads.0")):
        yield from pair(f"{ours}.conv", f"{theirs}.conv_3x3")
        yield f"{ours}.classifier", f"{theirs}.conv_1x1"
