"""How large a piece one program of a kernel works on; objects made after a change take the new sizes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Powers of two."""

    height: int
    width: int
    warps: int


INPUT_FROM_RGB = Block(2, 256, 4)
"""Rows and values of the network's input; three values are a pixel."""
INPUT_FROM_NV12 = Block(2, 128, 4)
"""Rows and pixels of the network's input."""
LABELS = Block(8, 128, 4)
"""Rows and pixels of the picture. Rows are at least 2, and halved where they would lie in too many cells."""
CLASSES_AT_ONCE = 4
"""How often the loop over the classes is unrolled: loads of so many classes are under way together."""
