"""`Job`: what is to be made of pictures that go through a card together, which decides on buffers and graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bisenet.engines.cuda.pictures import Nv12Picture, Picture
from bisenet.kernels.cuda.colors import YuvColors
from bisenet.pictures import check_rgb


@dataclass(frozen=True, slots=True)
class Job:
    """Pictures of one size and kind, and what is wanted of each beyond its classes."""

    count: int
    height: int
    width: int
    colors: YuvColors | None
    """Of pictures that lie on the card; None: RGB on the host."""
    confidence: bool = False
    scores: bool = False
    blend: bool = False

    @classmethod
    def of(
        cls, pictures: Sequence[Picture], *, confidence: bool = False, scores: bool = False, blend: bool = False
    ) -> Job:
        """Raises ValueError for none, for what is no picture, and for pictures that do not go together."""
        if not pictures:
            raise ValueError("expected at least one picture")
        kinds = {_kind(picture) for picture in pictures}
        if len(kinds) > 1:
            raise ValueError(f"expected pictures of one size and kind, got {len(kinds)}")
        ((height, width), colors) = kinds.pop()
        return cls(len(pictures), height, width, colors, confidence, scores, blend)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the pictures."""
        return self.height, self.width

    def of_count(self, count: int) -> Job:
        """The same for so many."""
        return replace(self, count=count)


def _kind(picture: Picture) -> tuple[tuple[int, int], YuvColors | None]:
    if isinstance(picture, np.ndarray):
        check_rgb(picture)
        return (picture.shape[0], picture.shape[1]), None
    if not isinstance(picture, Nv12Picture):
        raise ValueError(f"expected a picture, got {type(picture).__name__}")
    return picture.shape[:2], picture.colors
