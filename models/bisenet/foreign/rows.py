"""Rows of a key map, and those that several families share: ResNet's."""

from __future__ import annotations

from collections.abc import Iterator

Row = tuple[str, str]
"""Our module's path, theirs; `conv` and `bn` leaves are separate rows."""


def pair(ours: str, theirs: str) -> Iterator[Row]:
    """A ConvBN of ours against one that calls its parts `conv` and `bn` as we do."""
    yield f"{ours}.conv", f"{theirs}.conv"
    yield f"{ours}.bn", f"{theirs}.bn"


def apart(ours: str, conv: str, bn: str) -> Iterator[Row]:
    """A ConvBN of ours against a convolution and a normalisation with names of their own."""
    yield f"{ours}.conv", conv
    yield f"{ours}.bn", bn


RESNET18, RESNET50, RESNET101 = (2, 2, 2, 2), (3, 4, 6, 3), (3, 4, 23, 3)
"""Blocks per stage."""


def resnet(ours: str, theirs: str, depths: tuple[int, ...], *, deep_stem: bool = False) -> Iterator[Row]:
    """torchvision's names, which all three keep; the deep stem is the V1 authors'."""
    if deep_stem:
        for i in range(2):
            yield from apart(f"{ours}.stem.{i}", f"{theirs}.conv1.{3 * i}", f"{theirs}.conv1.{3 * i + 1}")
        yield from apart(f"{ours}.stem.2", f"{theirs}.conv1.6", f"{theirs}.bn1")
    else:
        yield from apart(f"{ours}.stem", f"{theirs}.conv1", f"{theirs}.bn1")
    bottleneck = depths != RESNET18
    for stage, depth in enumerate(depths):
        for block in range(depth):
            mine, other = f"{ours}.stages.{stage}.{block}", f"{theirs}.layer{stage + 1}.{block}"
            for number in range(1, 4 if bottleneck else 3):
                yield from apart(f"{mine}.conv{number}", f"{other}.conv{number}", f"{other}.bn{number}")
            if block == 0 and (stage > 0 or bottleneck):
                yield from apart(f"{mine}.projection", f"{other}.downsample.0", f"{other}.downsample.1")
