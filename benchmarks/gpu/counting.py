"""What a network cannot do without: operations, and bytes through the card's memory, layer by layer.

A convolution reads its input and its weights and writes its output, once. What works on single values (bias, ReLU,
sums, products, sigmoid) is taken for a part of what comes before it: only a further operand is read. Everything else
(pooling, resizing, averages, concatenation) reads its inputs and writes its output. Whole layers apart that are fused,
no schedule moves fewer bytes: the times are floors for networks run layer by layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from bisenet.layers import fold_batchnorm
from bisenet.network import SegmentationNetwork

_CONVOLUTION = "convolution"
_POINTWISE = frozenset({"add", "sub", "mul", "div", "sigmoid", "relu"})
_FREE = frozenset({
    "view", "_unsafe_view", "reshape", "expand", "permute", "transpose", "t", "detach", "alias", "slice", "select",
    "unsqueeze", "squeeze", "split", "chunk", "as_strided", "empty", "dropout", "lift_fresh", "_to_copy", "clone",
})  # fmt: skip
"""No work, or none that a network at rest would do."""


CATEGORIES = ("convolutions", "grouped convolutions", "single values", "the rest")
"""Of operations. The rest: pooling, resizing, averages, concatenation."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One operation on its maps."""

    kind: str
    operations: int
    """Multiplications and additions, of convolutions; others are not what takes the time."""
    values: int
    """Read and written."""
    groups: int = 1

    @property
    def category(self) -> str:
        """One of CATEGORIES."""
        if self.kind == _CONVOLUTION:
            return CATEGORIES[1 if self.groups > 1 else 0]
        return CATEGORIES[2 if self.kind in _POINTWISE else 3]


def category_of(operation: str, shapes: Sequence[Sequence[int]]) -> str:
    """Of an operation as torch's profiler names it, with the shapes of its inputs: one of CATEGORIES."""
    name = operation.removeprefix("aten::").removesuffix("_")
    if "conv" in name:
        known = len(shapes) > 1 and len(shapes[0]) == 4 and len(shapes[1]) == 4
        return CATEGORIES[1 if "depthwise" in name or (known and shapes[0][1] != shapes[1][1]) else 0]
    return CATEGORIES[2 if name in _POINTWISE or name == "clamp_min" else 3]


def layers_of(network: SegmentationNetwork, width: int, height: int, batch: int = 1) -> list[Layer]:
    """Of the inference path of a network on the meta device, at one input size; nothing is computed.

    Batch normalisation is folded, in place.
    """
    network.eval()
    network.aux_heads = nn.ModuleList()
    fold_batchnorm(network)
    count = _Count()
    with torch.no_grad(), count:
        network(torch.empty(batch, 3, height, width, device="meta"))
    return count.layers


def counted(build: Callable[[], SegmentationNetwork], width: int, height: int, batch: int = 1) -> list[Layer]:
    """`layers_of` a network that is built for this, without weights."""
    with torch.device("meta"):
        network = build()
    return layers_of(network, width, height, batch)


class _Count(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operation that passes."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.layers: list[Layer] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        kind = str(func._schema.name).removeprefix("aten::").removesuffix("_")
        tensors = list(_tensors(args))
        # Of pooling the first alone: nobody asks for the indices.
        output = next(_tensors((result,)))
        if kind == _CONVOLUTION:
            inputs, weight = args[0], args[1]
            places = inputs if args[6] else output  # a transposed one scatters
            operations = 2 * places.numel() * weight[0].numel()
            read = sum(each.numel() for each in tensors)
            self.layers.append(Layer(kind, operations, read + output.numel(), int(args[8])))
        elif kind in _POINTWISE:
            self.layers.append(Layer(kind, 0, sum(each.numel() for each in tensors[1:])))
        elif kind not in _FREE:
            self.layers.append(Layer(kind, 0, sum(each.numel() for each in (*tensors, output))))
        return result


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)
