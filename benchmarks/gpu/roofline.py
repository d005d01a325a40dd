"""Floors: how long a card needs at least, by its measured ceilings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.gpu.counting import Layer

_BYTES = 2
"""Of a value in half precision."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Of one card, measured in the same run."""

    copy_gbs: float
    matrix_tflops: float
    to_card_gbs: float
    to_host_gbs: float

    def arithmetic_ms(self, operations: float) -> float:
        """At the rate of a large matrix product."""
        return operations / self.matrix_tflops / 1e9

    def memory_ms(self, size: float) -> float:
        """At the rate of a large copy, bytes read and written."""
        return size / self.copy_gbs / 1e6


@dataclass(frozen=True, slots=True)
class Floor:
    """Of a network on one batch."""

    operations: int
    bytes: int
    arithmetic_ms: float
    """All operations at full rate."""
    memory_ms: float
    """All bytes at full rate."""
    layers_ms: float
    """Layer after layer, each as long as the longer of its two: what no network run so can be under."""

    @property
    def ms(self) -> float:
        """The longer of the two: if everything overlapped."""
        return max(self.arithmetic_ms, self.memory_ms)

    @property
    def bound(self) -> str:
        """What the whole is limited by."""
        return "arithmetic" if self.arithmetic_ms >= self.memory_ms else "memory"


def floor_of(layers: Sequence[Layer], ceilings: Ceilings) -> Floor:
    """Of the layers in half precision."""
    operations, size = sum(layer.operations for layer in layers), _BYTES * sum(layer.values for layer in layers)
    return Floor(
        operations,
        size,
        ceilings.arithmetic_ms(operations),
        ceilings.memory_ms(size),
        sum(
            max(ceilings.arithmetic_ms(layer.operations), ceilings.memory_ms(_BYTES * layer.values)) for layer in layers
        ),
    )


def frame_floor_ms(picture: tuple[int, int], network_ms: float, ceilings: Ceilings) -> dict[str, float]:
    """Of a frame (width, height) from host to host, when copies and computing overlap: the longest of the three."""
    pixels = picture[0] * picture[1]
    parts = {
        "to card": 3 * pixels / ceilings.to_card_gbs / 1e6,
        "network": network_ms,
        "to host": pixels / ceilings.to_host_gbs / 1e6,
    }
    return {**parts, "floor": max(parts.values())}
