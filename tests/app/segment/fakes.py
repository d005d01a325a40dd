"""A source and an engine that do as they are told, for the tests of `segment`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from tests.models.engines.cuda.overlapping import OverlappingFake

from bisenet.classes import ClassSet
from bisenet.closing import Closing
from bisenet.engines import BlendTable, EngineInfo, Inferred, Laps
from bisenet_viewer.frame import Frame, StreamInfo

CLASSES = ClassSet("two", ("road", "sky"), ((128, 0, 0), (0, 0, 128)))


class NotesClosing(Closing):
    """What a source and an engine have in common: closed in a `with`."""

    closed = False

    def close(self) -> None:
        self.closed = True


class FakeSource(NotesClosing):
    """`count` frames of the given times, or without end; breaks off with `error` after them."""

    def __init__(
        self,
        count: int | None = 20,
        *,
        live: bool = False,
        damaged: int = 0,
        told: int | None = None,
        error: Exception | None = None,
    ) -> None:
        self.info = StreamInfo("fake", 64, 48, Fraction(30), live=live, frame_count=told or count)
        self.count = count
        self.damaged = damaged
        self.error = error

    def frames(self, from_s: float = 0.0) -> Iterator[Frame | None]:
        assert from_s == 0
        index = 0
        while self.count is None or index < self.count:
            yield make_frame(index)
            yield None
            index += 1
        if self.error is not None:
            raise self.error


def make_frame(index: int) -> Frame:
    rgb = np.full((48, 64, 3), 100, np.uint8)
    rgb[:, : index % 64] = 200
    # Starts at 1 s, and not at an even rate.
    return Frame(index, 90 + 3 * index + index % 2, Fraction(1, 90), 0.0, rgb, decode_ms=0.5)


class FakeEngine(NotesClosing):
    """Class 1 where the picture is bright. `at_frame` is called with the number of each picture."""

    def __init__(self, at_frame=lambda _number: None) -> None:
        self.info = EngineInfo("fake", "street-x39", "cpu", "A processor", "f32")
        self.classes = CLASSES
        self.at_frame = at_frame
        self.number = 0

    def infer(self, rgb: NDArray[np.uint8], laps: Laps | None = None) -> NDArray[np.uint8]:
        self.at_frame(self.number)
        self.number += 1
        if laps is not None:
            laps.update(pre=1.0, network=2.0, post=3.0)
        return (rgb[..., 0] > 150).astype(np.uint8)

    def infer_confidence(
        self, rgb: NDArray[np.uint8], laps: Laps | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """As sure as the picture is bright."""
        return self.infer(rgb, laps), rgb[..., 0].copy()


class CardEngine(OverlappingFake):
    """The same classes on a card, which draws, too."""

    classes = CLASSES

    def __init__(self, *args: object, device: str = "cuda:0", **more: object) -> None:
        super().__init__(*args, **more)
        self.info = EngineInfo("fake", "street-x39", device, "A card", "f16")

    def inferred(self, picture: NDArray[np.uint8], blend: BlendTable | None) -> Inferred:
        labels = (picture[..., 0] > 150).astype(np.uint8)
        drawn = None
        if blend is not None:
            over = np.frombuffer(blend.rgba, np.uint8).reshape(256, 4)[labels].astype(float)
            alpha = over[..., 3:] / 255
            drawn = np.round(picture * (1 - alpha) + over[..., :3] * alpha).astype(np.uint8)
        return Inferred(labels, drawn, {"pre": 1.0, "network": 2.0, "post": 3.0})
